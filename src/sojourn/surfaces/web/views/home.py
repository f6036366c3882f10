"""Home: what changed, how journeys end, what waits for me."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.saved import NAMES
from sojourn.surfaces.web.views.journeys import how, journey_lines
from sojourn.surfaces.web.views.measures import computed_cards
from sojourn.surfaces.web.waiting import matters

DAYS = "90"


@page()
def home(request: PageRequest) -> HttpResponse:
    """Show what waits at once; with `now` also the figures, those that changed first, and the journeys.

    The page asks for itself with `now` as soon as it stands: figures of a cold server take seconds.
    """
    fresh = privacy.freshness(viewer=request.viewer)
    context: dict[str, Any] = {"fresh": fresh, "matters": matters(request.viewer, timezone.now()), "how": how()}
    context["pinned"] = [
        {"question": each, "kind": NAMES[each.page]} for each in journeys.pinned_questions(viewer=request.viewer)
    ]
    is_now = "now" in request.GET
    if is_now and fresh.events:
        cards = computed_cards(request.viewer, DAYS)
        shown = [
            each for each in cards if each.has_changed or not each.figure.part
        ]  # journeys have a table of their own
        context["cards"] = sorted(shown, key=lambda each: (not each.has_changed, each.kpi.name))
        context["lines"] = journey_lines(request.viewer)
    return render(request, "web/home.html", context | {"is_now": is_now or not fresh.events})
