"""Retention and lifecycle."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import LifecycleTable, Question, RetentionAsked, RetentionTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import EventsAsked, Purposed, SeenAs, event_filter, period

router = Router(tags=["journeys"])
NAMES_MAX = 100


class CalendarAsked(SeenAs, EventsAsked):
    """Which events, and days, weeks or months of which zone."""

    unit: CalendarUnit = Field(CalendarUnit.WEEK, description="Count by day, week (from Monday) or month.")
    zone: str = Field("UTC", max_length=64, description="Time zone of the calendar, such as Europe/Berlin.")
    identity_steps: bool = Field(False, description="Whether identify, group and alias calls count as any event.")


class RetentionQuery(Purposed, CalendarAsked):
    """Who starts, what is a return, and how it is counted."""

    start: list[str] = Field([], max_length=NAMES_MAX, description="Events that start; none: any event.")
    returns: list[str] = Field([], max_length=NAMES_MAX, description="Events that are a return; none: any event.")
    columns: int | None = Field(
        None, ge=1, le=100, description="Distances shown, from 0 on; 15 days, 9 weeks, 7 months."
    )
    bracket: list[str] = Field(
        [],
        max_length=100,
        description="Spans of days as columns instead, ascending: `0`, `1-3`, `4-7`; repeat for more.",
    )
    recurring: bool = Field(False, description="A customer is in each cohort with a start, not only in the first.")
    or_after: bool = Field(False, description="Count a return in its own column and all before it.")


class LifecycleQuery(Purposed, CalendarAsked):
    """What makes a customer active."""

    active: list[str] = Field([], max_length=NAMES_MAX, description="Events that make active; none: any event.")


@router.get("/retention", response={200: RetentionTable, **PROBLEMS}, summary="Show who comes back, by cohort")
def retention(request: HttpRequest, asked: Query[RetentionQuery]) -> RetentionTable:
    """Cohorts are the days, weeks or months that the period touches; a cell is counted once its time has passed."""
    viewer = viewer_of(request)
    return queries.retention(
        asked=retention_of(asked),
        question=calendar_question(asked, viewer),
        viewer=viewer,
        purpose=Purpose(asked.purpose),
    )


def retention_of(asked: RetentionQuery) -> RetentionAsked:
    """Give the retention asked for; raise InvalidError for brackets that cannot be."""
    return RetentionAsked(
        start=tuple(asked.start),
        returns=tuple(asked.returns),
        unit=asked.unit,
        columns=asked.columns,
        brackets=queries.written_brackets(asked.bracket),
        recurring=asked.recurring,
        or_after=asked.or_after,
        zone=asked.zone,
    )


@router.get(
    "/lifecycle",
    response={200: LifecycleTable, **PROBLEMS},
    summary="Show who is new, stays, comes back and goes quiet",
)
def lifecycle(request: HttpRequest, asked: Query[LifecycleQuery]) -> LifecycleTable:
    """The days, weeks or months that the period touches and that have passed."""
    viewer = viewer_of(request)
    return queries.lifecycle(
        question=calendar_question(asked, viewer),
        viewer=viewer,
        active=asked.active,
        unit=asked.unit,
        zone=asked.zone,
        purpose=Purpose(asked.purpose),
    )


def calendar_question(asked: CalendarAsked, viewer: Viewer) -> Question:
    """Give the question asked; raise InvalidError."""
    return Question(period=period(asked, viewer), events=event_filter(asked), identity_steps=asked.identity_steps)
