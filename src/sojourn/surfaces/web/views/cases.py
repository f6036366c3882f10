"""Journeys > Cases: how a journey's cases end, what they take, and where they turn back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import CasesAsked
from sojourn.domains.privacy.contracts import Term
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import case_settings
from sojourn.surfaces.web import cases_figures as figures
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import Choice, label

MOST_NAMES = 200
LISTED = 10


@page()
def cases(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, own=case_settings.OWN)
    journey, wanted = case_settings.journey_of(analysis), case_settings.wanted(analysis)
    context = analysis.context() | {
        "wanted": wanted,
        "of": journey.slug if journey else "",
        "soon": case_settings.soon_hours(analysis),
        "event_choices": (
            _choice(_("Goal"), "goal", wanted.goals, analysis),
            _choice(_("Other endings"), "ending", tuple(e for es in wanted.outcomes.values() for e in es), analysis),
            _choice(_("Stages"), "stage", tuple(e for stage in wanted.stages for e in stage.events), analysis),
        ),
        "dimensions": [(name, label(name)) for name in sorted(analysis.vocabulary.dimensions)],
        "units": [
            (CalendarUnit.DAY, _("by day")),
            (CalendarUnit.WEEK, _("by week")),
            (CalendarUnit.MONTH, _("by month")),
        ],
    }
    if analysis.vocabulary.names and wanted.start and wanted.goals:
        context |= _answer(wanted, analysis)
    return render(request, "web/cases.html", context)


def _answer(wanted: CasesAsked, analysis: Analysis) -> dict[str, Any]:
    try:
        found = journeys.cases(asked=wanted, question=case_settings.question(analysis), viewer=analysis.viewer)
    except InvalidError as refusal:  # what was chosen before may not fit what is chosen now; the controls must stay
        return {"refused": refusal.message}
    return {
        "found": found,
        "coverage": found.coverage,
        "endings": figures.endings(found),
        "durations": figures.durations(found),
        "sizes": figures.sizes(found),
        "friction": figures.friction(found),
        "rework": figures.rework(found)[:LISTED],
        "ways": found.ways_back[:LISTED],
        "matrix": figures.matrix(found),
        "across_name": label(found.asked.across).lower() if found.asked.across else "",
        "stages": figures.stages(found),
        "trend": figures.trend(found),
        "sentence": figures.sentence(found),
        "how": _how(found.asked),
    }


def _choice(name: str, parameter: str, kept: tuple[str, ...], analysis: Analysis) -> Choice:
    """Offer the events, those kept first."""
    known = {term.name: term for term in analysis.vocabulary.names}
    first = [known.get(event, Term(name=event, events=0, customers=0)) for event in dict.fromkeys(kept)]
    rest = [term for term in analysis.vocabulary.names if term.name and term.name not in kept]
    shown = (*first, *rest[:MOST_NAMES])
    return Choice(dimension=parameter, parameter=parameter, label=name, values=shown, kept=tuple(dict.fromkeys(kept)))


def _how(asked: CasesAsked) -> str:
    says = _(
        "A case begins with the start event, unless one of the customer's runs, and ends with the first goal or other "
        "ending; it is given up when its window has passed. Cases still within their window are open and count in no "
        "other figure: quick successes would else be counted before slow failures. Shares and means have a 95% "
        "interval with the customer as the unit, medians are exact. A given up case lasts until its last event. "
        "A repeat is an event that the case had before; a stage is left when another is entered or the case ends."
    )
    counted = (
        _("Only the events that are named here or by the journey count.")
        if asked.only_named
        else _("All that the customer did meanwhile counts.")
    )
    return f"{says} {counted}"
