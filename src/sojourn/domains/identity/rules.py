"""Thought of identity: which persons become one customer, and how values are made comparable."""

from __future__ import annotations

from collections.abc import Callable, Iterable


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
