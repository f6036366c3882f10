"""What pm4py and retentioneering are asked: each of their answers is a part of one of Sojourn's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph, Variants
from sojourn.engine.kernels.sessions import Sessions, SessionsFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import AnyFold, Slice
from tools.peers.events import CODES
from tools.peers.questions.funnel import STEPS
from tools.peers.words import Question

SECOND_US = 1_000_000
TOP = 20
ALWAYS_US = 2**61  # a window that nothing falls out of
STARTS, ENDS = -1, -2


def to_seconds(events: Slice) -> Slice:
    """Round instants down to seconds: retentioneering knows of no finer ones."""
    return replace(events, at=events.at // SECOND_US * SECOND_US)


def edges(found: Graph) -> Any:
    """Number each edge as both peers' engines do."""
    return found.source.astype(np.int64) * 64 + found.target


def ends(found: Graph) -> Iterator[list[int]]:
    """Give how often each event is a customer's first and last."""
    for side, counts in ((STARTS, found.starts), (ENDS, found.ends)):
        yield from ([side, int(node), int(n)] for node, n in zip(found.node, counts, strict=True) if n)


def counts(found: Graph) -> Iterator[Any]:
    """Give each edge's times, and what customers begin and end with."""
    yield from zip(edges(found), found.count, strict=True)
    yield from ends(found)


def variants(found: Variants) -> Iterator[Any]:
    """Give every variant."""
    for each in found.top:
        yield [each.customers, *each.events]


def top(found: Variants) -> Iterator[Any]:
    """Give the customers of the commonest variants: which of those with as many is named is not the same."""
    yield sorted(each.customers for each in found.top)


def sessions(found: Sessions) -> Iterator[Any]:
    """Give the numbers of sessions, customers and events."""
    yield [found.sessions, found.customers, found.events]


def question(name: str, fold: Callable[[], AnyFold], rows: Callable[[Any], Any]) -> Question:
    """Make a question that these peers answer."""
    return Question(name=name, asks="", fold=fold, rows=rows, duckdb={}, chdb={}, polars=lambda _: {}, tolerance=1e-9)


def graph() -> AnyFold:
    """Give the fold that has counts, customers, starts, ends and times in one answer."""
    return GraphFold(lens.every(CODES))


QUESTIONS = {
    each.name: each
    for each in (
        question("edges", graph, counts),
        question("customers of edges", graph, lambda g: zip(edges(g), g.customers, strict=True)),
        question(
            "times of edges",
            graph,
            lambda g: zip(edges(g), g.mean_gap / SECOND_US, g.median_gap / SECOND_US, strict=True),
        ),
        question("median times of edges", graph, lambda g: zip(edges(g), g.median_gap / SECOND_US, strict=True)),
        question("starts and ends", graph, ends),
        question("20 commonest variants", lambda: VariantsFold(lens.every(CODES), top=TOP), top),
        question("all variants", lambda: VariantsFold(lens.every(CODES), top=65_000), variants),
        question(
            "funnel without a window",
            lambda: FunnelFold([[step] for step in STEPS], window_us=ALWAYS_US),
            lambda found: [found.reached],
        ),
        question("cutting sessions", lambda: SessionsFold(lens.every(CODES)), sessions),
    )
}
