"""Comparisons of two periods or filters, and what goes with success."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import (
    ComparedCompletion,
    ComparedFunnel,
    ComparedGraph,
    ComparedVariants,
    FunnelOptions,
    Question,
    SuccessTable,
)
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import (
    PATTERN_MAX_CHARACTERS,
    VALUES_MAX,
    EventsAsked,
    Purposed,
    QuestionAsked,
    event_filter,
    period,
    question,
)
from sojourn.surfaces.rest.types import Instant

router = Router(tags=["journeys"])
Slug = Annotated[str, Path(max_length=63)]
Looks = Literal["once", "daily"]
LOOKS = "How often you look: `once` or `daily`; without it daily while a period goes on."


class SidesAsked(Purposed, QuestionAsked):
    """What both sides have in common, and what sets them apart; differences are side b minus side a."""

    steps_shown: int = Field(25, ge=1, le=200, description="Activities kept, most frequent first.")
    a_where: list[str] = Field([], max_length=VALUES_MAX, description="`dimension:value` to keep on side a only.")
    b_where: list[str] = Field([], max_length=VALUES_MAX, description="`dimension:value` to keep on side b only.")
    a_having_pattern: str = Field(
        "", max_length=PATTERN_MAX_CHARACTERS, description="Path pattern that customers of side a match."
    )
    b_having_pattern: str = Field(
        "",
        max_length=PATTERN_MAX_CHARACTERS,
        description="Path pattern that customers of side b match, such as a variant: `^ -> search -> buy -> $`.",
    )
    a_since: Instant | None = Field(None, description="First instant of side a, where it has a period of its own.")
    a_until: Instant | None = Field(None, description="First instant after side a's own period.")
    before: bool = Field(False, description="Side a is the period of the same length just before.")
    looks: Looks | None = Field(None, description=LOOKS)


class FunnelSidesAsked(SidesAsked):
    """Steps in order; a step may be several event names, any of which counts, joined by |."""

    step: list[str] = Field(min_length=1, max_length=20, description="Repeat for each step; `A|B` means A or B.")
    window_days: float = Field(14, gt=0, le=3_660, description="Days from the first step to the last.")
    order: Order = Field(
        Order.ORDERED,
        description="`strict`: no other event in between; `any`: all steps within the window, whichever comes first.",
    )
    exclude: list[str] = Field(
        [],
        max_length=20,
        description="Event that breaks the funnel, `A|B` for either; `2-3:A` between steps 2 and 3 only.",
    )


class VariantSidesAsked(SidesAsked):
    """The ways through that most customers of both sides have."""

    top: int = Field(20, ge=1, le=200, description="Most variants compared.")


class SuccessAsked(Purposed, EventsAsked):
    """A span of time, which events, and how soon after the start they must come."""

    landmark_hours: float | None = Field(
        None, gt=0, le=87_840, description="Only events so soon after the start, of journeys still running then."
    )
    looks: Looks | None = Field(None, description=LOOKS)


@router.get("/compare/graph", response={200: ComparedGraph, **PROBLEMS}, summary="Compare what customers do")
def compare_graph(request: HttpRequest, asked: Query[SidesAsked]) -> ComparedGraph:
    """Steps, paths, times and properties of two sides with intervals; `findings` are what differs most."""
    viewer = viewer_of(request)
    a, b = _sides(asked, viewer)
    return queries.compare_graphs(a=a, b=b, looks=asked.looks, viewer=viewer, purpose=Purpose(asked.purpose))


@router.get("/compare/funnel", response={200: ComparedFunnel, **PROBLEMS}, summary="Compare who gets from step to step")
def compare_funnel(request: HttpRequest, asked: Query[FunnelSidesAsked]) -> ComparedFunnel:
    """Of first steps whose window has closed."""
    viewer = viewer_of(request)
    a, b = _sides(asked, viewer)
    steps = [tuple(name for name in each.split("|") if name) or (each,) for each in asked.step]
    return queries.compare_funnels(
        steps=steps,
        window_days=asked.window_days,
        a=a,
        b=b,
        looks=asked.looks,
        viewer=viewer,
        purpose=Purpose(asked.purpose),
        options=FunnelOptions(
            order=asked.order, exclusions=tuple(queries.written_exclusion(each) for each in asked.exclude)
        ),
    )


@router.get("/compare/variants", response={200: ComparedVariants, **PROBLEMS}, summary="Compare the ways through")
def compare_variants(request: HttpRequest, asked: Query[VariantSidesAsked]) -> ComparedVariants:
    """Largest effect first; the smaller side counts as much as the larger when variants are chosen."""
    viewer = viewer_of(request)
    a, b = _sides(asked, viewer)
    return queries.compare_variants(
        a=a, b=b, top=asked.top, looks=asked.looks, viewer=viewer, purpose=Purpose(asked.purpose)
    )


@router.get(
    "/compare/journeys/{slug}",
    response={200: ComparedCompletion, **PROBLEMS},
    summary="Compare how a named journey ends",
)
def compare_journey(request: HttpRequest, slug: Slug, asked: Query[SidesAsked]) -> ComparedCompletion:
    """Of journeys whose window has closed; customers may have several."""
    viewer = viewer_of(request)
    a, b = _sides(asked, viewer)
    return queries.compare_completions(
        slug=slug, a=a, b=b, looks=asked.looks, viewer=viewer, purpose=Purpose(asked.purpose)
    )


@router.get(
    "/journeys/{slug}/success",
    response={200: SuccessTable, **PROBLEMS},
    summary="Show what goes with completing a named journey",
)
def success(request: HttpRequest, slug: Slug, asked: Query[SuccessAsked]) -> SuccessTable:
    """Events on the way and properties of the start, as differences of shares; what goes together, not causes."""
    viewer = viewer_of(request)
    return queries.success(
        slug=slug,
        period=period(asked, viewer),
        events=event_filter(asked),
        landmark_hours=asked.landmark_hours,
        looks=asked.looks,
        viewer=viewer,
        purpose=Purpose(asked.purpose),
    )


def _sides(asked: SidesAsked, viewer: Viewer) -> tuple[Question, Question]:
    """Give the questions of sides a and b; raise InvalidError."""
    common = question(asked, viewer)
    own = _own_period(asked, common.period)
    sides = []
    for where, pattern, when in (
        (asked.a_where, asked.a_having_pattern, own),
        (asked.b_where, asked.b_having_pattern, common.period),
    ):
        more = event_filter(EventsAsked.model_validate({"where": where})).dimensions
        events = replace(common.events, dimensions=common.events.dimensions | more)
        if pattern.strip():
            if common.events.having_pattern:
                raise InvalidError("having_pattern: give one for both sides, or one for each.")
            events = replace(events, having_pattern=pattern.strip())
        sides.append(replace(common, period=when, events=events))
    return sides[0], sides[1]


def _own_period(asked: SidesAsked, common: Period) -> Period:
    if asked.before:
        if asked.a_since is not None or asked.a_until is not None:
            raise InvalidError("before: give either before, or a_since and a_until.")
        return queries.period_before(common)
    if asked.a_since is None and asked.a_until is None:
        return common
    if asked.a_since is not None and asked.a_until is not None and asked.a_until <= asked.a_since:
        raise InvalidError("a_until: must lie after a_since.")
    return Period(since=asked.a_since, until=asked.a_until)
