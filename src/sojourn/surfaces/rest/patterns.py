"""Path patterns."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import PatternTable
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import PATTERN_MAX_CHARACTERS, QuestionAsked, question

router = Router(tags=["journeys"])


class PatternAsked(QuestionAsked):
    """A path pattern and whose events it is looked for in."""

    pattern: str = Field(
        min_length=1, max_length=PATTERN_MAX_CHARACTERS, description="A path pattern: `search -> [^buy]* -> exit`."
    )


@router.get("/patterns", response={200: PatternTable, **PROBLEMS}, summary="Show who matches a path pattern")
def patterns(request: HttpRequest, asked: Query[PatternAsked]) -> PatternTable:
    """Customers, matches and times, with intervals. What a pattern can say stands in the guide to patterns."""
    viewer = viewer_of(request)
    return queries.patterns(pattern=asked.pattern, question=question(asked, viewer), viewer=viewer)
