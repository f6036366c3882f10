"""Holds: everything of one customer is kept until a day, for a dispute or by order, whoever asks to be erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.rights import restricting
from sojourn.domains.privacy.tables.rights import HoldRow
from sojourn.domains.privacy.words.rights import Hold
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream.personal import is_suspicious
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

REASON_MAX: Final = 300
LISTED_MOST: Final = 1_000


def held_until(*, persons: Sequence[int], today: date) -> date | None:
    """Say until when a hold keeps everything of a customer, None where none does."""
    rows = HoldRow.objects.filter(person__in=list(persons), until__gt=today, released_at=None)
    return max(rows.values_list("until", flat=True), default=None)


def held_persons(*, today: date) -> Int64s:
    """List the persons of whom a hold keeps everything: all of each customer of whom it locks one; any order."""
    rows = HoldRow.objects.filter(until__gt=today, released_at=None).values_list("person", flat=True).distinct()
    locked, now = np.array(list(rows), np.int64), persons()
    theirs = now.person[np.isin(now.customer, now.customers_of(locked))]
    return np.union1d(locked, theirs)


def place_hold(*, customer: int, theirs: Sequence[int], reason: str, until: date, viewer: Viewer) -> Hold:
    """Keep everything of one customer until a day; audited. Raise ForbiddenError and InvalidError."""
    viewer.require(Right.RETENTION_MANAGE)
    said, now = _reason(reason), timezone.now()
    if until <= now.date():
        raise InvalidError("until: a day to come.")
    with transaction.atomic(using=router.db_for_write(HoldRow)):
        rows = [
            HoldRow.objects.create(
                person=person, customer=customer, reason=said, until=until, by=viewer.name, since=now
            )
            for person in theirs
        ]
        number = rows[0].pk
        HoldRow.objects.filter(pk__in=[each.pk for each in rows]).update(hold=number)
        access.audit(
            viewer=viewer, what="hold.place", on=f"customer:{customer}", until=until.isoformat(), hold=str(number)
        )
    return hold(number)


def release_hold(*, number: int, reason: str, viewer: Viewer) -> Hold:
    """Release a hold before its day: an erasure that waits for it goes on by the next night; audited.

    Raise ForbiddenError, InvalidError, NotFoundError, and ConflictError when it has ended already.
    """
    viewer.require(Right.RETENTION_MANAGE)
    said, now = _reason(reason), timezone.now()
    with transaction.atomic(using=router.db_for_write(HoldRow)):
        found = hold(number)
        if not found.is_active:
            raise ConflictError("This hold has ended already.")
        rows = HoldRow.objects.filter(hold=number)
        rows.update(released_at=now, released_by=viewer.name, released_why=said)
        restricting.end_holds(persons=list(rows.values_list("person", flat=True)), today=now.date())
        for each in found.customers:
            access.audit(viewer=viewer, what="hold.release", on=f"customer:{each}", hold=str(number))
    return hold(number)


def hold(number: int) -> Hold:
    """Give a hold; raise NotFoundError."""
    found = _contracts(HoldRow.objects.filter(hold=number))
    if not found:
        raise NotFoundError("There is no hold of this number.")
    return found[0]


def held(*, viewer: Viewer) -> tuple[Hold, ...]:
    """List the holds: active ones, the next to end first, then those that have ended, the last first."""
    viewer.require(Right.RETENTION_READ)
    newest = HoldRow.objects.order_by("-pk").values_list("hold", flat=True)[:LISTED_MOST]
    every = _contracts(HoldRow.objects.filter(hold__in=set(newest)))
    active = sorted((each for each in every if each.is_active), key=lambda each: (each.until, each.id))
    return (*active, *sorted((each for each in every if not each.is_active), key=lambda each: -each.id))


def forget(*, persons: Sequence[int]) -> None:
    """Delete the holds on erased persons."""
    HoldRow.objects.filter(person__in=list(persons)).delete()


def _contracts(rows: Iterable[HoldRow]) -> list[Hold]:
    """Join the rows of each hold, one a person, with the numbers that their customers bear today."""
    by_number: dict[int, list[HoldRow]] = {}
    for row in rows:
        by_number.setdefault(row.hold, []).append(row)
    every = [row.person for some in by_number.values() for row in some]
    customer, locked = identity.customers_of(every), restricting.locked(every)
    today = timezone.now().date()
    return [
        Hold(
            id=number,
            customers=tuple(sorted({customer[row.person] for row in some})),
            reason=some[0].reason,
            until=some[0].until,
            by=some[0].by,
            since=some[0].since,
            released_at=some[0].released_at,
            released_by=some[0].released_by,
            released_why=some[0].released_why,
            is_active=some[0].released_at is None and some[0].until > today,
            is_locked=any(row.person in locked for row in some),
        )
        for number, some in by_number.items()
    ]


def _reason(said: str) -> str:
    reason = said.strip()
    if not 1 <= len(reason) <= REASON_MAX:
        raise InvalidError(f"reason: 1 to {REASON_MAX} characters, without names of people.")
    if is_suspicious(reason):
        raise InvalidError("reason: looks like a mail address or a number of somebody; name a case, not a person.")
    return reason
