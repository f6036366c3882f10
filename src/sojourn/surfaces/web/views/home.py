"""Home: what changed, and what waits for me."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sojourn.surfaces.web.doors import PageRequest, page


@page()
def home(request: PageRequest) -> HttpResponse:
    """Show the figures that changed, the journeys and what waits."""
    return render(request, "web/home.html", {})
