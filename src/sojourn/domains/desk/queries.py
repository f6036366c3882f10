"""Ask the desk: which cases there are, how one went, what waits for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils import timezone

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.desk.contracts import ALIVE, CasesFound, CaseStatus, CustomerCase, Which
from sojourn.domains.desk.models import CaseRow
from sojourn.domains.desk.reading import about as told_of_cases
from sojourn.domains.desk.reading import account, case_of, held, history_of, in_scope, seen
from sojourn.domains.desk.ruling import rule_preview, rules
from sojourn.kit.errors import InvalidError

__all__ = ["case", "cases", "is_case_late", "rule_preview", "rules", "told_of_cases"]
LIMIT_MOST: Final = 1_000
AT_ONCE: Final = 200


def case(number: int, *, viewer: Viewer) -> CustomerCase:
    """Give a case with its history; raise ForbiddenError, NotFoundError."""
    row, customer = held(number, viewer, Right.CASES_READ)
    return case_of(row, customer, history_of(row))


def cases(
    *,
    viewer: Viewer,
    which: Which = Which.ALL,
    status: CaseStatus | None = None,
    reason: str = "",
    unit: str = "",
    limit: int = 100,
    after: tuple[str, int] | None = None,
    now: datetime | None = None,
) -> CasesFound:
    """List cases, the next due first: those alive, or of one status, of customers whom the viewer reaches.

    `after` is `next_place` of the page before. Raise ForbiddenError, and InvalidError for a limit or place that cannot
    be.
    """
    viewer.require(Right.CASES_READ)
    if not 1 <= limit <= LIMIT_MOST:
        raise InvalidError(f"limit: choose 1 to {LIMIT_MOST} cases.")
    at = now or timezone.now()
    asked = in_scope(viewer) & _which(which, viewer, at)
    asked &= Q(status=status) if status else Q(status__in=ALIVE)
    asked &= (Q(reason=reason) if reason else Q()) & (Q(unit=unit) if unit else Q())
    found: list[CustomerCase] = []
    place = _place(after)
    while len(found) <= limit:
        rows = list(CaseRow.objects.filter(asked & place).order_by("due_at", "pk")[:AT_ONCE])
        found += seen(rows, viewer)
        if len(rows) < AT_ONCE:
            break
        place = _behind(rows[-1].due_at, rows[-1].pk)
    shown, more = tuple(found[:limit]), len(found) > limit
    return CasesFound(rows=shown, next_place=(shown[-1].due_at.isoformat(), shown[-1].id) if more else None)


def is_case_late(*, now: datetime | None = None) -> bool:
    """Say whether a case's due time has passed that no manager was shown."""
    late = CaseRow.objects.filter(status__in=ALIVE, due_at__lte=now or timezone.now(), escalated_at=None)
    return late.exists()


def _which(which: Which, viewer: Viewer, at: datetime) -> Q:
    return {
        Which.ALL: Q(),
        Which.MINE: Q(owner=account(viewer) or -1),
        Which.UNOWNED: Q(owner=None),
        Which.OVERDUE: Q(due_at__lte=at),
        Which.ESCALATED: Q(escalated_at__isnull=False),
    }[which]


def _place(after: tuple[str, int] | None) -> Q:
    if after is None:
        return Q()
    try:
        return _behind(datetime.fromisoformat(after[0]), int(after[1]))
    except (TypeError, ValueError, IndexError):
        raise InvalidError("cursor: take it from `next` of the page before.") from None


def _behind(due_at: datetime, number: int) -> Q:
    return Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=number)
