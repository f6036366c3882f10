"""Path patterns."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import PatternAround, PatternTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import PATTERN_MAX_CHARACTERS, Purposed, QuestionAsked, question

router = Router(tags=["journeys"])


class PatternAsked(Purposed, QuestionAsked):
    """A path pattern and whose events it is looked for in."""

    pattern: str = Field(
        min_length=1, max_length=PATTERN_MAX_CHARACTERS, description="A path pattern: `search -> [^buy]* -> exit`."
    )


@router.get("/patterns", response={200: PatternTable, **PROBLEMS}, summary="Show who matches a path pattern")
def patterns(request: HttpRequest, asked: Query[PatternAsked]) -> PatternTable:
    """Customers, matches and times, with intervals. What a pattern can say stands in the guide to patterns."""
    viewer = viewer_of(request)
    return queries.patterns(
        pattern=asked.pattern, question=question(asked, viewer), viewer=viewer, purpose=Purpose(asked.purpose)
    )


class AroundAsked(PatternAsked):
    """A path pattern, and the calendar that its share is told by."""

    unit: CalendarUnit = Field(CalendarUnit.WEEK, description="Tell the share by day, week (from Monday) or month.")
    zone: str = Field("UTC", max_length=64, description="Time zone of the calendar, such as Europe/Berlin.")


@router.get("/patterns/around", response={200: PatternAround, **PROBLEMS}, summary="Show what happens around a pattern")
def around(request: HttpRequest, asked: Query[AroundAsked]) -> PatternAround:
    """Steps directly before and after each customer's first match, and the share of customers who match by time."""
    viewer = viewer_of(request)
    return queries.around_pattern(
        pattern=asked.pattern,
        question=question(asked, viewer),
        viewer=viewer,
        purpose=Purpose(asked.purpose),
        unit=asked.unit,
        zone=asked.zone,
    )
