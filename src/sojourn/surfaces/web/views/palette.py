"""What Ctrl K finds."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from sojourn.surfaces.web import finding
from sojourn.surfaces.web.doors import PageRequest, page


@page()
def palette(request: PageRequest) -> HttpResponse:
    """Answer with the pages, journeys, events and KPIs whose names hold the words asked for."""
    found = finding.find(request.GET.get("q", "")[:100], request.viewer)
    return JsonResponse({"found": [{"label": each.label, "kind": each.kind, "url": each.url} for each in found]})
