"""The explorer's side panel: one step or one path, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.journeys.contracts import JourneyGraph, Step
from sojourn.domains.privacy.contracts import Term
from sojourn.surfaces.web.picture import Row, rows
from sojourn.surfaces.web.questions import Asked

MOST = 6


@dataclass(frozen=True, kw_only=True)
class StepPanel:
    """A step: who comes, who goes on, what can be done."""

    step: Step
    coming: tuple[Row, ...]
    going: tuple[Row, ...]
    to_funnel: str
    only: str
    closed: str
    is_in_funnel: bool
    members: tuple[Term, ...]  # of a group: what it stands for
    opened: str  # the address that sees the group one level lower


@dataclass(frozen=True, kw_only=True)
class PathPanel:
    """A path: who takes it and how long it takes."""

    row: Row
    repeats: int
    to_funnel: str
    closed: str


def panel(asked: Asked, graph: JourneyGraph, members: tuple[Term, ...] = ()) -> StepPanel | PathPanel | None:
    """Give what is open in the panel; None when nothing is, or it is not in the picture.

    `members` are what the open step stands for where it is a group.
    """
    if asked.path:
        return _path_panel(asked, graph)
    step = next((each for each in graph.steps if each.name == asked.at), None)
    return _step_panel(asked, graph, step, members) if step else None


def _path_panel(asked: Asked, graph: JourneyGraph) -> PathPanel | None:
    row = next((each for each in rows(graph) if (each.path.source, each.path.target) == asked.path), None)
    if row is None:
        return None
    steps = (*asked.funnel, *(name for name in (row.path.source, row.path.target) if name not in asked.funnel))
    return PathPanel(
        row=row,
        repeats=row.path.times - row.path.customers,
        to_funnel=asked.query(funnel=steps),
        closed=asked.query(path=None),
    )


def _step_panel(asked: Asked, graph: JourneyGraph, step: Step, members: tuple[Term, ...]) -> StepPanel:
    others = [row for row in rows(graph) if row.path.source != row.path.target]
    return StepPanel(
        step=step,
        coming=tuple(row for row in others if row.path.target == step.name)[:MOST],
        going=tuple(row for row in others if row.path.source == step.name)[:MOST],
        to_funnel=asked.query(funnel=(*asked.funnel, step.name)),
        only=asked.query(having=(step.name,)),
        closed=asked.query(at=""),
        is_in_funnel=step.name in asked.funnel,
        members=members,
        opened=asked.query(expand=tuple(sorted({*asked.expand, step.name})), at=""),
    )
