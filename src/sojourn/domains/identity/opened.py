"""Traits, identifiers and texts of persons, opened; and the persons behind what somebody typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from django.conf import settings
from django.db import connections, router

from sojourn.domains.identity import contacts, rules, statements
from sojourn.domains.identity.contracts import Found, FoundBy, OpenedIdentifier, OpenedTrait
from sojourn.domains.identity.models import Identifier, TraitWord
from sojourn.domains.identity.worded import persons_by_words
from sojourn.domains.identity.wording import sought_words
from sojourn.engine.kernels.words import Int64s
from sojourn.kit import sealing
from sojourn.kit.period import instant

EXACT: Final = ("user", "anonymous", "case")  # kinds of identifiers that people type in whole

TRAITS: Final = "SELECT person, name, sealed, source, occurred_us FROM identity_trait WHERE person IN {}"
IDENTIFIERS: Final = "SELECT token, kind, sealed FROM identity_identifier WHERE token IN {}"
NUMBERS: Final = "SELECT blind, token FROM identity_identifier WHERE blind IN {}"
TEXTS: Final = "SELECT id, person, sealed FROM identity_text WHERE id IN {}"
PERSONS: Final = ("user", "anonymous", "stay")  # kinds of identifiers that are persons themselves
BY_TOKEN: Final = (
    "SELECT token FROM identity_identifier WHERE token >= %s AND token < %s AND kind IN (%s, %s, %s) LIMIT 50"
)
SHORT: Final = re.compile("[0-7][0-9a-f]{3}-[0-9a-f]{4}")
LONGEST_TOKEN: Final = 19
FAMILIES: Final = (
    "SELECT link.person, link.customer FROM identity_link AS own "
    "JOIN identity_link AS link ON link.customer = own.customer WHERE own.person IN {}"
)
HEADED: Final = "SELECT person, customer FROM identity_link WHERE customer IN {}"


def traits_of(persons: Sequence[int]) -> tuple[OpenedTrait, ...]:
    """Open all traits of persons, by person and name; a customer's trait is the newest among its persons'."""
    sealer = sealing.sealer(settings.SOJOURN)
    rows = sorted(statements.read_in(TRAITS, list(persons)), key=lambda row: row[:2])
    return tuple(
        OpenedTrait(
            person=person,
            name=name,
            value=msgspec.json.decode(sealer.open(bytes(sealed), use="trait")),
            source=source,
            occurred_at=instant(occurred_us),
        )
        for person, name, sealed, source, occurred_us in rows
    )


def identifiers_of(persons: Sequence[int]) -> tuple[OpenedIdentifier, ...]:
    """Open the identifiers behind persons, by kind."""
    sealer = sealing.sealer(settings.SOJOURN)
    rows = sorted(statements.read_in(IDENTIFIERS, list(persons)), key=lambda row: (row[1], row[0]))
    return tuple(
        OpenedIdentifier(person=token, kind=kind, value=sealer.open(bytes(sealed), use="identifier").decode())
        for token, kind, sealed in rows
    )


def numbers_of(kind: str, values: Sequence[str]) -> dict[str, int]:
    """Give the numbers of identifiers of a kind; one that was never sent is left out."""
    sought = sealing.sealer(settings.SOJOURN).sought(kind, list(values))
    found = statements.read_in(NUMBERS, [statements.blob(blind) for blind in sought])
    return {sought[bytes(blind)]: number for blind, number in found}


def texts_of(ids: Sequence[int], *, persons: Collection[int]) -> dict[int, dict[str, Any]]:
    """Open texts of persons by the ids that their events hold; one that is gone, or another's, is not among them."""
    sealer = sealing.sealer(settings.SOJOURN)
    return {
        number: msgspec.json.decode(sealer.open(bytes(sealed), use="text"))
        for number, person, sealed in statements.read_in(TEXTS, list(ids))
        if person in persons
    }


def find(text: str) -> Found:
    """Find who has a text as identifier, mail address or phone number, or all of its words in name, company or town.

    A number as pages show it, whole or in short (465b-e67d), is found too. Matching is exact: identifiers as they were
    sent, mail and phone in their normal form, words whole and without case and accents. A customer's words may stand
    with several of its persons.
    """
    sealer = sealing.sealer(settings.SOJOURN)
    exact = dict(_by_identifier(text.strip(), sealer))
    cases = tuple(person for person, by in exact.items() if by is FoundBy.CASE)
    hits: dict[int, FoundBy] = {person: by for person, by in exact.items() if by is not FoundBy.CASE}
    for name, by in (("email", FoundBy.MAIL), ("phone", FoundBy.PHONE)):
        normal = contacts.normalised(name, text)
        if normal is not None and (by is FoundBy.PHONE or "@" in normal):
            hits |= dict.fromkeys(_by_trait(sealer.sought(name, [normal])), by)
    hits |= {person: FoundBy.TOKEN for person in _by_token(text.strip()) if person not in hits}
    named, is_cut = _by_words(rules.words(text), sealer)
    for person in named:
        hits.setdefault(person, FoundBy.WORDS)
    return Found(persons=tuple(hits.items()), cases=cases, is_cut=is_cut)


def _by_identifier(text: str, sealer: sealing.Sealer) -> Iterator[tuple[int, FoundBy]]:
    blinds = [blind for kind in EXACT for blind in sealer.sought(kind, [text])] if text else []
    sql = "SELECT token, kind FROM identity_identifier WHERE blind IN {}"
    for token, kind in statements.read_in(sql, [statements.blob(each) for each in blinds]):
        yield token, FoundBy(kind)


def _by_token(text: str) -> list[int]:
    """Find persons by their own number: its digits, or the first half of it as `kit.ids.short` writes it."""
    if SHORT.fullmatch(text.lower()):
        first = int(text.replace("-", ""), 16) << 32
        bounds = [first, first + (1 << 32)]
    elif text.isascii() and text.isdigit() and len(text) <= LONGEST_TOKEN and 0 < int(text) < 1 << 63:
        bounds = [int(text), int(text) + 1]
    else:
        return []
    with connections[router.db_for_read(Identifier)].cursor() as cursor:
        cursor.execute(BY_TOKEN, [bounds[0], min(bounds[1], (1 << 63) - 1), *PERSONS])
        return [token for (token,) in cursor.fetchall()]


def _by_trait(blinds: Iterable[bytes]) -> list[int]:
    sql = "SELECT person FROM identity_trait WHERE blind IS NOT NULL AND blind IN {}"
    return [person for (person,) in statements.read_in(sql, list(map(statements.blob, blinds)))]


def _by_words(words: Iterable[str], sealer: sealing.Sealer) -> tuple[list[int], bool]:
    """Find persons by words; say whether there may be more."""
    numbers: dict[str, list[int]] = {}
    for number, word in sought_words(sorted(words), sealer).items():
        numbers.setdefault(word, []).append(number)
    return persons_by_words(list(numbers.values()))


def persons_called(kind: str) -> Int64s:
    """List all persons who have an identifier of a kind themselves, ascending; a second for three million."""
    return _persons("SELECT token FROM identity_identifier WHERE kind = %s", [kind])


def persons_with(names: Sequence[str]) -> Int64s:
    """List all persons who have one of some traits themselves, ascending."""
    marks = ", ".join(["%s"] * len(names))
    return _persons(f"SELECT DISTINCT person FROM identity_trait WHERE name IN ({marks})", list(names))


def _persons(sql: str, values: Sequence[str]) -> Int64s:
    with connections[router.db_for_read(TraitWord)].cursor() as cursor:
        cursor.execute(sql, values)
        return np.sort(np.fromiter((person for (person,) in cursor.fetchall()), np.int64))


def families(persons: Sequence[int]) -> dict[int, int]:
    """Give every person of the customers that some persons belong to, with its customer."""
    found = dict(statements.read_in(FAMILIES, list(persons)))
    heads = [person for person in persons if person not in found]
    found |= dict(statements.read_in(HEADED, heads))
    return found | {customer: customer for customer in {*found.values(), *heads}}
