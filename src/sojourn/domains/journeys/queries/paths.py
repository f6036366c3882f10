"""The tree of paths: what came after an event, or before it."""

from __future__ import annotations

from dataclasses import replace

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import PathsAsked, PathTree, Question
from sojourn.domains.journeys.queries.floored import tree_above
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import paths as answers
from sojourn.engine.answers.words import resting


def paths(
    *,
    question: Question,
    viewer: Viewer,
    asked: PathsAsked = PathsAsked(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
) -> PathTree:
    """Give the tree of paths from an event, or to it, of the steps that most customers had.

    The period bounds the root; with a window or a pause the paths may lead out of it. Steps of fewer customers than
    the k floor count with the others. Raise InvalidError for limits that cannot be, or an event that was never seen.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.paths(door, asked, steps_shown=question.steps_shown)
    tree = resting(PathTree, found, coverage=replace(coverage, period=question.period))
    return tree if viewer.can(Right.CUSTOMERS_LIST) else tree_above(tree, door.fewest)
