"""Journeys > Explorer: what customers do, as a graph, variants and a funnel."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Journey, Question
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import picture, questions
from sojourn.surfaces.web.analysis import opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import label
from sojourn.surfaces.web.funnels import FunnelView, funnel_view, refused_funnel
from sojourn.surfaces.web.panel import panel
from sojourn.surfaces.web.questions import Asked

VARIANTS_SHOWN = 12


@page()
def explorer(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request)
    context = analysis.context()
    if analysis.vocabulary.names:
        context |= _answers(analysis.asked, analysis.question, analysis.journey, analysis.viewer)
    return render(request, "web/explorer.html", context)


def _answers(asked: Asked, question: Question, journey: Journey | None, viewer: Viewer) -> dict[str, Any]:
    graph = journeys.graph(question=question, viewer=viewer)
    variants = journeys.variants(question=question, viewer=viewer, top=VARIANTS_SHOWN)
    return {
        "graph": graph,
        "drawn": picture.drawn(graph, asked.colour, _finished(journey)),
        "sentence": picture.sentence(graph),
        "rows": picture.rows(graph),
        "panel": panel(asked, graph),
        "variants": [
            {"row": row, "funnel": asked.query(funnel=_once(row.steps)), "rest": max(0, len(row.steps) - 8)}
            for row in variants.rows
        ],
        "variant_table": variants,
        "funnel": _funnel(asked, question, journey, viewer),
        "how_graph": _(
            "Each customer's events in order of time. A path counts a customer once who went from one step directly to "
            "the next. Steps that are not shown are taken out first and the rest is mined again. Shares have a 95% "
            "interval (Wilson)."
        ),
        "how_identity": "" if asked.identity else asked.query(identity="1"),
        "how_funnel": _(
            "A customer reaches a step when all steps before it happened in this order, and the whole within the "
            "window from the first. The earliest completion counts. Shares have a 95% interval (Wilson)."
        ),
        "silent": _silent(asked, question, journey, viewer),
        "busiest": asked.query(funnel=_busiest(graph.steps)),
    }


def _funnel(asked: Asked, question: Question, journey: Journey | None, viewer: Viewer) -> FunnelView | None:
    steps = asked.funnel or (journey.steps if journey else ())
    if not steps:
        return None
    window = asked.window if asked.funnel or journey is None else journey.window_days
    try:
        table = journeys.funnel(steps=steps, window_days=window, question=question, viewer=viewer)
    except InvalidError as refusal:  # a step typed wrongly must not take the picture away
        return refused_funnel(asked, steps, window, refusal.message)
    return funnel_view(asked, steps, window, table)


def _silent(asked: Asked, question: Question, journey: Journey | None, viewer: Viewer) -> list[str]:
    """Say which of the events asked for a filter takes away because they never say what it asks for."""
    wanted = set(asked.funnel or (questions.journey_events(journey) if journey else ()))
    if not wanted or not asked.dimensions:
        return []
    found = journeys.without(question=question, viewer=viewer)
    return [
        _("%(events)s never say %(dimension)s: this filter takes them out of picture and funnel.")
        % {"events": ", ".join(name for name in names if name in wanted), "dimension": label(dimension)}
        for dimension, names in found.items()
        if wanted & set(names)
    ]


def _finished(journey: Journey | None) -> frozenset[str]:
    if journey is None:
        return frozenset()
    last = journey.steps[-1:]  # of the way as people laid it down; it may lie behind the goal
    return frozenset((*last, *journey.goals, *(event for events in journey.outcomes.values() for event in events)))


def _once(steps: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(steps))[: questions.MOST_FUNNEL_STEPS]


def _busiest(steps: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(step.name for step in sorted(steps, key=lambda step: -step.customers)[:3])
