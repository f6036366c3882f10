"""Funnels of every order equal their slow twins: under masks, with exclusions, by customer and by entry."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import running
from sojourn.engine.kernels.funnels.asked import Exclusion, Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.naive import funnels as naive_funnels
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive.funnels import Asked, Seen
from sojourn.engine.kernels.results import FunnelDetail, FunnelTally
from sojourn.engine.kernels.words import Slice

Chains = list[list[tuple[Seen, ...]]]  # of each customer
EDGES = (0, 2, 5)
MARKS = (2, 5)

shown = st.sets(st.integers(0, CODES - 1), min_size=1)
bounds = st.tuples(st.integers(-3, 6), st.integers(4, 14))


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    order = draw(st.sampled_from(list(Order)))
    if order is Order.ANY:
        codes = draw(st.permutations(range(CODES)))
        cuts = sorted(draw(st.sets(st.integers(1, CODES), min_size=1, max_size=CODES)))
        steps = [set(codes[low:high]) for low, high in zip([0, *cuts], cuts, strict=False)]
    else:
        steps = draw(st.lists(shown, min_size=1, max_size=4))
    since, until = draw(bounds)
    return Asked(
        steps=steps,
        window_us=draw(st.integers(0, 12)),
        since_us=since,
        until_us=until,
        order=order,
        exclusions=draw(st.lists(exclusion(len(steps), order), max_size=2)),
        hidden=draw(st.sets(st.integers(0, CODES - 1), max_size=1)),
    )


@st.composite
def exclusion(draw: st.DrawFn, steps: int, order: Order) -> Exclusion:
    codes = frozenset(draw(st.sets(st.integers(0, CODES - 1), min_size=1, max_size=2)))
    if order is Order.ANY or steps < 3 or draw(st.booleans()):
        return Exclusion(codes)
    after = draw(st.integers(0, steps - 2))
    return Exclusion(codes, after, draw(st.integers(after + 1, steps - 1)))


def fold_of(question: Asked, **more: Any) -> FunnelDetailFold:
    return FunnelDetailFold(
        [sorted(step) for step in question.steps],
        window_us=question.window_us,
        since_us=question.since_us,
        until_us=question.until_us,
        order=question.order,
        exclusions=question.exclusions,
        hidden=question.hidden,
        edges_us=EDGES,
        **more,
    )


@settings(max_examples=300, deadline=None)
@given(
    histories, st.booleans(), st.none() | st.lists(st.booleans(), min_size=9, max_size=9), asked(), st.integers(0, 9),
    st.booleans(), st.booleans(), st.integers(0, 3), st.integers(0, 2),
)  # fmt: skip
def test_funnels_equal_their_twins(
    history: Histories, mask: bool, kept: Any, question: Asked, cut: int, backwards: bool, by_entry: bool,
    top: int, least: int,
) -> None:  # fmt: skip
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    fold = fold_of(question, by_entry=by_entry, by="channel", top=top, least=least, marks=MARKS)
    partials = [fold.fold(each, fold.start()) for each in halves(events, cut)]
    got: FunnelDetail = fold.finish(fold.merge(*(reversed(partials) if backwards else partials)))

    twin = naive_funnels.by_entry if by_entry else naive_funnels.by_customer
    chains = [twin(question, each) for each in naive_funnels.histories([events])]
    steps = len(question.steps)
    assert rows(got.whole) == [tally(chains, steps, lambda _: True)]
    assert rows(got.spans) == [
        tally(chains, steps, lambda chain, span=span: span_of(chain) == span)  # type: ignore[misc]
        for span in range(len(MARKS) + 1)
    ]
    check_times(got, chains, steps)
    check_parts(got, events, chains, steps, top, least)


def check_times(got: FunnelDetail, chains: Chains, steps: int) -> None:
    all_ = [chain for mine in chains for chain in mine]
    for step in range(steps):
        gaps = [chain[step][0] - chain[step - 1][0] for chain in all_ if len(chain) > step > 0]
        assert same(got.median_gap[step], gaps, 0.5) and same(got.p90_gap[step], gaps, 0.9)
        if step:
            assert got.bins[step].tolist() == binned(gaps)
    totals = [chain[-1][0] - chain[0][0] for chain in all_ if len(chain) == steps]
    assert same(got.median_total, totals, 0.5) and same(got.p90_total, totals, 0.9)
    assert got.bins[0].tolist() == binned(totals)


def check_parts(got: FunnelDetail, events: Slice, chains: Chains, steps: int, top: int, least: int) -> None:
    def code(chain: tuple[Seen, ...]) -> int:
        return int(events.dimensions["channel"][chain[0][2]])

    entries: dict[int, int] = {}
    for value in {code(chain) for mine in chains for chain in mine}:
        if sum(any(code(chain) == value for chain in mine) for mine in chains) >= least:
            entries[value] = sum(code(chain) == value for mine in chains for chain in mine)
    values = tuple(sorted(entries, key=lambda value: (-entries[value], value))[:top])
    assert got.values == values
    expected = [tally(chains, steps, lambda chain, value=value: code(chain) == value) for value in values]  # type: ignore[misc]
    assert rows(got.parts) == [*expected, tally(chains, steps, lambda chain: code(chain) not in values)]
    for place, value in enumerate(values):
        totals = [
            chain[-1][0] - chain[0][0] for mine in chains for chain in mine
            if len(chain) == steps and code(chain) == value
        ]  # fmt: skip
        assert same(got.part_median_total[place], totals, 0.5) and same(got.part_p90_total[place], totals, 0.9)


def tally(chains: Chains, steps: int, of: Callable[[tuple[Seen, ...]], bool]) -> list[list[int]]:
    reached = [[sum(len(chain) > k for chain in mine if of(chain)) for k in range(steps)] for mine in chains]
    columns = range(steps)
    return [
        [sum(each[k] > 0 for each in reached) for k in columns],
        [sum(each[k] for each in reached) for k in columns],
        [sum(each[k] ** 2 for each in reached) for k in columns],
        [sum(each[k] * each[max(k - 1, 0)] for each in reached) for k in columns],
        [sum(each[k] * each[0] for each in reached) for k in columns],
    ]


def rows(got: FunnelTally) -> list[list[list[int]]]:
    columns = (got.customers, got.times, got.squares, got.with_before, got.with_first)
    return np.stack(columns, axis=1).tolist()  # type: ignore[no-any-return]


def span_of(chain: tuple[Seen, ...]) -> int:
    return sum(chain[0][0] >= mark for mark in MARKS)


def binned(gaps: list[int]) -> list[int]:
    return [sum(low <= gap < high for gap in gaps) for low, high in zip(EDGES, [*EDGES[1:], math.inf], strict=True)]


def same(got: float, values: list[int], q: float) -> bool:
    expected = naive.percentile(values, q) if values else math.nan
    return bool(got == pytest.approx(expected, rel=1e-12, abs=1e-9, nan_ok=True))


@settings(max_examples=100, deadline=None)
@given(histories, st.booleans(), st.lists(shown, min_size=1, max_size=4), bounds, st.integers(0, 12))
def test_the_plain_question_has_the_same_answer_from_the_quick_fold(
    history: Histories, mask: bool, steps: list[set[int]], period: Any, window: int
) -> None:
    events = slice_of(history, masked=mask)
    question: dict[str, Any] = {"window_us": window, "since_us": period[0], "until_us": period[1], "edges_us": EDGES}
    quick = running.run(FunnelFold([sorted(step) for step in steps], **question), [events])
    got = running.run(FunnelDetailFold([sorted(step) for step in steps], **question), [events])
    assert quick.reached.tolist() == got.whole.times[0].tolist()
    assert quick.bins.tolist() == got.bins.tolist()
    for one, other in ((quick.median_gap, got.median_gap), (quick.p90_gap, got.p90_gap)):
        assert one.tolist() == pytest.approx(other.tolist(), nan_ok=True)
    assert (quick.median_total, quick.p90_total) == pytest.approx((got.median_total, got.p90_total), nan_ok=True)


def reached(order: Order, steps: list[list[int]], *history: int, window: int = 99, **more: Any) -> list[int]:
    events = slice_of([[(at, code, True) for at, code in enumerate(history)]])
    got = running.run(FunnelDetailFold(steps, window_us=window, order=order, **more), [events])
    return got.whole.times[0].tolist()  # type: ignore[no-any-return]


def test_a_strict_funnel_is_broken_by_any_event_in_between_but_a_hidden_one() -> None:
    assert reached(Order.STRICT, [[0], [1]], 0, 2, 1) == [1, 0]
    assert reached(Order.STRICT, [[0], [1]], 0, 2, 1, hidden=[2]) == [1, 1]
    assert reached(Order.STRICT, [[0], [1]], 0, 0, 1) == [1, 1]


def test_steps_in_any_order_count_each_once_within_the_window() -> None:
    assert reached(Order.ANY, [[0], [1], [2]], 2, 2, 0, 1) == [1, 1, 1]
    assert reached(Order.ANY, [[0], [1], [2]], 2, 3, 3, 0, 1, window=1) == [1, 1, 0]


def test_an_excluded_event_breaks_a_chain_and_a_later_one_may_be_whole() -> None:
    excluded = [Exclusion(frozenset([2]), 0, 1)]
    assert reached(Order.ORDERED, [[0], [1]], 0, 2, 1, exclusions=excluded) == [1, 0]
    assert reached(Order.ORDERED, [[0], [1]], 0, 2, 0, 1, exclusions=excluded) == [1, 1]
    assert reached(Order.ORDERED, [[0], [1], [3]], 0, 1, 2, 3, exclusions=excluded) == [1, 1, 1]
    assert reached(Order.ORDERED, [[0], [1], [3]], 0, 1, 2, 3, exclusions=[Exclusion(frozenset([2]))]) == [1, 1, 0]


def test_an_entry_begins_only_when_no_other_runs() -> None:
    assert reached(Order.ORDERED, [[0], [1]], 0, 0, 1, 0, 3, 1, by_entry=True) == [2, 2]
    assert reached(Order.ORDERED, [[0], [1]], 0, 3, 3, 0, 1, window=1, by_entry=True) == [2, 1]
    assert reached(Order.STRICT, [[0], [1]], 0, 0, 1, by_entry=True) == [2, 1]
    assert reached(Order.ANY, [[0], [1]], 1, 1, 0, 0, by_entry=True) == [2, 1]


def test_fifty_steps_run_in_every_order() -> None:
    steps = [[code] for code in range(50)]
    for order in Order:
        for by_entry in (False, True):
            assert reached(order, steps, *range(50), by_entry=by_entry) == [1] * 50


def test_what_cannot_be_a_funnel_is_refused() -> None:
    for steps in ([], [[0]] * 51):
        with pytest.raises(ValueError, match="1 to 50"):
            FunnelDetailFold(steps, window_us=1)
    with pytest.raises(ValueError, match="negative"):
        FunnelDetailFold([[0]], window_us=-1)
    with pytest.raises(ValueError, match="one step only"):
        FunnelDetailFold([[0, 1], [1]], window_us=1, order=Order.ANY)
    with pytest.raises(ValueError, match="first event to the last"):
        FunnelDetailFold([[0], [1]], window_us=1, order=Order.ANY, exclusions=[Exclusion(frozenset([2]), 0, 1)])
    for after, before in ((1, 1), (0, 2), (-1, 1)):
        with pytest.raises(ValueError, match="between two"):
            FunnelDetailFold([[0], [1]], window_us=1, exclusions=[Exclusion(frozenset([2]), after, before)])


def test_no_customers_make_an_empty_funnel() -> None:
    fold = FunnelDetailFold([[0], [1]], window_us=1, by="channel", marks=[3])
    got = fold.finish(fold.start())
    assert (got.whole.times.tolist(), got.values, math.isnan(got.median_total)) == ([[0, 0]], (), True)


@pytest.mark.parametrize("steps", [15, 16])  # up to fifteen, steps in any order are kept as digits of one number
def test_many_steps_in_any_order_are_counted(steps: int) -> None:
    made = [[(at, (7 * at + who) % steps, True) for at in range(steps + who)] for who in range(5)]
    question = Asked(steps=[{step} for step in range(steps)], window_us=steps - 2, order=Order.ANY)
    got = running.run(fold_of(question), [slice_of(made)])
    assert got.whole.times[0].tolist() == [5] * (steps - 1) + [0], "one fewer than all fit into the window"
    assert got.p90_gap[1 : steps - 1].tolist() == [1.0] * (steps - 2)
