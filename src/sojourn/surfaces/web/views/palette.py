"""What Ctrl K finds."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse

from sojourn.surfaces.web import finding
from sojourn.surfaces.web.doors import PageRequest, page


@page()
def palette(request: PageRequest) -> HttpResponse:
    """Answer with what has the words asked for in its name, and with a search for customers.

    What is typed comes in the body: it may be somebody's name.
    """
    text = (request.POST.get("q") or request.GET.get("q", ""))[:100]
    found = finding.find(text, request.viewer)
    return JsonResponse({"found": [asdict(each) for each in found]})
