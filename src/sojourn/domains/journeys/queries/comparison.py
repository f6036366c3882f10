"""Comparisons of two periods or filters: their graphs, one funnel, and how a named journey ends.

A viewer who may not list customers is not shown figures of fewer of a side than the k floor, nor what would tell them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import (
    ComparedCompletion,
    ComparedFunnel,
    ComparedGraph,
    ComparedVariants,
    FunnelOptions,
    Question,
)
from sojourn.domains.journeys.queries import floored_sides as floored
from sojourn.domains.journeys.queries.comparing import comparing, rested
from sojourn.domains.journeys.queries.door import as_they_are
from sojourn.domains.journeys.queries.named import journey as named
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import comparison as answers
from sojourn.engine.answers import variants_apart
from sojourn.engine.answers.funnel_asked import check
from sojourn.engine.answers.graph import check_explorer
from sojourn.engine.answers.words import resting


def compare_graphs(
    *, a: Question, b: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS, looks: str | None = None
) -> ComparedGraph:
    """Compare what customers do on two sides: steps, paths, times and properties, and say what differs most.

    A step's share is of the side's customers, a path's of the customers at its source. All differences are one family
    for the correction. Steps shown are those of `a`'s slider. Raise InvalidError for sides that are the same.
    """
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    check_explorer(steps_shown=a.steps_shown, paths_shown=a.paths_shown)
    found = answers.compare_graphs(asked.sides, steps_shown=a.steps_shown, looks=asked.looks)
    seen = resting(ComparedGraph, found.figures, comparison=rested(found))
    return seen if viewer.can(Right.CUSTOMERS_LIST) else floored.graphs_above(seen, asked.sides.a.fewest)


def compare_funnels(
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    a: Question,
    b: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    looks: str | None = None,
    options: FunnelOptions = FunnelOptions(),  # noqa: B008 - frozen
) -> ComparedFunnel:
    """Compare how far customers of two sides get, among first steps whose window has closed.

    Of the options order and exclusions are asked for. Raise InvalidError for a funnel that cannot be, sides that are
    the same, or an event that was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    check(sets, window_days, options)
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    found = answers.compare_funnels(
        asked.sides,
        steps=sets,
        window_days=window_days,
        known_us=asked.known_us,
        looks=asked.looks,
        options=options,
    )
    seen = resting(ComparedFunnel, found.figures, comparison=rested(found))
    return seen if viewer.can(Right.CUSTOMERS_LIST) else floored.funnels_above(seen, asked.sides.a.fewest)


def compare_variants(
    *,
    a: Question,
    b: Question,
    viewer: Viewer,
    top: int = 20,
    purpose: Purpose = Purpose.ANALYTICS,
    looks: str | None = None,
) -> ComparedVariants:
    """Compare how many customers of two sides went each of the most frequent ways through, largest effect first.

    The smaller side counts as much as the larger when they are chosen. Raise InvalidError for sides that are the same.
    """
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    found = variants_apart.compare_variants(asked.sides, top=top, steps_shown=a.steps_shown, looks=asked.looks)
    seen = resting(ComparedVariants, found.figures, comparison=rested(found))
    return seen if viewer.can(Right.CUSTOMERS_LIST) else floored.variants_above(seen, asked.sides.a.fewest)


def compare_completions(
    *,
    slug: str,
    a: Question,
    b: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    looks: str | None = None,
) -> ComparedCompletion:
    """Compare how a named journey ends on two sides, among closed journeys; raise NotFoundError or InvalidError."""
    as_they_are(a.events)
    journey = named(slug=slug, viewer=viewer)
    asked = comparing(a, b, viewer=viewer, purpose=purpose, looks=looks)
    found = answers.compare_completions(asked.sides, journey, known_us=asked.known_us, looks=asked.looks)
    seen = resting(ComparedCompletion, found.figures, comparison=rested(found), journey=slug)
    return seen if viewer.can(Right.CUSTOMERS_LIST) else floored.completions_above(seen, asked.sides.a.fewest)
