"""The verbs of a customer case: open, assign, set the due time, note, wait, close, reopen, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as people
from sojourn.domains.access.contracts import SYSTEM, Right, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.desk import rules
from sojourn.domains.desk.contracts import ALIVE, CaseStatus, CustomerCase, StepKind
from sojourn.domains.desk.hours import due
from sojourn.domains.desk.models import CaseRow, StepRow
from sojourn.domains.desk.reading import PURPOSE, account, case_of, held, history_of, sealed
from sojourn.domains.identity import queries as identity
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.privacy import queries as privacy
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

TEXT_MOST: Final = 4_000
DUE_HOURS: Final = 16.0  # two of the desk's days
AT_ONCE: Final = 500
BECOMES: Final = {
    StepKind.OPENED: "Case Opened",
    StepKind.HEARD: "Case Continued",
    StepKind.ASSIGNED: "Case Assigned",
    StepKind.DUE: "Case Due Changed",
    StepKind.WAITING: "Case Waiting",
    StepKind.CLOSED: "Case Closed",
    StepKind.REOPENED: "Case Reopened",
    StepKind.ESCALATED: "Case Escalated",
}
MOVES: Final = {
    CaseStatus.WAITING: StepKind.WAITING,
    CaseStatus.CLOSED: StepKind.CLOSED,
    CaseStatus.REOPENED: StepKind.REOPENED,
}


def open_case(
    *,
    customer: int,
    reason: str,
    viewer: Viewer,
    unit: str = "",
    owner: str = "",
    due_hours: float = DUE_HOURS,
    text: str = "",
    now: datetime | None = None,
) -> CustomerCase:
    """Open a case of a customer by hand; one of the same reason that is alive takes the text up instead.

    `owner` is a mail address, "me" or empty. Raise ForbiddenError, NotFoundError for a customer who is not there for
    this viewer, InvalidError.
    """
    viewer.require(Right.CASES_WRITE)
    current = privacy.require_reachable(customer, purpose=PURPOSE, viewer=viewer.within(Right.CASES_WRITE))
    if not rules.SLUG.fullmatch(reason):
        raise InvalidError("reason: small letters, digits and hyphens, at most 63, such as low-score.")
    if not 0 < due_hours <= rules.HOURS_MOST:
        raise InvalidError(f"due_hours: more than 0, at most {rules.HOURS_MOST:.0f} of the desk's hours.")
    at, told = now or timezone.now(), _text(text)
    where = _unit(unit, viewer)
    with transaction.atomic(using=router.db_for_write(CaseRow)):
        row = opened(
            persons=identity.persons_of(customer=current),
            person=current,
            reason=reason,
            unit=where,
            owner=owner_of(owner, where, viewer),
            due_hours=due_hours,
            by=viewer.name,
            text=told,
            at=at,
        )
        access.audit(viewer=viewer, what="case.open", on=f"case:{row.pk}", now=at, customer=str(current))
    return case_of(row, current, history_of(row))


def opened(
    *,
    persons: Sequence[int],
    person: int,
    reason: str,
    unit: str,
    owner: int | None,
    due_hours: float,
    by: str,
    at: datetime,
    text: str = "",
    comment: int | None = None,
) -> CaseRow:
    """Open a case of a person, or take up what is new in the one of this reason that is alive, in the caller's write.

    `persons` are all of the customer.
    """
    alive = CaseRow.objects.select_for_update().filter(person__in=persons, reason=reason, status__in=ALIVE)
    if (row := alive.order_by("pk").first()) is not None:
        add_step(row, StepKind.HEARD, by=by, at=at, text=text, comment=comment)
        return row
    row = CaseRow.objects.create(
        person=person,
        reason=reason,
        status=CaseStatus.OPEN,
        owner=owner,
        unit=unit,
        opened_at=at,
        opened_by=by,
        due_at=due(at, hours=due_hours),
    )
    add_step(row, StepKind.OPENED, by=by, at=at, text=text, comment=comment, owner=owner, due_at=row.due_at)
    return row


def assign_case(*, number: int, owner: str, viewer: Viewer, now: datetime | None = None) -> CustomerCase:
    """Give a case to somebody: a mail address, "me", or nobody when empty.

    Raise ForbiddenError, NotFoundError, ConflictError for a closed one, InvalidError for who may not work on it.
    """
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(CaseRow)):
        row, customer = _alive(number, viewer)
        row.owner = owner_of(owner, row.unit, viewer)
        row.save(update_fields=["owner"])
        add_step(row, StepKind.ASSIGNED, by=viewer.name, at=at, owner=row.owner)
        access.audit(viewer=viewer, what="case.assign", on=f"case:{number}", now=at, owner=str(row.owner or ""))
    return case_of(row, customer, history_of(row))


def set_due(*, number: int, due_at: datetime, text: str, viewer: Viewer, now: datetime | None = None) -> CustomerCase:
    """Change when a case is due, and say why; raise as `assign_case`, InvalidError for a time past or no word."""
    at = now or timezone.now()
    if due_at <= at:
        raise InvalidError("due_at: choose a time to come.")
    told = _text(text, is_needed=True)
    with transaction.atomic(using=router.db_for_write(CaseRow)):
        row, customer = _alive(number, viewer)
        row.due_at, row.escalated_at = due_at, None
        row.save(update_fields=["due_at", "escalated_at"])
        add_step(row, StepKind.DUE, by=viewer.name, at=at, text=told, due_at=due_at)
        access.audit(viewer=viewer, what="case.due", on=f"case:{number}", now=at, due=due_at.isoformat())
    return case_of(row, customer, history_of(row))


def note_case(*, number: int, text: str, viewer: Viewer, now: datetime | None = None) -> CustomerCase:
    """Note something in a case, closed or not; raise ForbiddenError, NotFoundError, InvalidError without a word."""
    at, told = now or timezone.now(), _text(text, is_needed=True)
    with transaction.atomic(using=router.db_for_write(CaseRow)):
        row, customer = held(number, viewer, Right.CASES_WRITE)
        add_step(row, StepKind.NOTED, by=viewer.name, at=at, text=told)
        access.audit(viewer=viewer, what="case.note", on=f"case:{number}", now=at)
    return case_of(row, customer, history_of(row))


def move_case(
    *, number: int, status: CaseStatus, viewer: Viewer, text: str = "", now: datetime | None = None
) -> CustomerCase:
    """Let a case wait for the customer, close it with a word on how it ended, or open a closed one again.

    One that waits is taken up by `reopened` too. Raise ForbiddenError, NotFoundError, ConflictError for a move that is
    none, or where another case of the customer and reason is alive.
    """
    if status not in MOVES:
        raise InvalidError("status: waiting, closed or reopened.")
    at, told = now or timezone.now(), _text(text, is_needed=status is CaseStatus.CLOSED)
    with transaction.atomic(using=router.db_for_write(CaseRow)):
        row, customer = held(number, viewer, Right.CASES_WRITE)
        row = CaseRow.objects.select_for_update().get(pk=row.pk)
        _check_move(row, status, customer)
        row.status = status
        row.closed_at = at if status is CaseStatus.CLOSED else None
        row.save(update_fields=["status", "closed_at"])
        add_step(row, MOVES[status], by=viewer.name, at=at, text=told)
        access.audit(viewer=viewer, what=f"case.{MOVES[status].value}", on=f"case:{number}", now=at)
    return case_of(row, customer, history_of(row))


def escalate(*, now: datetime | None = None) -> int:
    """Mark the cases whose due time has passed, so that the managers of their units see them; give how many."""
    at, done = now or timezone.now(), 0
    late = CaseRow.objects.filter(status__in=ALIVE, due_at__lte=at, escalated_at=None)
    for number in list(late.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic(using=router.db_for_write(CaseRow)):
            row = late.select_for_update().filter(pk=number).first()
            if row is None:  # somebody was faster
                continue
            row.escalated_at = at
            row.save(update_fields=["escalated_at"])
            add_step(row, StepKind.ESCALATED, by=SYSTEM.name, at=at)
            done += 1
    return done


def forget_cases(persons: Sequence[int]) -> None:
    """Delete the cases of erased persons with their history."""
    for at in range(0, len(persons), AT_ONCE):
        CaseRow.objects.filter(person__in=persons[at : at + AT_ONCE]).delete()


def add_step(row: CaseRow, what: StepKind, *, by: str, at: datetime, text: str = "", **said: Any) -> None:
    """Write a step of a case's history, and record it as an event of its customer; a note is none."""
    StepRow.objects.create(case=row, at=at, by=by, what=what, sealed=sealed(text), **said)
    if what not in BECOMES:
        return
    told = {"case": f"desk-{row.pk}", "reason": row.reason, "status": str(row.status)}
    if row.unit:
        told["unit"] = row.unit
    collection.record(name=BECOMES[what], occurred_at=at, person=row.person, properties=told)


def _alive(number: int, viewer: Viewer) -> tuple[CaseRow, int]:
    row, customer = held(number, viewer, Right.CASES_WRITE)
    locked = CaseRow.objects.select_for_update().get(pk=row.pk)
    if locked.status == CaseStatus.CLOSED:
        raise ConflictError("The case is closed; reopen it first.")
    return locked, customer


def _check_move(row: CaseRow, status: CaseStatus, customer: int) -> None:
    is_closed = row.status == CaseStatus.CLOSED
    if status is CaseStatus.REOPENED:
        if not is_closed and row.status != CaseStatus.WAITING:
            raise ConflictError("The case is open.")
        persons = identity.persons_of(customer=customer)
        others = CaseRow.objects.filter(person__in=persons, reason=row.reason, status__in=ALIVE).exclude(pk=row.pk)
        if other := others.first():
            raise ConflictError(f"Case {other.pk} of this customer and reason is open; go on with that one.")
    elif is_closed:
        raise ConflictError("The case is closed; reopen it first.")
    elif row.status == status:
        raise ConflictError("The case waits already.")


def owner_of(owner: str, unit: str, viewer: Viewer) -> int | None:
    """Find whom a case is given to; raise InvalidError for somebody who may not work on it."""
    if not owner:
        return None
    if owner == "me":
        number = account(viewer)
        if number is None:
            raise InvalidError("owner: a key owns no case; name somebody by mail address.")
    else:
        try:
            number = people.person_by_email(owner).id
        except NotFoundError:
            raise InvalidError("owner: nobody signs in with this mail address.") from None
    if not can_work(number, unit):
        raise InvalidError("owner: they may not work on cases there; their role needs the right cases.write.")
    return number


def can_work(number: int, unit: str) -> bool:
    """Say whether somebody can sign in and may work on cases of a unit."""
    try:
        theirs = people.viewer_of(number)
    except NotFoundError:
        return False
    units = theirs.units_for(Right.CASES_WRITE)
    return theirs.can(Right.CASES_WRITE) and (units is None or unit in organisation.descendants(units))


def _unit(unit: str, viewer: Viewer) -> str:
    """Check a case's unit; somebody of one unit alone opens it there."""
    units = viewer.units_for(Right.CASES_WRITE)
    if not unit and units is not None and len(units) == 1:
        return next(iter(units))
    known = {each.code for each in organisation.units()}
    if unit and unit not in known:
        raise InvalidError("unit: there is no such unit.")
    if units is not None and unit not in organisation.descendants(units):
        raise InvalidError("unit: choose one in which you work on cases.")
    return unit


def _text(text: str, *, is_needed: bool = False) -> str:
    told = text.strip()
    if "\x00" in told or len(told) > TEXT_MOST or (is_needed and not told):
        raise InvalidError(f"text: say it in {'1' if is_needed else '0'} to {TEXT_MOST} characters.")
    return told
