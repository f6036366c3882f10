"""Journeys > Process: a model that replays what most customers do."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten, wrap

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import ProcessModel
from sojourn.engine.discovery.diagrams import Kind, Node
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.doors import PageRequest, page

DEFAULT_COVERS = 80
CHARACTERS, LINES = 19, 2  # that a task's box holds


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A node with its name cut into lines."""

    node: Node
    lines: tuple[str, ...]

    @property
    def middle(self) -> tuple[float, float]:
        """Where its centre is."""
        return self.node.x + self.node.width / 2, self.node.y + self.node.height / 2

    @property
    def diamond(self) -> str:
        """A gateway's corners."""
        (x, y), half = self.middle, self.node.width / 2
        return f"{x},{y - half} {x + half},{y} {x},{y + half} {x - half},{y}"


@page()
def process(request: PageRequest) -> HttpResponse:
    """Answer the question that stands in the address; `file=bpmn` gives the file."""
    analysis = opened(request, own=("covers",))
    covers = _covers(request)
    context = analysis.context() | {"covers": covers}
    if analysis.vocabulary.names:
        found = journeys.process(question=analysis.question, viewer=analysis.viewer, covers=covers / 100)
        if request.GET.get("file") == "bpmn":
            return _file(found)
        context |= _drawn(found, analysis)
    return render(request, "web/process.html", context)


def _drawn(found: ProcessModel, analysis: Analysis) -> dict[str, object]:
    return {
        "found": found,
        "coverage": found.coverage,
        "nodes": [Drawn(node=node, lines=_lines(node.name)) for node in found.diagram.nodes],
        "flows": [" ".join(f"{x},{y}" for x, y in flow.points) for flow in found.diagram.flows],
        "tasks": sum(node.kind is Kind.TASK for node in found.diagram.nodes),
        "file": analysis.asked.query() + ("&" if analysis.asked.query() != "?" else "") + "file=bpmn",
        "how": _(
            "The inductive miner (Leemans, Fahland and van der Aalst, 2013) cuts the most frequent ways through into "
            "choices, sequences, parallels and loops. Every way that it is given can be replayed from start to end. "
            "Ways beyond the share asked for are left out, and a way longer than 256 steps is cut there."
        ),
    }


def _lines(name: str) -> tuple[str, ...]:
    lines = wrap(name, CHARACTERS)
    if len(lines) > LINES:
        lines = [lines[0], shorten(" ".join(lines[1:]), CHARACTERS, placeholder=" …")]
    return tuple(line if len(line) <= CHARACTERS else line[: CHARACTERS - 1] + "…" for line in lines)


def _covers(request: PageRequest) -> int:
    text = request.GET.get("covers") or str(DEFAULT_COVERS)
    if not text.isascii() or not text.isdigit():
        raise InvalidError("covers: must be a whole number of per cent.")
    return max(1, min(int(text[:9]), 100))


def _file(found: ProcessModel) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="process.bpmn"'}
    return HttpResponse(found.bpmn, content_type="application/xml", headers=headers)
