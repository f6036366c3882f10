"""Measures > League tables: units of a level compared by a KPI, with the ranks that each may have."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.metrics import queries
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web import counted
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.scorecard import card
from sojourn.surfaces.web.views.measures import DAYS


@page()
def league(request: PageRequest) -> HttpResponse:
    """Compare the units of the level, KPI and journey that the address names."""
    kpis = {each.id: each for each in queries.kpis() if each.computed}
    named, levels = journeys.journeys(viewer=request.viewer), queries.levels()
    level = request.GET.get("level", "")
    level = level if level in levels else next(iter(levels[1:] or levels), "")
    days = request.GET.get("days", "")
    days = days if days in DAYS else DAYS[1]
    period = privacy.recent_period(days=int(days), viewer=request.viewer)
    kpi = kpis.get(request.GET.get("kpi", "")) or kpis[queries.most_told(period=period, viewer=request.viewer)]
    is_of_journeys = kpi.id in ("completion_rate", "abandonment_rate")
    slugs = [each.slug for each in named]
    journey = request.GET.get("journey", "")
    journey = journey if journey in slugs else next(iter(slugs), "")
    per, found = counted.chosen(request.GET.get("per", "")), None
    if level and (journey or not is_of_journeys):
        found = queries.league(
            kpi=kpi.id,
            level=level,
            period=period,
            journey=journey if is_of_journeys else None,
            per=per,
            viewer=request.viewer,
        )
    context = {
        "kpis": kpis.values(),
        "kpi": kpi,
        "levels": levels,
        "level": level,
        "days": days,
        "choices": DAYS,
        "journeys": named,
        "journey": journey,
        "is_of_journeys": is_of_journeys,
        "per": per,
        "pers": counted.CHOICES,
        "league": found,
        "rows": [{"row": row, "card": card(kpi, row.figure)} for row in found.rows] if found else [],
    }
    return render(request, "web/league.html", context)
