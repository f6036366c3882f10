"""Tombstones over a restore: kept beside the backups, laid again in what was restored, with the persons they mean."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import msgspec
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.identity import rules, statements
from sojourn.domains.identity.actions.forget import next_epoch
from sojourn.domains.identity.models import Identifier, Tombstone, Trait
from sojourn.domains.identity.opened import families
from sojourn.domains.identity.tombstones import CONTACTS, KINDS, Stone
from sojourn.kit import sealing

Stones = dict[int, list[tuple[str, str]]]  # erasure -> (kind, digest in hexadecimal digits)


def standing_tombstones() -> Stones:
    """Give all tombstones that were not lifted, by erasure."""
    found: Stones = {}
    rows = Tombstone.objects.filter(lifted_us=None).order_by("pk").values_list("erasure", "kind", "digest")
    for erasure, kind, digest in rows.iterator():
        found.setdefault(erasure, []).append((kind, bytes(digest).hex()))
    return found


def lay_again(stones: Sequence[tuple[str, str]], *, erasure: int) -> None:
    """Lay tombstones that a restored state has not; also for persons who came after its backup."""
    now = time.time_ns() // 1_000
    rows = [(statements.blob(bytes.fromhex(digest)), kind, erasure, now) for kind, digest in stones]
    with transaction.atomic(using=router.db_for_write(Tombstone)):
        statements.write(statements.LAY_TOMBSTONES, rows)
        next_epoch()


def beneath(stones: Stones) -> dict[int, set[int]]:
    """Say which persons of this state tombstones mean, by erasure: all persons of each customer found.

    Customers are found by identifiers; by a mail address or phone number only where one customer alone has it.
    """
    wanted = {(kind, digest): erasure for erasure, some in stones.items() for kind, digest in some}
    found: dict[int, set[int]] = {}
    for key, person in _identified():
        if (erasure := wanted.get(key)) is not None:
            found.setdefault(erasure, set()).add(person)
    holders: dict[tuple[str, str], set[int]] = {}
    for key, person in _reached():
        if key in wanted:
            holders.setdefault(key, set()).add(person)
    for key, persons in holders.items():
        if len(set(families(sorted(persons)).values())) == 1:
            found.setdefault(wanted[key], set()).update(persons)
    return {erasure: set(families(sorted(persons))) for erasure, persons in found.items()}


def _identified() -> Iterator[tuple[tuple[str, str], int]]:
    sealer = sealing.sealer(settings.SOJOURN)
    stone = Stone(sealer)
    rows = Identifier.objects.filter(kind__in=KINDS).values_list("token", "kind", "sealed")
    for token, kind, sealed in rows.iterator():
        value = sealer.open(bytes(sealed), use="identifier").decode()
        yield (kind, stone.of(kind, value).hex()), token


def _reached() -> Iterator[tuple[tuple[str, str], int]]:
    sealer = sealing.sealer(settings.SOJOURN)
    stone = Stone(sealer)
    rows = Trait.objects.filter(name__in=CONTACTS).values_list("person", "name", "sealed")
    for person, name, sealed in rows.iterator():
        text = rules.normalised(name, msgspec.json.decode(sealer.open(bytes(sealed), use="trait")))
        if text is not None:
            yield (name, stone.of(name, text).hex()), person
