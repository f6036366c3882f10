"""How many customers stand how with each purpose, today and day by day."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connections, router

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.door.sight import ANSWERS, Sight, current_timeline
from sojourn.domains.privacy.models import ConsentWord
from sojourn.domains.privacy.standing import consents, purposes, wording
from sojourn.domains.privacy.words.consent import ConsentDay, PurposeCount, PurposeTerms
from sojourn.engine.kernels.words import Int64s
from sojourn.kit.period import Period, instant

DAY_US: Final = 86_400_000_000
DAYS: Final = 90
BY_DAY: Final = "SELECT DISTINCT person, purpose, said_us / %s, allowed FROM privacy_consentword WHERE said_us >= %s"


def consent_counts(*, viewer: Viewer) -> tuple[PurposeCount, ...]:
    """Count, purpose by purpose, the customers with events whom the viewer sees: who allows it, who said yes, who no.

    Raise ForbiddenError without the right to read consents.
    """
    viewer.require(Right.CONSENTS_READ)
    looking = _looking(viewer)
    return ANSWERS.get((looking.key, "consents"), lambda: _counted(looking))[0]


def consent_days(*, viewer: Viewer, days: int = DAYS) -> tuple[ConsentDay, ...]:
    """Count the customers who said yes or no on each of the last days, purpose by purpose, oldest first.

    Raise ForbiddenError without the right to read consents.
    """
    viewer.require(Right.CONSENTS_READ)
    looking, today = _looking(viewer), time.time_ns() // 1_000 // DAY_US
    return ANSWERS.get((looking.key, "consent days", today, days), lambda: _by_day(looking, today - days + 1))[0]


def _looking(viewer: Viewer) -> Sight:
    """Look at customers, not at what they did: for that nobody needs to be bound to a purpose under contract."""
    return Sight(current_timeline(), Purpose.SERVICE, viewer.within(Right.CONSENTS_READ), consents.epoch())


def _customers(looking: Sight) -> Int64s:
    seen = looking.seen(Period(), EventFilter(), whole=False).slices
    kept = [each.customer if each.customer_keep is None else each.customer[each.customer_keep != 0] for each in seen]
    return np.sort(np.concatenate([*kept, np.zeros(0, np.int64)]))


def _counted(looking: Sight) -> tuple[PurposeCount, ...]:
    everyone = _customers(looking)
    return tuple(_count(terms, everyone) for terms in purposes.known().asked)


def _count(terms: PurposeTerms, everyone: Int64s) -> PurposeCount:
    said = consents.words(Purpose(terms.name))
    customer, allowed, _ = wording.settled(persons().customers_of(said.person), said.allowed, said.opens)
    here = np.isin(customer, everyone)
    floor = settings.SOJOURN.k_floor
    granted = rules.shown_count(int(allowed[here].sum()), floor)
    refused = rules.shown_count(int((~allowed[here]).sum()), floor)
    by_silence = None if refused is None else len(everyone) - refused
    return PurposeCount(
        purpose=terms.name,
        title=terms.title,
        basis=terms.basis,
        customers=len(everyone),
        allowed=by_silence if terms.is_silence_yes else granted,  # None where it would tell a number below the floor
        granted=granted,
        refused=refused,
    )


def _by_day(looking: Sight, since: int) -> tuple[ConsentDay, ...]:
    with connections[router.db_for_read(ConsentWord)].cursor() as cursor:
        cursor.execute(BY_DAY, [DAY_US, since * DAY_US])
        rows = cursor.fetchall()
    if not rows:
        return ()
    customer = persons().customers_of(np.array([row[0] for row in rows], np.int64))
    seen = np.isin(customer, _customers(looking))
    found: dict[tuple[str, int], tuple[set[int], set[int]]] = {}
    for whose, is_seen, (_, purpose, day, allowed) in zip(customer.tolist(), seen.tolist(), rows, strict=True):
        if is_seen:
            found.setdefault((purpose, int(day)), (set(), set()))[not allowed].add(whose)
    floor = settings.SOJOURN.k_floor
    return tuple(
        ConsentDay(
            purpose=purpose,
            day=instant(day * DAY_US).date().isoformat(),
            granted=rules.shown_count(len(yes), floor),
            refused=rules.shown_count(len(no), floor),
        )
        for (purpose, day), (yes, no) in sorted(found.items())
    )
