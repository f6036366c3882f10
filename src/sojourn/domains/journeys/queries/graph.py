"""The directly-follows graph, thinned by mining again rather than hiding."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import JourneyGraph, PathDetails, Question, StepDetails
from sojourn.domains.journeys.queries.floored import graph_above
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import graph as answers
from sojourn.engine.answers import step as step_answers
from sojourn.engine.answers.floors import bins_above
from sojourn.engine.answers.words import resting
from sojourn.kit.errors import ForbiddenError

FEW: Final = "This is of too few customers to be shown to you, or would tell something that is."


def graph(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> JourneyGraph:
    """Give the graph of the steps that most customers had, mined as if there were no others.

    Of its paths the most frequent are kept, and those that keep every step on a way from start to end. A
    viewer who may not list customers is not shown figures of fewer than the k floor, nor what would tell them. Raise
    InvalidError when a slider stands where it cannot.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.graph(
        door, steps_shown=question.steps_shown, paths_shown=question.paths_shown, paths_most=question.paths_most
    )
    seen = resting(JourneyGraph, found, coverage=coverage)
    return seen if viewer.can(Right.CUSTOMERS_LIST) else _above(door, seen)


def edge(
    *, source: str, target: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS
) -> PathDetails:
    """Give one path of the question's graph with the distribution of its gaps; raise NotFoundError when it has none."""
    door = Through(question, viewer, purpose)
    found, coverage = answers.edge(door, source=source, target=target, steps_shown=question.steps_shown)
    if not viewer.can(Right.CUSTOMERS_LIST):
        seen = _whole(door)
        if not any((each.source, each.target) == (source, target) for each in seen.paths):
            raise ForbiddenError(FEW)
        found = replace(found, bins=bins_above([found.bins], fewest=door.fewest)[0])
    return resting(PathDetails, found, coverage=coverage)


def step(*, name: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> StepDetails:
    """Give one step of the question's graph with the distributions of the times before and after it.

    Raise NotFoundError when the graph does not show it.
    """
    door = Through(question, viewer, purpose)
    found, coverage = step_answers.step(door, name=name, steps_shown=question.steps_shown)
    if not viewer.can(Right.CUSTOMERS_LIST):
        seen = next((each for each in _whole(door).steps if each.name == name), None)
        if seen is None or seen.starts is None or seen.ends is None:  # times before and after it tell how many
            raise ForbiddenError(FEW)
        before, after = (
            replace(each, bins=bins_above([each.bins], fewest=door.fewest)[0]) for each in (found.before, found.after)
        )
        found = replace(found, step=seen, before=before, after=after)
    return resting(StepDetails, found, coverage=coverage)


def _above(door: Through, seen: JourneyGraph) -> JourneyGraph:
    every = answers.every_path(door, steps_shown=door.question.steps_shown)
    return graph_above(seen, every, door.fewest)


def _whole(door: Through) -> JourneyGraph:
    """Give the graph with all its paths as a viewer sees it who may not list customers."""
    found, coverage = answers.graph(door, steps_shown=door.question.steps_shown, paths_shown=1)
    return _above(door, resting(JourneyGraph, found, coverage=coverage))
