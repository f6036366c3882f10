"""By which texts a person would be recognised: what an erasure looks for afterwards, in every store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from django.conf import settings

from sojourn.domains.identity import rules
from sojourn.domains.identity.models import Identifier, Trait
from sojourn.kit import sealing

AT_ONCE: Final = 500
TELLING: Final = ("email", "phone", "name", "first_name", "last_name", "address")
SHORTEST: Final = 6  # a shorter text stands by chance in every large store
SHORTEST_NUMBER: Final = 9  # so do digits


def marks_of(persons: Sequence[int], *, cases: Sequence[int] = ()) -> tuple[tuple[str, ...], int]:
    """Give the texts that would betray persons, and how many more are too short to be told from chance.

    Identifiers of all kinds, mail addresses and phone numbers as they were told and as they are compared, whole names.
    What an erasure in part keeps stays sealed and is looked for as well.
    """
    found = {text for text in _values(persons, cases) if text.strip()}
    telling = {text for text in found if _is_telling(text)}
    return tuple(sorted(telling)), len(found) - len(telling)


def _is_telling(text: str) -> bool:
    return len(text) >= (SHORTEST_NUMBER if text.strip("+- ()/.").isdigit() else SHORTEST)


def _values(persons: Sequence[int], cases: Sequence[int]) -> Iterator[str]:
    sealer = sealing.sealer(settings.SOJOURN)
    for some in _some([*persons, *cases]):
        for row in Identifier.objects.filter(token__in=some):
            yield sealer.open(bytes(row.sealed), use="identifier").decode()
    for some in _some(persons):
        named: dict[int, dict[str, str]] = {}
        for trait in Trait.objects.filter(person__in=some, name__in=TELLING):
            value = msgspec.json.decode(sealer.open(bytes(trait.sealed), use="trait"))
            if isinstance(value, str | int):
                named.setdefault(trait.person, {})[trait.name] = str(value)
        for told in named.values():
            yield from _telling(told)


def _telling(told: dict[str, str]) -> Iterator[str]:
    for name in ("email", "phone"):
        if name in told:
            yield told[name]
            yield rules.normalised(name, told[name]) or ""
    if "first_name" in told and "last_name" in told:
        yield f"{told['first_name']} {told['last_name']}"
    for name in ("name", "address"):
        if " " in told.get(name, ""):
            yield told[name]


def _some(persons: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(persons), AT_ONCE):
        yield persons[at : at + AT_ONCE]
