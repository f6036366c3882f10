"""A journey's cases."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import CasesAsked, CasesTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import VALUE_MAX_CHARACTERS, VALUES_MAX, Purposed, QuestionAsked, question

router = Router(tags=["journeys"])
STAGES_MAX = 50


class CasesQuery(Purposed, QuestionAsked):
    """Which cases: those of a named journey, or from a start event to goals; what is given replaces what it says."""

    journey: str = Field("", max_length=63, description="Named journey whose start, ends, steps and window are meant.")
    start: str = Field("", max_length=VALUE_MAX_CHARACTERS, description="Event that begins a case.")
    goal: list[str] = Field([], max_length=VALUES_MAX, description="Event that completes a case; repeat for more.")
    outcome: list[str] = Field(
        [], max_length=VALUES_MAX, description="Other endings as `name=event` or `name=event|event`; repeat for more."
    )
    window_days: int | None = Field(
        None, ge=1, le=3_650, description="Days that a case may take; 30 without a journey."
    )
    idle_days: float | None = Field(None, gt=0, le=3_650, description="Days without an event that give a case up, too.")
    landmark_hours: float | None = Field(
        None, gt=0, lt=87_600, description="Friction counts only what happened so soon, of cases still running then."
    )
    stage: list[str] = Field(
        [], max_length=STAGES_MAX, description="Stages as `name=event|event`, or an event; a journey's steps, if none."
    )
    only_named: bool | None = Field(
        None,
        description="Count only the events that are named here or by the journey. Of a named journey true, else false.",
    )
    across: str = Field("channel", max_length=200, description="Dimension whose changes are hand-offs; empty: none.")
    by: str | None = Field(None, max_length=200, description="Dimension of the start event to break down by.")
    top: int = Field(5, ge=1, le=50, description="Values of it shown; the others are the rest.")
    trend: CalendarUnit | None = Field(None, description="Break down by day, week or month of the start event.")
    zone: str = Field("UTC", max_length=64, description="Time zone of the trend, such as Europe/Berlin.")


@router.get("/cases", response={200: CasesTable, **PROBLEMS}, summary="Show how a journey's cases went")
def cases(request: HttpRequest, asked: Query[CasesQuery]) -> CasesTable:
    """Endings and how long they took, effort, rework, hand-offs and stages, of the cases begun in the period."""
    viewer = viewer_of(request)
    return queries.cases(
        asked=_wanted(asked, viewer), question=question(asked, viewer), viewer=viewer, purpose=Purpose(asked.purpose)
    )


def _wanted(asked: CasesQuery, viewer: Viewer) -> CasesAsked:
    wanted = CasesAsked(start="", goals=(), outcomes={})
    if asked.journey:
        wanted = queries.cases_of_journey(queries.journey(slug=asked.journey, viewer=viewer))
    return replace(
        wanted,
        start=asked.start or wanted.start,
        goals=tuple(asked.goal) or wanted.goals,
        outcomes=queries.written_outcomes(asked.outcome) or wanted.outcomes,
        window_days=asked.window_days or wanted.window_days,
        idle_days=asked.idle_days,
        landmark_hours=asked.landmark_hours,
        stages=queries.written_stages(asked.stage) or wanted.stages,
        only_named=wanted.only_named if asked.only_named is None else asked.only_named,
        across=asked.across,
        by=asked.by,
        top=asked.top,
        trend=asked.trend,
        zone=asked.zone,
    )
