"""Where one customer stands in the named journeys, as their page shows it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from sojourn.domains.customers.contracts import Panel, PanelAsked, PanelLine
from sojourn.domains.journeys.queries.named import journeys
from sojourn.domains.journeys.standing import Standing, StandingState, names_of, standing
from sojourn.domains.privacy import queries as privacy


def panel(asked: PanelAsked, *, now: datetime | None = None) -> Panel:
    """List the customer's latest go at each named journey, newest first."""
    known = journeys(viewer=asked.viewer)
    names = names_of(known)
    found: list[Standing] = []
    if names:
        happened = privacy.happened(asked.customer, names=names, purpose=asked.purpose, viewer=asked.viewer)
        at = now or timezone.now()
        found = [told for each in known if (told := standing(each, happened, now=at)) is not None]
    return Panel(
        key="journeys",
        title="Journeys",
        lines=tuple(map(_line, sorted(found, key=lambda each: each.since, reverse=True))),
        empty="In none of the named journeys so far.",
    )


def _line(told: Standing) -> PanelLine:
    stage = told.stage if told.state is StandingState.UNDER_WAY else f"{told.state.value} at {told.stage}"
    if told.state is StandingState.COMPLETED:
        stage = f"completed with {told.stage}"
    return PanelLine(
        label=told.journey.name,
        value=stage,
        at=told.stage_at,
        page=("explorer", {"journey": told.journey.slug}),
    )
