"""Journeys > Patterns: who matches a path pattern, how long it takes, and what is around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.engine.kernels.patterns import PatternError
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import refused
from sojourn.surfaces.web.funnel_figures import time_lines
from sojourn.surfaces.web.matched import beside, chart, examples, sentence, usual_unit

OWN = ("match", "span")  # unit is a dimension


@page()
def patterns(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, OWN)
    pattern = request.GET.get("match", "").strip()
    usual = usual_unit(analysis.question.period)
    unit = _unit(request) or usual
    context = analysis.context() | {
        "pattern": pattern,
        "unit": unit,
        "usual": usual,
        "examples": examples(analysis.asked, analysis.vocabulary.names),
    }
    if analysis.vocabulary.names and pattern:
        context |= _answer(analysis, pattern, unit)
    return render(request, "web/patterns.html", context)


def _unit(request: PageRequest) -> CalendarUnit | None:
    unit = request.GET.get("span", "")
    if unit and unit not in set(CalendarUnit):
        raise InvalidError("span: one of day, week or month.")
    return CalendarUnit(unit) if unit else None


def _answer(analysis: Analysis, pattern: str, unit: CalendarUnit) -> dict[str, Any]:
    question, viewer, zone = analysis.question, analysis.viewer, timezone.get_current_timezone_name()
    try:
        table = journeys.patterns(pattern=pattern, question=question, viewer=viewer)
        around = journeys.around_pattern(pattern=pattern, question=question, viewer=viewer, unit=unit, zone=zone)
    except PatternError as error:
        return {"match_refused": refused(error)}
    except InvalidError as refusal:  # more days than can be shown
        return {"refused": refusal.message}
    return {
        "table": table,
        "coverage": table.coverage,
        "sentence": sentence(table),
        "times": time_lines(table.bins),
        "before": beside(around.before, _("nothing: it begins with the first event")),
        "after": beside(around.after, _("nothing: it ends with the last event")),
        "over_time": chart(around, zone),
        "as_filter": reverse("explorer") + replace(analysis.asked, own=()).query(having_pattern=pattern),
        "how": _(
            "Each customer's events in order of time; identify, group and alias calls are passed over unless the "
            "pattern names one. A match ends as early as it can and begins as late; matches do not overlap. Times and "
            "what is beside are of each customer's first match. Over time: of the customers with an event in the day, "
            "week or month, those with a match that ends in it. Shares have a 95% interval (Wilson)."
        ),
    }
