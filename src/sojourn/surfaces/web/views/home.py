"""Home: what changed, how journeys end, what waits for me."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.views.journeys import how, journey_lines
from sojourn.surfaces.web.views.measures import computed_cards
from sojourn.surfaces.web.waiting import matters

DAYS = "90"


@page()
def home(request: PageRequest) -> HttpResponse:
    """Show the figures that changed first, the journeys and what waits."""
    fresh = privacy.freshness(viewer=request.viewer)
    has_events = fresh.events > 0
    cards = computed_cards(request.viewer, DAYS) if has_events else []
    shown = [each for each in cards if each.has_changed or not each.figure.part]  # journeys have a table of their own
    context = {
        "fresh": fresh,
        "cards": sorted(shown, key=lambda each: (not each.has_changed, each.kpi.name)),
        "lines": journey_lines(request.viewer) if has_events else [],
        "matters": matters(request.viewer, timezone.now()),
        "how": how(),
    }
    return render(request, "web/home.html", context)
