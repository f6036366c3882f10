"""Thought of identity: which persons become one customer, and how values are made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

# Traits that are found by their whole words; of an address the town and the postal code.
SEARCHED_BY_WORD: Final = ("name", "first_name", "last_name", "username", "company", "address", "city", "town")
_OF_AN_ADDRESS: Final = ("city", "town", "postalCode", "postal_code", "postcode", "zip")
_WORD: Final = re.compile(r"\w+")
_WORD_CHARACTERS: Final = 40
_WORDS_MAX: Final = 20


def linked(pairs: Iterable[tuple[int, int]], customer_of: dict[int, int]) -> dict[int, int]:
    """Give the customers that anonymous persons join, for pairs (user's person, anonymous person) in order.

    An anonymous person that belongs to a customer already stays there: on a shared device the second user does
    not take over the first one's history.

    >>> linked([(1, 10), (2, 10)], {})
    {10: 1}
    """
    joined: dict[int, int] = {}
    for user, anonymous in pairs:
        if anonymous not in customer_of and anonymous not in joined:
            joined[anonymous] = customer_of.get(user, user)
    return joined


def merged(
    previous: int, user: int, customer_of: dict[int, int], members: Callable[[int], Iterable[int]]
) -> dict[int, int]:
    """Give the moves that make two persons' customers one: all of the previous one's persons join the user's.

    >>> merged(7, 1, {}, lambda customer: [])
    {7: 1}
    """
    old, new = customer_of.get(previous, previous), customer_of.get(user, user)
    if old == new:
        return {}
    moved = dict.fromkeys((*members(old), old), new)
    return moved if old == previous else moved | {previous: new}


def normalised(name: str, value: object) -> str | None:
    """Bring a mail address or phone number into the form under which it is found; None for other traits.

    >>> normalised("email", " Ana@Example.COM "), normalised("phone", "+49 (151) 234-567")
    ('ana@example.com', '+49151234567')
    """
    if name == "email" and isinstance(value, str):
        return value.strip().lower() or None
    if name == "phone":
        text = str(value).strip()
        digits = "".join(each for each in text if each.isdigit())
        return ("+" if text.startswith("+") else "") + digits if digits else None
    return None


def words(value: object) -> frozenset[str]:
    """Give the words of a trait or of a search, without case and accents; of an object those of its name and town.

    >>> sorted(words("Zoë  O'Neill-Müller")), sorted(words({"city": "Köln", "street": "Domplatz 1"}))
    (['muller', 'neill', 'o', 'zoe'], ['koln'])
    """
    if isinstance(value, dict):
        return frozenset().union(*(words(value.get(key)) for key in ("name", *_OF_AN_ADDRESS)))
    if isinstance(value, bool) or not isinstance(value, str | int):
        return frozenset()
    text = unicodedata.normalize("NFKD", str(value).casefold())
    plain = "".join(each for each in text if not unicodedata.combining(each))
    return frozenset(word[:_WORD_CHARACTERS] for word in _WORD.findall(plain)[:_WORDS_MAX])
