"""KPIs and their figures."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from sojourn.domains.customers.contracts import CustomerState, Per
from sojourn.domains.metrics import queries
from sojourn.domains.metrics.contracts import Figure, Kpi, League
from sojourn.engine.stats.looking import Looks
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.question import PER, ListedAsked, PeriodAsked, event_filter, period

router = Router(tags=["measures"])
KpiId = Annotated[str, Path(max_length=63)]


class FigureAsked(ListedAsked):
    """A span of time, which events, and what to break down by."""

    by: str | None = Field(None, max_length=200, description="A dimension, or survey, agent or month.")
    journey: str | None = Field(None, max_length=63, description="For KPIs of journeys: one of them.")
    per: Per = PER
    state: CustomerState | None = Field(None, description="Only customers, prospects or anonymous visitors.")
    looks: Looks | None = Field(
        None,
        description="Whether the change is tested once, for a finished period (usual with `since` and `until`), or "
        "daily, as a moving window that is looked at again and again (usual with `days`).",
    )


class LeagueAsked(PeriodAsked):
    """A span of time and which units to compare."""

    level: str = Field(max_length=63, description="A kind of units, such as region.")
    journey: str | None = Field(None, max_length=63, description="For KPIs of journeys: one of them.")
    per: Per = PER


@router.get("/kpis", response={200: Page[Kpi], **PROBLEMS}, summary="List the KPI catalogue")
def list_kpis(request: HttpRequest) -> Page[Kpi]:
    """With definitions, targets, and whether this release computes them."""
    return Page[Kpi](items=list(queries.kpis()))


@router.get("/kpis/{kpi_id}", response={200: Kpi, **PROBLEMS}, summary="Show a KPI's definition")
def get_kpi(request: HttpRequest, kpi_id: KpiId) -> Kpi:
    """One row of the catalogue."""
    return queries.kpi(kpi_id=kpi_id)


@router.get("/kpis/{kpi_id}/figures", response={200: Page[Figure], **PROBLEMS}, summary="Compute a KPI over a period")
def figures(request: HttpRequest, kpi_id: KpiId, asked: Query[FigureAsked]) -> Page[Figure]:
    """With n, 95 % interval, method, and the change from the period before; None when there are too few answers."""
    viewer = viewer_of(request)
    found = queries.figure(
        kpi=kpi_id,
        period=period(asked, viewer),
        events=event_filter(asked),
        by=asked.by,
        journey=asked.journey,
        viewer=viewer,
        per=asked.per,
        state=asked.state,
        looks=asked.looks or (Looks.DAILY if asked.since is None and asked.until is None else Looks.ONCE),
    )
    return Page[Figure](items=list(found))


@router.get("/kpis/{kpi_id}/league", response={200: League, **PROBLEMS}, summary="Compare the units of a level")
def league(request: HttpRequest, kpi_id: KpiId, asked: Query[LeagueAsked]) -> League:
    """Best first, each with all units below it, its 95 % interval and the ranks that it may have."""
    viewer = viewer_of(request)
    return queries.league(
        kpi=kpi_id,
        level=asked.level,
        period=period(asked, viewer),
        journey=asked.journey,
        per=asked.per,
        viewer=viewer,
    )
