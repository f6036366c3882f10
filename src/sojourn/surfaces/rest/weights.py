"""Known populations, and scores weighted to them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.metrics import actions, queries
from sojourn.domains.metrics.contracts import Population, WeightedScore
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.kpis import KpiId
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.question import ListedAsked, event_filter, period
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["measures"])
Slug = Annotated[str, Path(max_length=63)]


class WeightedAsked(ListedAsked):
    """A span of time, which answers, and the population."""

    population: str = Field(max_length=63, description="Slug of a known population.")


class PopulationText(Schema):
    """A known population."""

    name: str = Field(max_length=100)
    margins: dict[str, dict[str, Annotated[float, PlainNumber]]] = Field(
        description="For channel, unit, product, survey or properties.<name>: shares by value that add up to 1."
    )


@router.get("/populations", response={200: Page[Population], **PROBLEMS}, summary="List known populations")
def list_populations(request: HttpRequest) -> Page[Population]:
    """With their margins."""
    return Page[Population](items=list(queries.populations()))


@router.put("/populations/{slug}", response={200: Population, **PROBLEMS}, summary="Save a known population")
@needs(Right.PLAN_WRITE)
def save_population(request: HttpRequest, slug: Slug, said: PopulationText) -> Population:
    """In place of the one with this slug."""
    made = Population(slug=slug, name=said.name, margins=said.margins)
    return actions.save_population(population=made, viewer=viewer_of(request))


@router.delete("/populations/{slug}", response={204: None, **PROBLEMS}, summary="Delete a known population")
@needs(Right.PLAN_WRITE)
def delete_population(request: HttpRequest, slug: Slug) -> Status[None]:
    """Scores are no longer weighted to it."""
    actions.delete_population(slug=slug, viewer=viewer_of(request))
    return Status(204, None)


@router.get("/kpis/{kpi_id}/weighted", response={200: WeightedScore, **PROBLEMS}, summary="Weight a score")
def weighted(request: HttpRequest, kpi_id: KpiId, asked: Query[WeightedAsked]) -> WeightedScore:
    """Raked to the population's margins, with an interval that holds what the weighting costs."""
    viewer = viewer_of(request)
    return queries.weighted_score(
        kpi=kpi_id,
        population=asked.population,
        period=period(asked, viewer),
        events=event_filter(asked),
        viewer=viewer,
    )
