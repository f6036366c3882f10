"""Named journeys and how they end."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Completion, Journey, Share
from sojourn.domains.privacy.contracts import Coverage, Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.question import PER, EventsAsked, Purposed, event_filter, period
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["journeys"])
Slug = Annotated[str, Path(max_length=63)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class JourneyText(Schema):
    """A journey: begins with the start event, is completed by one of the goals within the window."""

    name: Name
    start: Name
    goals: list[Name] = Field(min_length=1, max_length=50)
    outcomes: dict[str, list[Name]] = Field({}, description="Other endings by name: declined, withdrawn.")
    steps: list[Name] = Field([], max_length=50, description="The funnel's steps, in order.")
    window_days: Annotated[int, Field(ge=1, le=3_660), PlainNumber] = 30


class CompletionAsked(Purposed, EventsAsked):
    """A span of time, which events, and what to break down by."""

    by: str | None = Field(None, max_length=200, description="A dimension, or `month`.")
    per: Per = PER


class CompletionAnswer(Schema):
    """How the journeys begun in a period ended; completed + abandoned + outcomes = closed, closed + open = started."""

    journey: str
    part: str
    started: int
    open: int
    closed: int
    counts: dict[str, int]
    completed: Share
    abandoned: Share
    outcomes: dict[str, Share]
    median_s: float | None
    p90_s: float | None
    coverage: Coverage


@router.get("/journeys", response={200: Page[Journey], **PROBLEMS}, summary="List the named journeys")
def list_journeys(request: HttpRequest) -> Page[Journey]:
    """By name."""
    return Page[Journey](items=list(queries.journeys(viewer=viewer_of(request))))


@router.get("/journeys/{slug}", response={200: Journey, **PROBLEMS}, summary="Show a named journey")
def get_journey(request: HttpRequest, slug: Slug) -> Journey:
    """Its start, goals, outcomes, steps and window."""
    return queries.journey(slug=slug, viewer=viewer_of(request))


@router.put("/journeys/{slug}", response={200: Journey, **PROBLEMS}, summary="Save a named journey")
@needs(Right.JOURNEYS_WRITE)
def put_journey(request: HttpRequest, slug: Slug, body: JourneyText) -> Journey:
    """In place of the one with the same slug."""
    journey = Journey(
        slug=slug,
        name=body.name,
        start=body.start,
        goals=tuple(body.goals),
        outcomes={name: tuple(events) for name, events in body.outcomes.items()},
        steps=tuple(body.steps),
        window_days=body.window_days,
    )
    return actions.save(journey=journey, viewer=viewer_of(request))


@router.delete("/journeys/{slug}", response={204: None, **PROBLEMS}, summary="Delete a named journey")
@needs(Right.JOURNEYS_WRITE)
def delete_journey(request: HttpRequest, slug: Slug) -> Status[None]:
    """Its events stay."""
    actions.delete(slug=slug, viewer=viewer_of(request))
    return Status(204, None)


@router.get(
    "/journeys/{slug}/completion",
    response={200: Page[CompletionAnswer], **PROBLEMS},
    summary="Show how a named journey ends",
)
def completion(request: HttpRequest, slug: Slug, asked: Query[CompletionAsked]) -> Page[CompletionAnswer]:
    """For journeys begun in the period: the whole, and then each part of what it is broken down by."""
    viewer = viewer_of(request)
    found = queries.completions(
        slug=slug,
        period=period(asked, viewer),
        events=event_filter(asked),
        by=asked.by,
        viewer=viewer,
        purpose=Purpose(asked.purpose),
        per=asked.per,
    )
    return Page[CompletionAnswer](items=[_answer(each) for each in found])


def _answer(found: Completion) -> CompletionAnswer:
    names = CompletionAnswer.model_fields
    return CompletionAnswer(**{name: getattr(found, name) for name in names})
