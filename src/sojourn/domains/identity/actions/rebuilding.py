"""Assigning everybody anew from the log of edges, and marking which identifiers are blocked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connections, router, transaction

from sojourn.domains.collection.actions import writing
from sojourn.domains.identity import statements, whole
from sojourn.domains.identity.actions.forget import next_epoch
from sojourn.domains.identity.actions.linking import store
from sojourn.domains.identity.models import Edge
from sojourn.domains.identity.queries import person_map
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.domains.identity.ruleset import Rules
from sojourn.domains.identity.whole import Placed
from sojourn.engine.kernels.words import Int64s
from sojourn.kit import sealing

AT_ONCE: Final = 50_000
NOBODY: Final = ("agent", "case", "group")  # kinds that say nothing of a customer
IDENTIFIERS: Final = "SELECT token, sealed, is_blocked FROM identity_identifier WHERE kind NOT IN (%s, %s, %s)"
Progress = Callable[[float], None]


def rebuild(*, rules: Rules | None = None, progress: Progress = lambda done: None) -> int:
    """Assign everybody's customer from the whole log; give how many persons moved.

    What is stored already follows the log, so that nobody moves unless the rules have changed. Holds the stream's
    write lock: events wait in the spool meanwhile. Doing it again is harmless.
    """
    with writing():
        found = whole.placed(whole.read(), rules or rules_in_force())
        progress(0.5)
        persons, before, after = _moves(found)
        for at in range(0, len(persons), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            moved = persons[some].tolist()
            with transaction.atomic(using=router.db_for_write(Edge)):
                store(
                    dict(zip(moved, after[some].tolist(), strict=True)),
                    dict(zip(moved, before[some].tolist(), strict=True)),
                )
            progress(0.5 + 0.5 * min(1.0, (at + AT_ONCE) / len(persons)))
    return len(persons)


def mark_blocked(rules: Rules, *, progress: Progress = lambda done: None) -> int:
    """Note of every identifier whether the rules block its value; give how many changed."""
    changed = blocked_changes(rules)
    progress(0.5)
    with writing(), transaction.atomic(using=router.db_for_write(Edge)):
        statements.write(statements.SET_BLOCKED, [(is_blocked, token) for token, is_blocked in changed.items()])
        next_epoch()
    return len(changed)


def blocked_changes(rules: Rules) -> dict[int, bool]:
    """Say which identifiers rules would block that are not blocked now, and which they would let go."""
    sealer = sealing.sealer(settings.SOJOURN)
    found: dict[int, bool] = {}
    with connections[router.db_for_write(Edge)].cursor() as cursor:
        cursor.execute(IDENTIFIERS, NOBODY)
        while rows := cursor.fetchmany(AT_ONCE):
            for token, sealed, was in rows:
                is_blocked = rules.is_blocked(sealer.open(bytes(sealed), use="identifier").decode())
                if is_blocked != bool(was):
                    found[token] = is_blocked
    return found


def _moves(found: Placed) -> tuple[Int64s, Int64s, Int64s]:
    """Give the persons whose stored customer is another, the stored one and the one found."""
    stored = person_map()
    persons = np.union1d(found.person, stored.person)
    before, after = persons.copy(), persons.copy()
    before[np.searchsorted(persons, stored.person)] = stored.customer
    after[np.searchsorted(persons, found.person)] = found.customer
    moved = before != after
    return persons[moved], before[moved], after[moved]
