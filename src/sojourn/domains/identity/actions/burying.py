"""Tombstones for the identifiers of persons who are about to be erased, and lifting them when one comes anew."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import msgspec
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection.contracts import Keep
from sojourn.domains.identity import rules, statements
from sojourn.domains.identity.actions.forget import next_epoch
from sojourn.domains.identity.models import Identifier, Tombstone, Trait
from sojourn.domains.identity.tombstones import CONTACTS, KINDS, Stone
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError, NotFoundError

AT_ONCE = 500


def bury(*, persons: Sequence[int], erasure: int, keep: Keep | None = None) -> int:
    """Lay tombstones on the identifiers, mail addresses and phone numbers of persons; give how many.

    With `keep`, an erasure in part, the customer's own numbers and the traits that stay get none. A mail address or
    phone number that somebody else has too gets none: couples share them. Doing it again is harmless.
    """
    sealer = sealing.sealer(settings.SOJOURN)
    stone, now = Stone(sealer), time.time_ns() // 1_000
    rows = [
        (statements.blob(stone.of(kind, value)), kind, erasure, now)
        for kind, value in {*_identifiers(persons, sealer), *_contacts(persons, sealer)}
        if keep is None or (kind != "user" and kind not in keep.traits)
    ]
    with transaction.atomic(using=router.db_for_write(Tombstone)):
        statements.write(statements.LAY_TOMBSTONES, rows)
        next_epoch()
    return len(rows)


def lift_tombstone(*, kind: str, value: str) -> int:
    """Let an erased identifier in again, because its person has become a customer anew; give the tombstone's number.

    Raise InvalidError for a kind that has none, NotFoundError when none lies on the value.
    """
    if kind not in (*KINDS, *CONTACTS):
        raise InvalidError(f"kind: one of {', '.join((*KINDS, *CONTACTS))}.")
    plain = rules.normalised(kind, value) if kind in CONTACTS else value.strip()
    digest = Stone(sealing.sealer(settings.SOJOURN)).of(kind, plain or "")
    with transaction.atomic(using=router.db_for_write(Tombstone)):
        row = Tombstone.objects.filter(digest=digest, lifted_us=None).first()
        if row is None:
            raise NotFoundError("No tombstone lies on this identifier.")
        _lift([row.pk])
    return int(row.pk)


def _lift(rows: Sequence[int]) -> None:
    Tombstone.objects.filter(pk__in=rows).update(lifted_us=time.time_ns() // 1_000)
    next_epoch()


def _identifiers(persons: Sequence[int], sealer: sealing.Sealer) -> Iterator[tuple[str, str]]:
    for some in _some(persons):
        for row in Identifier.objects.filter(token__in=some, kind__in=KINDS):
            yield row.kind, sealer.open(bytes(row.sealed), use="identifier").decode()


def _contacts(persons: Sequence[int], sealer: sealing.Sealer) -> Iterator[tuple[str, str]]:
    ours = set(persons)
    for some in _some(persons):
        told = Trait.objects.filter(person__in=some, name__in=CONTACTS, blind__isnull=False).values_list(
            "name", "sealed"
        )
        texts: dict[str, set[str]] = {name: set() for name in CONTACTS}
        for name, sealed in told:
            text = rules.normalised(name, msgspec.json.decode(sealer.open(bytes(sealed), use="trait")))
            if text is not None:
                texts[name].add(text)
        for name, values in texts.items():
            sought = sealer.sought(name, list(values))
            holders = Trait.objects.filter(blind__in=sought).values_list("blind", "person")
            shared = {sought[bytes(blind or b"")] for blind, person in holders if person not in ours}
            yield from ((name, text) for text in values - shared)


def _some(persons: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(persons), AT_ONCE):
        yield persons[at : at + AT_ONCE]
