"""Cases as a viewer may see them: those of customers whom they reach, in the units in which their right counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.conf import settings
from django.db.models import Q

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection.contracts import Held
from sojourn.domains.desk.contracts import CaseStatus, CaseStep, CustomerCase, StepKind
from sojourn.domains.desk.models import CaseRow, StepRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit import sealing
from sojourn.kit.errors import NotFoundError

USE: Final = "case"
PURPOSE: Final = Purpose.SERVICE
AT_ONCE: Final = 500


def seen(rows: Sequence[CaseRow], viewer: Viewer, right: Right = Right.CASES_READ) -> list[CustomerCase]:
    """Give those of some cases whose customers a viewer reaches under a right, without history."""
    of = identity.customers_of([row.person for row in rows])
    known = privacy.found(set(of.values()), purpose=PURPOSE, viewer=viewer.within(right))
    return [case_of(row, known[of[row.person]]) for row in rows if of[row.person] in known]


def in_scope(viewer: Viewer, right: Right = Right.CASES_READ) -> Q:
    """Give the condition that a case lies in the units in which a viewer's right counts, or is their own."""
    units = viewer.units_for(right)
    if units is None:
        return Q()
    return Q(unit__in=organisation.descendants(units)) | Q(owner=account(viewer) or -1)


def held(number: int, viewer: Viewer, right: Right) -> tuple[CaseRow, int]:
    """Give a case that a viewer may see, and today's number of its customer; raise NotFoundError, ForbiddenError."""
    viewer.require(right)
    row = CaseRow.objects.filter(in_scope(viewer, right), pk=number).first()
    found = seen([row], viewer, right) if row is not None else []
    if row is None or not found:
        raise NotFoundError("There is no customer case of this number.")
    return row, found[0].customer


def account(viewer: Viewer) -> int | None:
    """Give the number under which a viewer signs in, None for a key or the system."""
    kind, _, number = viewer.name.partition(":")
    return int(number) if kind == "person" else None


def case_of(row: CaseRow, customer: int, history: tuple[CaseStep, ...] = ()) -> CustomerCase:
    """Give a case as other rooms see it."""
    return CustomerCase(
        id=row.pk,
        customer=customer,
        reason=row.reason,
        status=CaseStatus(row.status),
        owner=_name(row.owner),
        unit=row.unit,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        due_at=row.due_at,
        closed_at=row.closed_at,
        escalated_at=row.escalated_at,
        history=history,
    )


def history_of(row: CaseRow) -> tuple[CaseStep, ...]:
    """Open the history of a case, oldest first."""
    return tuple(_step(each) for each in StepRow.objects.filter(case=row).order_by("at", "pk"))


def sealed(text: str) -> bytes | None:
    """Seal what was written in a case; nothing stays nothing."""
    return sealing.sealer(settings.SOJOURN).seal(text.encode(), use=USE) if text else None


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell which cases there are of persons and what was written in them."""
    yield Held(
        heading="Cases",
        explanation="What people here did about something that you said or that concerned you.",
        records=_told(persons),
    )


def _told(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for at in range(0, len(persons), AT_ONCE):
        rows = CaseRow.objects.filter(person__in=persons[at : at + AT_ONCE]).order_by("opened_at", "pk")
        for row in rows:
            yield {
                "reason": row.reason,
                "status": row.status,
                "opened_at": row.opened_at.isoformat(),
                "due_at": row.due_at.isoformat(),
                "closed_at": row.closed_at.isoformat() if row.closed_at else None,
                "history": [
                    {"at": each.at.isoformat(), "what": each.what.value, "text": each.text} for each in history_of(row)
                ],
            }


def _step(row: StepRow) -> CaseStep:
    text = sealing.sealer(settings.SOJOURN).open(bytes(row.sealed), use=USE).decode() if row.sealed is not None else ""
    return CaseStep(
        at=row.at,
        by=row.by,
        what=StepKind(row.what),
        text=text,
        comment=row.comment,
        owner=_name(row.owner),
        due_at=row.due_at,
    )


def _name(owner: int | None) -> str:
    return f"person:{owner}" if owner is not None else ""
