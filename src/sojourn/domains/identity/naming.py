"""What persons are called, as their events come, so that their names can be taken out of what they write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from sojourn.domains.identity import statements
from sojourn.domains.identity.opened import families
from sojourn.engine.stream.claims import Text, Tokens, Trait
from sojourn.engine.stream.freetext import name_words, without_names
from sojourn.engine.stream.personal import is_free_text, is_free_text_name
from sojourn.kit import sealing

CALLED: Final = ("name", "first_name", "last_name", "username")
STORED: Final = f"SELECT person, sealed FROM identity_trait WHERE name IN {CALLED} AND person IN {{}}"
Names = dict[int, list[str]]


def nameless(texts: Sequence[Text], person: Tokens, traits: Sequence[Trait], sealer: sealing.Sealer) -> Iterator[bytes]:
    """Give the values of texts with the names of the persons they come from masked in what is free text.

    Persons are called as the batch says, and as they and the others of their customer were called before.
    """
    said = [msgspec.json.decode(each.value) for each in texts]
    of = {int(person[text.row]) for text, value in zip(texts, said, strict=True) if _is_free(value)}
    words = {who: name_words(names) for who, names in _called(of, person, traits, sealer).items()} if of else {}
    for text, value in zip(texts, said, strict=True):
        known = words.get(int(person[text.row]))
        if not known or not _is_free(value):
            yield text.value
        else:
            yield msgspec.json.encode({name: without_names(name, each, known) for name, each in value.items()})


def _is_free(value: Any) -> bool:
    return isinstance(value, dict) and any(
        isinstance(each, str) and (is_free_text_name(name) or is_free_text(each)) for name, each in value.items()
    )


def _called(of: set[int], person: Tokens, traits: Sequence[Trait], sealer: sealing.Sealer) -> Names:
    found: Names = {}
    for each in traits:
        if each.name in CALLED and each.group is None and (who := int(person[each.row])) in of:
            found.setdefault(who, []).append(_text(each.value))
    customer_of = families(sorted(of))
    told: Names = {}
    for who, sealed in statements.read_in(STORED, list(customer_of)):
        told.setdefault(customer_of[who], []).append(_text(sealer.open(bytes(sealed), use="trait")))
    for who in of:
        found.setdefault(who, []).extend(told.get(customer_of[who], ()))
    return found


def _text(value: bytes) -> str:
    said = msgspec.json.decode(value)
    return said if isinstance(said, str) else ""
