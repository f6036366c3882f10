"""Graph and variants."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import JourneyGraph, PathDetails, StepDetails, VariantTable
from sojourn.domains.privacy.contracts import Purpose
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.question import Purposed, QuestionAsked, question

router = Router(tags=["journeys"])


class GraphAsked(Purposed, QuestionAsked):
    """The graph."""


class EdgeAsked(Purposed, QuestionAsked):
    """One path of the graph."""

    source: str = Field(max_length=400, description="The step before.")
    target: str = Field(max_length=400, description="The step after.")


class StepAsked(Purposed, QuestionAsked):
    """One step of the graph."""

    step: str = Field(min_length=1, max_length=400, description="The step.")


class VariantsAsked(Purposed, QuestionAsked):
    """The most frequent ways through."""

    top: int = Field(20, ge=1, le=1_000, description="Most variants in the answer.")


@router.get("/graph", response={200: JourneyGraph, **PROBLEMS}, summary="Show which step follows which")
def graph(request: HttpRequest, asked: Query[GraphAsked]) -> JourneyGraph:
    """A directly-follows graph with customers, times, mean, exact median and 90th percentile of the gaps."""
    viewer = viewer_of(request)
    return queries.graph(question=question(asked, viewer), viewer=viewer, purpose=Purpose(asked.purpose))


@router.get("/graph/step", response={200: StepDetails, **PROBLEMS}, summary="Show one step of the graph")
def step(request: HttpRequest, asked: Query[StepAsked]) -> StepDetails:
    """The step with the distributions of the times since the step before and until the next."""
    viewer = viewer_of(request)
    return queries.step(
        name=asked.step, question=question(asked, viewer), viewer=viewer, purpose=Purpose(asked.purpose)
    )


@router.get("/graph/path", response={200: PathDetails, **PROBLEMS}, summary="Show one path of the graph")
def path(request: HttpRequest, asked: Query[EdgeAsked]) -> PathDetails:
    """The path with the distribution of its gaps."""
    viewer = viewer_of(request)
    return queries.edge(
        source=asked.source,
        target=asked.target,
        question=question(asked, viewer),
        viewer=viewer,
        purpose=Purpose(asked.purpose),
    )


@router.get("/variants", response={200: VariantTable, **PROBLEMS}, summary="Show the most frequent ways through")
def variants(request: HttpRequest, asked: Query[VariantsAsked]) -> VariantTable:
    """Most customers first."""
    viewer = viewer_of(request)
    return queries.variants(
        question=question(asked, viewer), viewer=viewer, top=asked.top, purpose=Purpose(asked.purpose)
    )
