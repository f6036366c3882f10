"""Retention and lifecycle equal their slow twins, under masks, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import running
from sojourn.engine.kernels.lifecycle import LifecycleFold
from sojourn.engine.kernels.naive import retention as naive_retention
from sojourn.engine.kernels.periods import Periods, period_of
from sojourn.engine.kernels.retention import RetentionFold
from sojourn.engine.kernels.words import AnyFold, Slice
from sojourn.engine.stats.clusters import Clusters

chosen = st.none() | st.lists(st.booleans(), min_size=9, max_size=9)
codes = st.sets(st.integers(0, CODES - 1), min_size=1)
edges = st.lists(st.integers(-4, 14), min_size=3, max_size=9, unique=True).map(sorted)
brackets = st.sampled_from([
    [(0, 0)], [(0, 0), (1, 1), (2, 2)], [(1, 2)], [(0, 0), (1, 3)], [(0, 1), (2, 2), (4, 5)], [(1, 1), (3, 9)],
])  # fmt: skip


def answer(fold: AnyFold, parts: list[Slice], *, backwards: bool = False) -> Any:
    partials = [fold.fold(each, fold.start()) for each in parts]
    left, right = reversed(partials) if backwards else partials
    return fold.finish(fold.merge(left, right))


@settings(max_examples=600, deadline=None)
@given(
    histories, st.booleans(), chosen, codes, codes, edges, brackets, st.integers(-5, 16), st.integers(0, 9),
    st.booleans(), st.booleans(), st.booleans(), st.data(),
)  # fmt: skip
def test_retention_equals_its_twin(
    history: Histories, mask: bool, kept: Any, start: set[int], returns: set[int], edge: list[int],
    columns: list[tuple[int, int]], as_of: int, cut: int, backwards: bool, recurring: bool, or_after: bool, data: Any,
) -> None:  # fmt: skip
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    steps = data.draw(st.lists(st.integers(0, 1), max_size=len(edge) - 2), label="steps from cohort to cohort")
    asked: dict[str, Any] = {
        "start": start, "returns": returns, "edges": edge, "brackets": columns, "as_of_us": as_of,
        "cohorts": np.cumsum([0, *steps]).tolist(), "recurring": recurring, "or_after": or_after,
    }  # fmt: skip
    got = answer(RetentionFold(**asked), halves(events, cut), backwards=backwards)
    size, returned, pooled = naive_retention.retention([events], **asked)
    assert got.size.tolist() == [size[cohort] for cohort in range(len(got.size))]
    cells = {
        (cohort, column): int(got.returned[cohort, column])
        for cohort in range(len(got.size))
        for column in range(int(got.closed[cohort]))
    }
    assert cells == returned
    for column, mine in enumerate(pooled):
        sums = Clusters.of(mine)
        assert got.pooled[column].tolist() == [sums.n, sums.k, sums.nn, sums.kk, sums.nk]
        assert got.pooled_customers[column] == sums.customers
    assert got.customers == sum(
        bool(naive_retention.starts(each, start, edge, asked["cohorts"], recurring=recurring))
        for each in naive_retention.customers(events)
    )


@settings(max_examples=300, deadline=None)
@given(histories, st.booleans(), chosen, codes, edges, st.integers(0, 9), st.booleans())
def test_a_lifecycle_equals_its_twin(
    history: Histories, mask: bool, kept: Any, active: set[int], edge: list[int], cut: int, backwards: bool
) -> None:
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    got = answer(LifecycleFold(active=active, edges=edge), halves(events, cut), backwards=backwards)
    columns = (got.new, got.retained, got.resurrected, got.dormant)
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    assert found == list(naive_retention.lifecycle([events], active=active, edges=edge))
    assert (got.retained + got.dormant).tolist() == got.before.tolist()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=40, unique=True).map(sorted), st.data())
@example([0, 2, 4, 6], None)
def test_the_period_of_an_instant_is_that_between_its_edges(edge: list[int], data: Any) -> None:
    try:
        periods = Periods.between(edge)
    except ValueError:
        return  # too different in length
    moments = [*edge, *(each - 1 for each in edge)]
    moments += [data.draw(st.integers(-(2**62), 2**62))] if data else []
    for moment in moments:
        got = period_of(moment, periods.base, periods.shift, periods.cell, periods.end)
        assert got == np.searchsorted(edge, moment, side="right")


def test_threads_do_not_change_the_answer() -> None:
    random = np.random.default_rng(3)
    lengths = random.integers(1, 30, 40_000)
    offset = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    at = random.integers(0, 10_000, offset[-1])
    at = at[np.lexsort((at, np.repeat(np.arange(len(lengths)), lengths)))]
    event = random.integers(0, CODES, offset[-1]).astype(np.uint16)
    events = Slice(np.arange(len(lengths)), offset, at, event, np.arange(offset[-1]))
    for recurring in (False, True):
        fold = RetentionFold(
            start=[0], returns=[1], edges=range(0, 10_001, 1_000), brackets=[(0, 0), (1, 2), (3, 5)],
            as_of_us=9_000, recurring=recurring,
        )  # fmt: skip
        one, two = running.run(fold, [events], 1), running.run(fold, [events], 2)
        assert one.returned.tolist() == two.returned.tolist()
        assert one.pooled.tolist() == two.pooled.tolist()
        assert one.customers == two.customers


@pytest.mark.parametrize(
    "wrong",
    [
        {"brackets": []}, {"brackets": [(2, 1)]}, {"brackets": [(0, 2), (2, 3)]}, {"brackets": [(-1, 0)]},
        {"edges": [0]}, {"edges": [0, 0]}, {"cohorts": [1]}, {"cohorts": [0, 2]}, {"cohorts": [0, 1, 2, 3]},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(wrong: dict[str, Any]) -> None:
    asked = {"start": [0], "returns": [1], "edges": [0, 5, 10], "brackets": [(0, 0)], "as_of_us": 9}
    with pytest.raises(ValueError, match=r"bracket|edges|cohorts"):
        RetentionFold(**(asked | wrong))
    with pytest.raises(ValueError, match="before"):
        LifecycleFold(active=[0], edges=[0, 5])
