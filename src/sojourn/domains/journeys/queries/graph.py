"""The directly-follows graph, thinned by mining again rather than hiding."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys.contracts import JourneyGraph, PathDetails, Question, StepDetails
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import graph as answers
from sojourn.engine.answers import step as step_answers
from sojourn.engine.answers.words import resting


def graph(*, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> JourneyGraph:
    """Give the graph of the steps that most customers had, mined as if there were no others.

    Of its paths the most frequent are kept, and those that keep every step on a way from start to end. Raise
    InvalidError when a slider stands where it cannot.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.graph(
        door, steps_shown=question.steps_shown, paths_shown=question.paths_shown, paths_most=question.paths_most
    )
    return resting(JourneyGraph, found, coverage=coverage)


def edge(
    *, source: str, target: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS
) -> PathDetails:
    """Give one path of the question's graph with the distribution of its gaps; raise NotFoundError when it has none."""
    door = Through(question, viewer, purpose)
    found, coverage = answers.edge(door, source=source, target=target, steps_shown=question.steps_shown)
    return resting(PathDetails, found, coverage=coverage)


def step(*, name: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS) -> StepDetails:
    """Give one step of the question's graph with the distributions of the times before and after it.

    Raise NotFoundError when the graph does not show it.
    """
    found, coverage = step_answers.step(Through(question, viewer, purpose), name=name, steps_shown=question.steps_shown)
    return resting(StepDetails, found, coverage=coverage)
