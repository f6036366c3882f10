"""Journeys > Paths: what comes after a step or before it, and the sessions of the same question."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import PathsAsked, SessionEdge
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.branches import branches, changed, panel, sentence
from sojourn.surfaces.web.doors import PageRequest, page

OWN = ("root", "way", "depth", "breadth", "every", "repeats", "pause", "within", "timeout", "begun", "node")
DEPTH, BREADTH, TIMEOUT = 4, 4, 30  # where the address says nothing
EDGES_SHOWN = 8


@page()
def paths(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address."""
    analysis = opened(request, own=OWN)
    context = analysis.context()
    if analysis.vocabulary.names:
        context |= _tree(analysis, wanted(request), request.GET.get("node", "")) | _sessions(analysis, request)
    return render(request, "web/paths.html", context)


def wanted(request: PageRequest) -> PathsAsked:
    """Read which tree of paths an address asks for; raise InvalidError for a number that is none."""
    within, pause = _number(request, "within", 0, 0, 3_650), _number(request, "pause", 0, 0, 100_000)
    return PathsAsked(
        root=request.GET.get("root", ""),
        forward=request.GET.get("way") != "to",
        depth=_number(request, "depth", DEPTH, 1, 10),
        breadth=_number(request, "breadth", BREADTH, 1, 20),
        every=request.GET.get("every") == "1",
        collapse=request.GET.get("repeats") != "1",
        window_days=within or None,
        pause_minutes=pause or None,
    )


def _tree(analysis: Analysis, tree_asked: PathsAsked, chosen: str) -> dict[str, Any]:
    asked, given = analysis.asked, {"wanted": tree_asked}
    try:
        tree = journeys.paths(question=analysis.question, viewer=analysis.viewer, asked=tree_asked)
    except InvalidError as refusal:  # a step typed wrongly must not take the page away
        return given | {"refused": refusal.message, "undone": changed(asked, root="", node="")}
    rows = branches(tree, asked, chosen)
    return given | {
        "tree": tree,
        "rows": rows,
        "panel": panel(rows, tree, asked),
        "sentence": sentence(tree),
        "coverage": tree.coverage,
        "how_tree": _(
            "Each customer's events in order of time, those of the steps that most customers had. A bar is the share "
            "of the customers at the first line; the share beside it is of the customers on the line before. Steps of "
            "less than 1% of customers, or of very few, stand together as others. Nothing more means: until the end "
            "of the period or of the data, or within the limits set here. Shares have a 95% interval (Wilson)."
        ),
    }


def _sessions(analysis: Analysis, request: PageRequest) -> dict[str, Any]:
    timeout = _number(request, "timeout", TIMEOUT, 1, 43_200)
    begun = request.GET.get("begun", "")
    given: dict[str, Any] = {"timeout": timeout, "begun": begun}
    try:
        found = journeys.sessions(
            question=analysis.question,
            viewer=analysis.viewer,
            timeout_minutes=timeout,
            starts=(begun,) if begun else (),
        )
    except InvalidError as refusal:
        return given | {"sessions_refused": refusal.message, "sessions_undone": changed(analysis.asked, begun="")}
    return given | {
        "sessions": found,
        "edges": [
            {"title": title, "rows": _lines(edges), "more": max(0, len(edges) - EDGES_SHOWN)}
            for title, edges in ((_("They begin with"), found.entries), (_("They end with"), found.exits))
        ],
        "how_sessions": _(
            "A session is a customer's events with no pause longer than the timeout between them. All events count, "
            "not only the steps shown above. A session lies wholly in the period. Shares of sessions and means have a "
            "95% interval with the customer as the unit, medians are exact."
        ),
    }


def _lines(edges: tuple[SessionEdge, ...]) -> list[dict[str, object]]:
    most = max((edge.sessions for edge in edges), default=1)
    return [{"edge": edge, "length": 100 * edge.sessions / most} for edge in edges[:EDGES_SHOWN]]


def _number(request: PageRequest, name: str, usual: int, low: int, high: int) -> int:
    text = request.GET.get(name) or str(usual)
    if not text.isascii() or not text.isdigit():
        raise InvalidError(f"{name}: must be a whole number.")
    return max(low, min(int(text[:9]), high))
