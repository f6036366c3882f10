"""Graph, variants and funnel."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import FunnelTable, JourneyGraph, PathDetails, VariantTable
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import QuestionAsked, question

router = Router(tags=["journeys"])


class EdgeAsked(QuestionAsked):
    """One path of the graph."""

    source: str = Field(max_length=400, description="The step before.")
    target: str = Field(max_length=400, description="The step after.")


class VariantsAsked(QuestionAsked):
    """The most frequent ways through."""

    top: int = Field(20, ge=1, le=1_000, description="Most variants in the answer.")


class FunnelAsked(QuestionAsked):
    """Steps in order; a step may be several event names, any of which counts, joined by |."""

    step: list[str] = Field(min_length=1, max_length=20, description="Repeat for each step; `A|B` means A or B.")
    window_days: float = Field(14, gt=0, le=3_660, description="Days from the first step to the last.")


@router.get("/graph", response={200: JourneyGraph, **PROBLEMS}, summary="Show which step follows which")
def graph(request: HttpRequest, asked: Query[QuestionAsked]) -> JourneyGraph:
    """A directly-follows graph with customers, times, mean, exact median and 90th percentile of the gaps."""
    viewer = viewer_of(request)
    return queries.graph(question=question(asked, viewer), viewer=viewer)


@router.get("/graph/path", response={200: PathDetails, **PROBLEMS}, summary="Show one path of the graph")
def path(request: HttpRequest, asked: Query[EdgeAsked]) -> PathDetails:
    """The path with the distribution of its gaps."""
    viewer = viewer_of(request)
    return queries.edge(source=asked.source, target=asked.target, question=question(asked, viewer), viewer=viewer)


@router.get("/variants", response={200: VariantTable, **PROBLEMS}, summary="Show the most frequent ways through")
def variants(request: HttpRequest, asked: Query[VariantsAsked]) -> VariantTable:
    """Most customers first."""
    viewer = viewer_of(request)
    return queries.variants(question=question(asked, viewer), viewer=viewer, top=asked.top)


@router.get("/funnel", response={200: FunnelTable, **PROBLEMS}, summary="Show who gets from step to step")
def funnel(request: HttpRequest, asked: Query[FunnelAsked]) -> FunnelTable:
    """In order, within a window that begins with the first step."""
    viewer = viewer_of(request)
    steps = [tuple(name for name in each.split("|") if name) or (each,) for each in asked.step]
    return queries.funnel(steps=steps, window_days=asked.window_days, question=question(asked, viewer), viewer=viewer)
