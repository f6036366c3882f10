"""Journeys > Retention: who comes back, by cohort, and how customers come and go."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import RetentionAsked
from sojourn.domains.privacy.contracts import Term
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import cohorts
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import Choice
from sojourn.surfaces.web.questions import MOST_VALUES

OWN = ("by", "starts", "returns", "cohorts", "counted", "brackets", "cell")
MOST_NAMES = 200


@page()
def retention(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, OWN)
    own = own_of(analysis)
    context = analysis.context() | {
        "by": own.get("by", ("week",))[0],
        "recurring": own.get("cohorts") == ("each",),
        "or_after": own.get("counted") == ("after",),
        "brackets": own.get("brackets", ("",))[0],
        "event_choices": (
            _choice(_("Starts with"), "starts", own, analysis), _choice(_("Returns with"), "returns", own, analysis)
        ),
    }  # fmt: skip
    if analysis.vocabulary.names:
        try:
            context |= _answers(analysis, asked_of(own), own.get("cell", ("",))[0])
        except InvalidError as refusal:  # brackets typed wrongly must not take the controls away
            context["refused"] = refusal.message
    return render(request, "web/retention.html", context)


def own_of(analysis: Analysis) -> dict[str, tuple[str, ...]]:
    """Give the page's own parameters, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in analysis.asked.own:
        found[name] = (*found.get(name, ()), value)
    return found


def asked_of(own: dict[str, tuple[str, ...]]) -> RetentionAsked:
    """Read which retention an address asks for; raise InvalidError for brackets that cannot be."""
    unit = own.get("by", ("week",))[0]
    if unit not in set(CalendarUnit):
        raise InvalidError("by: one of day, week or month.")
    spans = [each for each in own.get("brackets", ("",))[0].split(",") if each.strip()]
    return RetentionAsked(
        start=own.get("starts", ()),
        returns=own.get("returns", ()),
        unit=CalendarUnit(unit),
        brackets=journeys.written_brackets(spans),
        recurring=own.get("cohorts") == ("each",),
        or_after=own.get("counted") == ("after",),
        zone=timezone.get_current_timezone_name(),
    )


def _answers(analysis: Analysis, asked: RetentionAsked, cell: str) -> dict[str, Any]:
    table = journeys.retention(asked=asked, question=analysis.question, viewer=analysis.viewer)
    lifecycle = journeys.lifecycle(
        question=analysis.question,
        viewer=analysis.viewer,
        active=tuple(dict.fromkeys((*asked.start, *asked.returns))) if asked.returns and asked.start else (),
        unit=asked.unit,
        zone=asked.zone,
    )
    return {
        "table": table,
        "coverage": table.coverage,
        "heat": cohorts.heat(table, cell, lambda key: _with_cell(analysis, key)),
        "detail": cohorts.detail(table, cell),
        "closed": _with_cell(analysis, ""),
        "curve": cohorts.curve(table),
        "lifecycle": lifecycle,
        "lifecycle_chart": cohorts.lifecycle_chart(lifecycle),
        "how_retention": _how(asked),
        "how_lifecycle": _(
            "By the events of start and return, or any event where one of the two is any: new customers are active for "
            "the first time of all, retained ones were active in the period before, resurrected ones earlier but not "
            "in the period before, dormant ones only in the period before. Periods that have not passed are left out."
        ),
    }


def _with_cell(analysis: Analysis, cell: str) -> str:
    own = tuple(pair for pair in analysis.asked.own if pair[0] != "cell")
    return analysis.asked.query(own=(*own, ("cell", cell)) if cell else own)


def _how(asked: RetentionAsked) -> str:
    cohort = (
        _("A customer is in the cohort of each day, week or month with a start, and the first start in it counts.")
        if asked.recurring
        else _("A customer is in the cohort of the first start ever; who started before the period is in none.")
    )
    counted = _(
        "A return comes after the start and counts at its distance in whole days, weeks or months of the calendar. "
        "A cell is counted once its time has passed for the whole cohort; until then it is open, not zero. "
        "Shares have a 95% interval (Wilson); pooled ones take the customer as the unit."
    )
    after = _("On or after: a return also counts in every earlier column, so a share may still grow.")
    return " ".join([cohort, counted, *([after] if asked.or_after else [])])


def _choice(label: str, name: str, own: dict[str, tuple[str, ...]], analysis: Analysis) -> Choice:
    """Offer the events, those kept first."""
    kept = own.get(name, ())[:MOST_VALUES]
    terms = sorted(analysis.vocabulary.names, key=lambda term: term.name not in kept)[:MOST_NAMES]
    missing = set(kept) - {term.name for term in terms}
    shown = (*(Term(name=each, events=0, customers=0) for each in sorted(missing)), *terms)
    return Choice(dimension=name, parameter=name, label=label, values=shown, kept=kept)
