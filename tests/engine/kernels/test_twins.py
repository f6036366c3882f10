"""Each kernel equals its slow twin, under masks, in a period, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.results import Completions, Funnel, Graph
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import AnyFold, Slice

masked = st.booleans()
chosen = st.none() | st.lists(st.booleans(), min_size=9, max_size=9)
shown = st.sets(st.integers(0, CODES - 1), min_size=1)
bounds = st.tuples(st.integers(-3, 6), st.integers(4, 14))


def made(history: Histories, mask: bool, kept: list[bool] | None) -> Slice:
    return slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])


def answer(fold: AnyFold, parts: Sequence[Slice], *, backwards: bool = False) -> Any:
    partials = [fold.fold(each, fold.start()) for each in parts]
    left, right = reversed(partials) if backwards else partials
    return fold.finish(fold.merge(left, right))


@settings(max_examples=250, deadline=None)
@given(histories, masked, chosen, shown, bounds, st.integers(0, 9), st.booleans())
def test_the_graph_equals_its_twin(
    history: Histories, mask: bool, kept: Any, codes: set[int], period: Any, cut: int, backwards: bool
) -> None:
    events, view = made(history, mask, kept), lens.only(codes)
    got: Graph = answer(
        GraphFold(view, since_us=period[0], until_us=period[1]), halves(events, cut), backwards=backwards
    )
    seen = naive.seen([events], view, *period)
    edges = zip(got.source.tolist(), got.target.tolist(), strict=True)
    columns = (got.count, got.customers, got.mean_gap, got.median_gap, got.p90_gap)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    assert dict(zip(edges, figures, strict=True)) == naive.graph(seen)
    nodes = {
        node: tuple(int(array[i]) for array in (got.times, got.visitors, got.repeaters, got.starts, got.ends))
        for i, node in enumerate(got.node.tolist())
        if got.times[i]
    }
    assert nodes == naive.nodes(seen)
    assert (got.total_customers, got.total_events) == (len(seen), sum(map(len, seen)))

    nodes_alone = answer(StepsFold(since_us=period[0], until_us=period[1]), halves(events, cut))
    unseen = naive.seen([events], lens.every(CODES), *period)
    found = zip(nodes_alone.node.tolist(), nodes_alone.times.tolist(), nodes_alone.visitors.tolist(), strict=True)
    assert list(found) == [(node, *counts[:2]) for node, counts in naive.nodes(unseen).items()]
    assert (nodes_alone.total_customers, nodes_alone.total_events) == (len(unseen), sum(map(len, unseen)))
    for (source, target), (times, customers, _, middle, _) in naive.graph(seen).items():
        fold = GapsFold(view, source=source, target=target, since_us=period[0], until_us=period[1])
        gaps = answer(fold, halves(events, cut))
        assert (len(gaps.gap), gaps.customers, naive.percentile(gaps.gap.tolist(), 0.5)) == (times, customers, middle)
    for code in codes:
        after = [(later[0] - at) for each in seen for (at, it), later in pairwise(each) if it == code]
        before = [(at - earlier[0]) for each in seen for earlier, (at, it) in pairwise(each) if it == code]
        for edge, expected in (((code, None), after), ((None, code), before)):
            fold = GapsFold(view, source=edge[0], target=edge[1], since_us=period[0], until_us=period[1])
            assert answer(fold, halves(events, cut)).gap.tolist() == sorted(expected)


@settings(max_examples=250, deadline=None)
@given(histories, masked, chosen, shown, bounds, st.integers(0, 9), st.booleans(), st.integers(1, 4), st.integers(1, 8))
def test_variants_equal_their_twin(
    history: Histories, mask: bool, kept: Any, codes: set[int], period: Any, cut: int, backwards: bool,
    top: int, longest: int,
) -> None:  # fmt: skip
    events, view = made(history, mask, kept), lens.only(codes)
    fold = VariantsFold(view, top=top, longest=longest, since_us=period[0], until_us=period[1])
    got = answer(fold, halves(events, cut), backwards=backwards)
    seen = naive.seen([events], view, *period)
    expected = naive.variants(seen, longest)
    assert [(v.events, v.customers, v.median_duration) for v in got.top] == expected[:top]
    assert (got.distinct, got.total_customers) == (len(expected), len(seen))


@settings(max_examples=400, deadline=None)
@given(
    histories, masked, chosen, st.lists(shown, min_size=1, max_size=4), bounds, st.integers(0, 9), st.booleans(),
    st.integers(0, 12),
)  # fmt: skip
def test_the_funnel_equals_its_twin(
    history: Histories,
    mask: bool,
    kept: Any,
    steps: list[set[int]],
    period: Any,
    cut: int,
    backwards: bool,
    window: int,
) -> None:
    events = made(history, mask, kept)
    fold = FunnelFold([sorted(step) for step in steps], window_us=window, since_us=period[0], until_us=period[1])
    got: Funnel = answer(fold, halves(events, cut), backwards=backwards)
    reached, gaps, totals = naive.funnel([events], steps, window, *period)
    assert got.reached.tolist() == reached
    for step, expected in enumerate(gaps):
        assert same(got.median_gap[step], naive.percentile(expected, 0.5) if expected else math.nan)
        assert same(got.p90_gap[step], naive.percentile(expected, 0.9) if expected else math.nan)
    assert same(got.median_total, naive.percentile(totals, 0.5) if totals else math.nan)


@settings(max_examples=400, deadline=None)
@given(
    histories, masked, chosen, bounds, st.integers(0, 9), st.booleans(), st.integers(0, 8), st.integers(2, 20),
    st.sampled_from(["all", "channel", "time"]),
)  # fmt: skip
def test_completion_equals_its_twin(
    history: Histories, mask: bool, kept: Any, period: Any, cut: int, backwards: bool, window: int, as_of: int, by: str
) -> None:
    events = made(history, mask, kept)
    grouping: dict[str, Any] = {
        "all": {}, "channel": {"by": "channel", "groups": 2}, "time": {"marks": [2, 5]}
    }[by]  # fmt: skip
    fold = CompletionFold(
        start=0, goals=[1], outcomes=[[2], [3]], window_us=window, as_of_us=as_of,
        since_us=period[0], until_us=period[1], **grouping,
    )  # fmt: skip
    got: Completions = answer(fold, halves(events, cut), backwards=backwards)
    journeys = naive.journeys([events], 0, [[1], [2], [3]], window, *period)
    group_of = groups(events, by)
    closed, ends = np.zeros_like(got.count), 0
    still_open = np.zeros_like(got.open)
    squares, products, everyone = np.zeros_like(got.squares), np.zeros_like(got.products), np.zeros_like(got.customers)
    for who, mine in enumerate(journeys):
        counts = np.zeros_like(got.count)
        for start, ending, _ in mine:
            group = group_of(who, start)
            if start + window >= as_of:
                still_open[group] += 1
            else:
                counts[group, {None: 1, 0: 0, 1: 2, 2: 3}[ending]] += 1
        each = counts.sum(axis=1)
        closed += counts
        squares += counts**2
        products += counts * each[:, None]
        everyone += each > 0
        ends += int(counts.sum())
    assert got.count.tolist() == closed.tolist()
    assert got.squares.tolist() == squares.tolist()
    assert got.products.tolist() == products.tolist()
    assert got.customers.tolist() == everyone.tolist()
    assert got.open.tolist() == still_open.tolist()
    assert got.closed.tolist() == closed.sum(axis=1).tolist()
    assert int(got.count.sum() + got.open.sum()) == sum(map(len, journeys))


def groups(events: Slice, by: str) -> Any:
    """Tell the group of a journey from whose it is and when it began (the first start at that instant)."""
    kept = [p for p in range(events.customers) if events.customer_keep is None or events.customer_keep[p]]

    def group(who: int, start: int) -> int:
        if by == "time":
            return sum(start >= mark for mark in (2, 5))
        if by == "all":
            return 0
        first, last = int(events.offset[kept[who]]), int(events.offset[kept[who] + 1])
        place = next(
            i for i in range(first, last)
            if events.at[i] == start and events.event[i] == 0 and (events.keep is None or events.keep[i])
        )  # fmt: skip
        return min(int(events.dimensions["channel"][place]), 2)

    return group


def same(got: float, expected: float) -> bool:
    return got == pytest.approx(expected, rel=1e-12, abs=1e-9, nan_ok=True)
