"""Journeys > Attribution: which touchpoints an outcome is credited to, by every model side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import ATTRIBUTION_RULES, AttributionAsked
from sojourn.domains.privacy.contracts import Term
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import credited
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import label

OWN = ("outcome", "by", "touch", "lookback", "half", "collapse", "currency", "model")
LOOKBACK_DAYS, HALF_LIFE_DAYS = 30, 7
LISTED = 100


@page()
def attribution(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, own=OWN)
    asked = _asked(request, analysis)
    context = analysis.context() | {"attribution": asked, "picks": _picks(asked, analysis)}
    context |= {
        "outcomes": _names(analysis.vocabulary.names, asked.outcome),
        "dimensions": [(name, label(name)) for name in sorted(analysis.vocabulary.dimensions)],
        "currencies": analysis.vocabulary.currencies,
        "models": [(model, name, model in asked.models) for model, name in credited.MODELS.items()],
    }
    if analysis.vocabulary.names and asked.outcome:
        context |= _answer(asked, analysis)
    return render(request, "web/attribution.html", context)


def _answer(asked: AttributionAsked, analysis: Analysis) -> dict[str, Any]:
    try:
        found = journeys.attribution(asked=asked, question=analysis.question, viewer=analysis.viewer)
    except InvalidError as refusal:  # what was chosen before may not fit what is chosen now; the controls must stay
        return {"refused": refusal.message}
    return {
        "found": found,
        "coverage": found.coverage,
        "lines": credited.lines(found),
        "headings": credited.headings(found),
        "rules": len(set(found.models) & set(ATTRIBUTION_RULES)),
        "estimated": len(set(found.models) - set(ATTRIBUTION_RULES)),
        "has_negative": credited.has_negative(found),
        "sentence": credited.sentence(found),
        "how": _(
            "A conversion's path is the touches since the customer's conversion before it, as far back as the window. "
            "Rules share each conversion out among its touches: all to the first or the last, equal parts, parts that "
            "halve with every half-life before the last touch, or 40% to the first, 40% to the last and 20% between. "
            "Markov (Anderl et al., 2016) asks what share of conversions would be lost without a touchpoint, in a "
            "chain that remembers one touch or two. Shapley (Zhao et al., 2018) shares each conversion equally among "
            "the touchpoints before it; with rates, paths that did not convert count too, and a touchpoint that makes "
            "conversion rarer gets less than nothing. Intervals are 95%, by leaving out each of 64 groups of customers "
            "in turn. A path stays open, and counts in no model, until its window has passed."
        ),
    }


def _asked(request: PageRequest, analysis: Analysis) -> AttributionAsked:
    query = request.GET
    outcome = tuple(dict.fromkeys(each for each in query.getlist("outcome") if each))
    if not outcome:
        named = [analysis.journey] if analysis.journey else journeys.journeys(viewer=analysis.viewer)[:1]
        known = {term.name for term in analysis.vocabulary.names}
        outcome = tuple(goal for journey in named for goal in journey.goals if goal in known)
    return AttributionAsked(
        outcome=outcome,
        touchpoints=tuple(dict.fromkeys(each for each in query.getlist("touch") if each)),
        by=query.get("by", ""),
        window_days=_days(query.get("lookback"), "lookback", LOOKBACK_DAYS),
        half_life_days=_days(query.get("half"), "half", HALF_LIFE_DAYS),
        collapse=query.get("collapse") == "1",
        currency=query.get("currency", ""),
        models=tuple(dict.fromkeys(each for each in query.getlist("model") if each)),
    )


def _picks(asked: AttributionAsked, analysis: Analysis) -> list[tuple[Term, bool]]:
    """List what can be a touchpoint, and whether it was chosen."""
    terms = analysis.vocabulary.dimensions.get(asked.by, ()) if asked.by else analysis.vocabulary.names
    shown = [term for term in terms if term.name and (asked.by or term.name not in asked.outcome)]
    return [(term, term.name in asked.touchpoints) for term in shown[:LISTED]]


def _names(terms: tuple[Term, ...], chosen: tuple[str, ...]) -> list[tuple[Term, bool]]:
    return [(term, term.name in chosen) for term in sorted(terms, key=lambda term: term.name) if term.name]


def _days(text: str | None, name: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isascii() or not text.isdigit():
        raise InvalidError(f"{name}: must be a whole number of days.")
    return max(1, min(int(text[:9]), 3_650))
