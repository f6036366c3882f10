"""Journeys > Compare: two periods or filters, side by side and as a difference, and what goes with success."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.privacy.contracts import Abstraction
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import differences, picture
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.sides import OWN, Sides, sides

STEPS_SHOWN = 8  # of a way through


@page()
def compare(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, own=OWN)
    said = sides(analysis)
    context = analysis.context() | {"sides": said, "tabs": _tabs(analysis, said)}
    if analysis.vocabulary.names:
        try:
            context |= _answer(analysis, said)
        except InvalidError as refusal:  # a side that cannot be must not take the controls away
            context["refused"] = refusal.message
    return render(request, "web/compare.html", context)


def _answer(analysis: Analysis, said: Sides) -> dict[str, Any]:
    if said.show == "success":
        return _success(analysis, said)
    if said.questions is None:
        return {"refused": said.refused}
    a, b = said.questions
    looks = said.looks or None
    if said.show == "funnel":
        return _funnel(analysis, a, b, said)
    if said.show == "variants":
        return _variants(analysis, a, b, looks)
    if said.show == "endings":
        return _endings(analysis, a, b, looks)
    if said.show == "sides":
        pictures = []
        for name, each in zip(said.names, (a, b), strict=True):
            graph = journeys.graph(question=each, viewer=analysis.viewer)
            drawn, says = picture.drawn(graph, analysis.asked.colour), picture.sentence(graph)
            pictures.append({"name": name, "graph": graph, "drawn": drawn, "says": says, "rows": picture.rows(graph)})
        return {"pictures": pictures}
    found = journeys.compare_graphs(a=a, b=b, viewer=analysis.viewer, looks=looks)
    return {
        "found": found,
        "comparison": found.comparison,
        "drawn": differences.drawn(found),
        "sentence": differences.sentence(found),
        "findings": [
            {
                "finding": each, "kind": differences.kind(each), "name": differences.named(each),
                "size": differences.sized(each),
            }
            for each in found.findings
        ],
        "how": _(
            "A step's share is of the side's customers, a path's of the customers at its source; a time is each "
            "customer's own mean, compared by logarithms. A customer counts once on a side; who is on both sides is "
            "taken into account. The interval is for its row alone; the words more and less are corrected for all that "
            "was tested together. Effect: Cohen's h or d, 0.2 is small, 0.8 large."
        ),
    }  # fmt: skip


def _variants(analysis: Analysis, a: Question, b: Question, looks: str | None) -> dict[str, Any]:
    found = journeys.compare_variants(a=a, b=b, viewer=analysis.viewer, looks=looks)
    rows = [
        {"variant": each, "rest": max(0, len(each.steps) - STEPS_SHOWN), "says": differences.by(each.share)}
        for each in found.variants
    ]
    return {
        "compared": found,
        "comparison": found.comparison,
        "rows": rows,
        "how": _(
            "Each customer's whole way through the steps shown, on each side; the share is of the side's customers. "
            "The most frequent ways are compared, where the smaller side counts as much as the larger."
        ),
    }


def _funnel(analysis: Analysis, a: Question, b: Question, said: Sides) -> dict[str, Any]:
    asked, journey = analysis.asked, analysis.journey
    steps = asked.funnel or (journey.steps if journey else ())
    if not steps:
        return {"funnel": None}
    window = asked.window if asked.funnel or journey is None else journey.window_days
    found = journeys.compare_funnels(
        steps=steps,
        window_days=window,
        a=_all_names(a),
        b=_all_names(b),
        viewer=analysis.viewer,
        looks=said.looks or None,
        options=said.options(),
    )
    first = tuple(max(each, 1) for step in found.steps[:1] for each in (step.customers_a, step.customers_b))
    lines = [
        {
            "step": step,
            "length_a": 100 * step.customers_a / first[0],
            "length_b": 100 * step.customers_b / first[1],
            "before": differences.by(step.from_before) if step.from_before else "",
            "whole": differences.by(step.from_first) if step.from_first else "",
            "without": asked.query(funnel=steps[:at] + steps[at + 1 :]),
        }
        for at, step in enumerate(found.steps)
    ]
    return {"funnel": found, "comparison": found.comparison, "lines": lines, "window": window}


def _endings(analysis: Analysis, a: Question, b: Question, looks: str | None) -> dict[str, Any]:
    if analysis.journey is None:
        return {"endings": None}
    found = journeys.compare_completions(
        slug=analysis.journey.slug, a=_by_name(a), b=_by_name(b), viewer=analysis.viewer, looks=looks
    )
    rows = [{"ending": each, "says": differences.by(each.share)} for each in found.endings]
    return {"endings": found, "comparison": found.comparison, "rows": rows}


def _success(analysis: Analysis, said: Sides) -> dict[str, Any]:
    if analysis.journey is None:
        return {"success": None}
    asked = _by_name(analysis.question)
    found = journeys.success(
        slug=analysis.journey.slug,
        period=asked.period,
        events=asked.events,
        landmark_hours=_hours(said.soon),
        looks=said.looks or None,
        viewer=analysis.viewer,
    )
    rows = [
        {"companion": each, "name": differences.companion_named(each), "says": differences.by(each.share)}
        for each in found.companions
    ]  # fmt: skip
    return {"success": found, "rows": rows, "coverage": found.coverage}


def _all_names(asked: Question) -> Question:
    """Take a journey's own narrowing of events away: what a funnel or an ending counts is named already."""
    return replace(asked, events=replace(asked.events, names=(), having=()))


def _by_name(asked: Question) -> Question:
    """Ask a named journey about events by their names, whatever the level."""
    whole = _all_names(asked)
    return replace(whole, events=replace(whole.events, abstraction=Abstraction()))


def _hours(text: str) -> float | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise InvalidError(_("Hours after the start: must be a whole number."))
    return float(text[:6])


def _tabs(analysis: Analysis, said: Sides) -> list[dict[str, Any]]:
    names = {
        "graph": _("Difference"),
        "sides": _("Side by side"),
        "variants": _("Ways through"),
        "funnel": _("Funnel"),
        "endings": _("How a journey ends"),
        "success": _("What goes with success"),
    }
    rest = tuple(pair for pair in analysis.asked.own if pair[0] != "show")
    return [
        {
            "name": name,
            "address": analysis.asked.query(own=rest if show == "graph" else (*rest, ("show", show))),
            "is_here": show == said.show,
        }
        for show, name in names.items()
    ]
