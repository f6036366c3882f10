"""Where persons stand with purposes, as the door needs it: arrays, brought up to date by what has changed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connections, router

from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Basis, Purpose
from sojourn.domains.privacy.models import ConsentEpoch, ConsentState, Restriction
from sojourn.domains.privacy.standing import purposes
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.look import once

CHANGED: Final = (
    "SELECT person, allowed, opens_earlier, expires_us FROM privacy_consentstate WHERE purpose = %s AND epoch > %s"
)
OF_SOME: Final = (
    "SELECT person, allowed, opens_earlier, expires_us FROM privacy_consentstate WHERE purpose = %s AND person IN ({})"
)
FEW: Final = 900  # persons named in one statement
NEVER: Final = int(np.iinfo(np.int64).max)
_lock = threading.Lock()
_held: dict[object, tuple[int, Said]] = {}


@dataclass(frozen=True)
class Said:
    """What persons have said about one purpose: parallel arrays, sorted by person; who said nothing is not there."""

    person: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    allowed: Flags = field(default_factory=lambda: np.empty(0, np.bool_))
    opens: Flags = field(default_factory=lambda: np.empty(0, np.bool_))  # the grant covers what came before it
    until: Int64s = field(default_factory=lambda: np.empty(0, np.int64))  # microseconds; from then on as if unsaid

    def __len__(self) -> int:
        return len(self.person)

    def those(self, chosen: Flags) -> Said:
        """Keep some."""
        return Said(self.person[chosen], self.allowed[chosen], self.opens[chosen], self.until[chosen])


def epoch() -> tuple[int, int]:
    """Give what changes with every change of consents and purposes."""
    return once(epoch, _epoch)


def _epoch() -> tuple[int, int]:
    row = ConsentEpoch.objects.filter(pk=1).values_list("value", "purposes", "lineage").first() or (0, 0, 0)
    return row[0], row[1] ^ row[2]


def words(purpose: Purpose) -> Said:
    """Give what each person says about a purpose today; nothing where words do not count."""
    if not purposes.known()[purpose].can_refuse:
        return _with_restricted(Said(), purpose)
    with _lock:
        row = ConsentEpoch.objects.filter(pk=1).values_list("value", "lineage").first() or (0, 0)
        key = (settings.SOJOURN.data, row[1], purpose.value)
        known, said = _held.get(key, (-1, Said()))
        if known < row[0]:
            if known < 0 and len(_held) > len(rules.BITS):
                _held.clear()
            said = _joined(said, _read(CHANGED, [purpose.value, known]))
            _held[key] = row[0], said
    return _with_restricted(_today(said), purpose)


def words_of(purpose: Purpose, persons: Int64s) -> Said:
    """Give what some persons say about a purpose today."""
    if len(persons) > FEW:
        said = words(purpose)
        return said.those(np.isin(said.person, persons))
    if not len(persons):
        return Said()
    said = Said()
    if purposes.known()[purpose].can_refuse:
        marks = ", ".join(["%s"] * len(persons))
        said = _today(_read(OF_SOME.format(marks), [purpose.value, *persons.tolist()]))
    every = _with_restricted(said, purpose)
    return every.those(np.isin(every.person, persons))


def forget_held() -> None:
    """Drop what is held: erased persons must not stay in memory either."""
    with _lock:
        _held.clear()


def _with_restricted(said: Said, purpose: Purpose) -> Said:
    """Let persons whose reading is restricted refuse every purpose but legal duties."""
    if purposes.known()[purpose].basis is Basis.LEGAL_DUTY:
        return said
    person = once(_restricted, _restricted)
    no = np.zeros(len(person), np.bool_)
    return _joined(said, Said(person, no, no, np.full(len(person), NEVER)))


def _restricted() -> Int64s:
    return np.array(sorted(set(Restriction.objects.values_list("person", flat=True))), np.int64)


def _today(said: Said) -> Said:
    now = time.time_ns() // 1_000
    return said.those(said.until > now) if len(said) and said.until.min() <= now else said


def _read(sql: str, values: list[str | int]) -> Said:
    with connections[router.db_for_read(ConsentState)].cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    if not rows:
        return Said()
    person, allowed, opens, until = zip(*rows, strict=True)
    return _sorted(
        Said(
            np.array(person, np.int64),
            np.array(allowed, np.bool_),
            np.array(opens, np.bool_),
            np.array([NEVER if each is None else each for each in until], np.int64),
        )
    )


def _joined(held: Said, newer: Said) -> Said:
    if not len(newer):
        return held
    stays = held.those(~np.isin(held.person, newer.person))
    return _sorted(
        Said(
            np.concatenate([stays.person, newer.person]),
            np.concatenate([stays.allowed, newer.allowed]),
            np.concatenate([stays.opens, newer.opens]),
            np.concatenate([stays.until, newer.until]),
        )
    )


def _sorted(said: Said) -> Said:
    order = np.argsort(said.person, kind="stable")
    return Said(said.person[order], said.allowed[order], said.opens[order], said.until[order])
