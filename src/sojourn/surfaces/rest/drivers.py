"""What goes with how customers answered, and the operational facts that may."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.metrics import actions, queries
from sojourn.domains.metrics.contracts import Drivers, Fact, FactKind, Mix
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.kpis import KpiId
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.question import ListedAsked, event_filter, period

router = Router(tags=["measures"])
FACTS_MOST = 40


class DriversAsked(ListedAsked):
    """Which answers, and what may drive them."""

    survey: str | None = Field(None, max_length=200, description="One survey; else all on the KPI's scale.")
    driver: list[str] = Field([], max_length=40, description="Weigh these only (slugs); repeat for more.")


class MixAsked(ListedAsked):
    """A period, and the parts by which its change is taken apart."""

    by: Literal["channel", "unit", "product", "survey"] = Field("channel", description="What the parts are.")


class FactText(Schema):
    """An operational fact, looked up before each answer."""

    slug: str = Field(max_length=63, description="Small letters, digits and hyphens.")
    name: str = Field(max_length=100)
    kind: FactKind = Field(description="Minutes from `event` to `until`, how many times `event`, or a number.")
    event: str = Field(max_length=200, description="An event; for a number, a property of the answer.")
    until: str = Field("", max_length=200, description="The event that ends the minutes.")
    days: int = Field(7, ge=1, le=400, description="How long before the answer it is looked for.")


class FactsText(Schema):
    """All operational facts."""

    facts: list[FactText] = Field(max_length=FACTS_MOST)


@router.get("/kpis/{kpi_id}/drivers", response={200: Drivers, **PROBLEMS}, summary="Weigh what drives a score")
def drivers(request: HttpRequest, kpi_id: KpiId, asked: Query[DriversAsked]) -> Drivers:
    """Each with its share of how answers differ, in percent of their variance, and its 95 % bounds.

    What goes with a score need not cause it: drivers that nobody recorded may stand behind.
    """
    viewer = viewer_of(request)
    return queries.drivers(
        kpi=kpi_id,
        period=period(asked, viewer),
        survey=asked.survey,
        only=tuple(dict.fromkeys(asked.driver)),
        events=event_filter(asked),
        viewer=viewer,
    )


@router.get("/kpis/{kpi_id}/mix", response={200: Mix, **PROBLEMS}, summary="Take a score's change apart")
def mix(request: HttpRequest, kpi_id: KpiId, asked: Query[MixAsked]) -> Mix:
    """Rate (the parts changed) and mix (other parts answer now) add up to the change, with 95 % half widths."""
    viewer = viewer_of(request)
    return queries.mix(kpi=kpi_id, period=period(asked, viewer), by=asked.by, events=event_filter(asked), viewer=viewer)


@router.get("/facts", response={200: Page[Fact], **PROBLEMS}, summary="List the facts that may drive a score")
def list_facts(request: HttpRequest) -> Page[Fact]:
    """Definitions; whom they are about is looked up with each question."""
    return Page[Fact](items=list(queries.facts()))


@router.put("/facts", response={200: Page[Fact], **PROBLEMS}, summary="Save the facts that may drive a score")
@needs(Right.PLAN_WRITE)
def save_facts(request: HttpRequest, said: FactsText) -> Page[Fact]:
    """In place of all that were there."""
    facts = [Fact(**each.dict()) for each in said.facts]
    return Page[Fact](items=list(actions.save_facts(facts=facts, viewer=viewer_of(request))))
