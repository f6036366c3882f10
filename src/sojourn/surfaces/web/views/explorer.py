"""Journeys > Explorer: what customers do, as a graph, variants and a funnel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Journey, Question
from sojourn.domains.privacy.contracts import Term
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import counted, picture, questions
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import label
from sojourn.surfaces.web.funnel_settings import PARAMETERS, FunnelSettings, dimensions, settings
from sojourn.surfaces.web.funnels import FunnelView, funnel_view, refused_funnel
from sojourn.surfaces.web.gaps import gaps
from sojourn.surfaces.web.panel import panel
from sojourn.surfaces.web.questions import Asked

VARIANTS_SHOWN = 12


@page()
def explorer(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, own=PARAMETERS)
    chosen = settings(analysis.asked)
    analysis = replace(analysis, asked=replace(analysis.asked, own=chosen.own()))
    context = analysis.context()
    if analysis.vocabulary.names:
        context |= _answers(analysis)
        context |= _funnel_context(analysis, chosen)
    return render(request, "web/explorer.html", context)


def _answers(analysis: Analysis) -> dict[str, Any]:
    asked, question, journey, viewer = analysis.asked, analysis.question, analysis.journey, analysis.viewer
    graph = journeys.graph(question=question, viewer=viewer)
    variants = journeys.variants(question=question, viewer=viewer, top=VARIANTS_SHOWN)
    opened_panel = panel(asked, graph, _members(analysis))
    return {
        "graph": graph,
        "drawn": picture.drawn(graph, asked.colour, _finished(journey), analysis.levels.groups),
        "sentence": picture.sentence(graph),
        "hidden": picture.hidden(graph, asked.paths / 100),
        "steps_most": max(min(graph.steps_in_all, questions.MOST_STEPS), asked.steps),
        "rows": picture.rows(graph),
        "panel": opened_panel,
        "gaps": gaps(opened_panel, question, viewer),
        "variants": [
            {"row": row, "funnel": asked.query(funnel=_once(row.steps)), "rest": max(0, len(row.steps) - 8)}
            for row in variants.rows
        ],
        "variant_table": variants,
        "how_graph": _(
            "Each customer's events in order of time. A path counts a customer once who went from one step directly to "
            "the next. Steps that are not shown are taken out first and the rest is mined again. Shares have a 95% "
            "interval (Wilson)."
        ),
        "how_identity": "" if asked.identity else asked.query(identity="1"),
        "silent": _silent(asked, question, journey, viewer),
        "busiest": asked.query(funnel=_busiest(graph.steps)),
    }


def _members(analysis: Analysis) -> tuple[Term, ...]:
    at = analysis.asked.at
    if at not in analysis.levels.groups:
        return ()
    return journeys.group_members(name=at, question=analysis.question, viewer=analysis.viewer)


def _funnel_context(analysis: Analysis, chosen: FunnelSettings) -> dict[str, Any]:
    return {"funnel": _funnel(analysis, chosen), "breakdowns": dimensions(analysis.vocabulary), "pers": counted.CHOICES}


def _funnel(analysis: Analysis, chosen: FunnelSettings) -> FunnelView | None:
    asked, journey = analysis.asked, analysis.journey
    steps = asked.funnel or (journey.steps if journey else ())
    if not steps:
        return None
    window = asked.window if asked.funnel or journey is None else journey.window_days
    try:
        table = journeys.funnel(
            steps=steps,
            window_days=window,
            question=analysis.question,
            options=chosen.options(),
            per=chosen.per,
            viewer=analysis.viewer,
        )
    except InvalidError as refusal:  # a step typed wrongly must not take the picture away
        return refused_funnel(asked, chosen, steps, window, refusal.message)
    return funnel_view(asked, chosen, steps, window, table)


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
