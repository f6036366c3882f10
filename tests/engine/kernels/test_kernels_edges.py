"""What a kernel does at its limits."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import slice_of
from sojourn.engine.kernels import lens, quantiles, ranking, running
from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import Slice

YEAR_US = 365 * 24 * 3600 * 1_000_000


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 1 << 52), max_size=120), max_size=6), st.floats(0, 1))
def test_grouped_quantiles_equal_percentile_cont(groups: list[list[int]], q: float) -> None:
    size = np.array([len(group) for group in groups], np.int64)
    values = np.array([value for group in groups for value in group], np.int64)
    mean, got = quantiles.grouped(size, values, (q,))
    for place, group in enumerate(groups):
        if not group:
            assert np.isnan(mean[place]) and np.isnan(got[place, 0])
            continue
        assert mean[place] == pytest.approx(sum(group) / len(group), rel=1e-15)
        assert got[place, 0] == pytest.approx(naive.percentile(group, q), rel=1e-12)


def test_a_mean_of_a_million_long_gaps_does_not_overflow() -> None:
    mean, _ = quantiles.grouped(np.array([1_000_000]), np.full(1_000_000, 30 * YEAR_US), (0.5,))
    assert mean[0] == 30 * YEAR_US


def test_a_log_of_many_steps_is_mined_and_more_are_refused() -> None:
    codes = np.arange(1_000) % 500
    events = Slice(
        np.array([1]), np.array([0, 1_000]), np.arange(1_000), codes.astype(np.uint16), np.arange(1_000)
    )  # fmt: skip
    graph = running.run(GraphFold(lens.every(500)), [events])
    assert (len(graph.source), int(graph.count.sum())) == (500, 999)
    with pytest.raises(ValueError, match="at most 1024"):
        GraphFold(lens.every(1_025))


def test_a_customer_larger_than_a_thread_s_part_stays_whole() -> None:
    length = running.SMALLEST_PART * 3
    events = Slice(
        np.array([1, 2]), np.array([0, length, length + 2]), np.arange(length + 2),
        np.zeros(length + 2, np.uint16), np.arange(length + 2),
    )  # fmt: skip
    graph = running.run(GraphFold(lens.every(1)), [events], threads=2)
    assert graph.count.tolist() == [length]
    assert graph.customers.tolist() == [2]


@pytest.mark.parametrize(("steps", "coded"), [(3, np.uint8), (60, np.uint16), (110, np.uint8), (300, np.uint16)])
@pytest.mark.parametrize("longest_gap", [1, 50, 1 << 40, 1 << 60])
def test_quantiles_are_exact_with_few_steps_or_many_and_gaps_of_any_size(
    steps: int, coded: type[np.uint8 | np.uint16], longest_gap: int
) -> None:
    random = np.random.default_rng(steps)
    histories, total = 4, 4_000
    gap = (random.random(total) ** 8 * longest_gap / (total if longest_gap > 1 << 50 else 1)).astype(np.int64)
    event = np.minimum(random.geometric(0.3, total) - 1, steps - 1).astype(coded)
    event[::50] = random.integers(0, steps, len(event[::50]))
    offset = np.linspace(0, total, histories + 1).astype(np.int64)
    at = np.cumsum(gap)
    events = Slice(np.arange(histories), offset, at, event, np.arange(total))
    fold = GraphFold(lens.every(steps))
    parts = [running.part(events, low, high) for low, high in ((0, 1), (1, 4))]
    one, other = (pickle.loads(pickle.dumps(fold.fold(each, fold.start()))) for each in parts)
    got = fold.finish(fold.merge(other, one))
    expected = naive.graph(naive.seen([events], lens.every(steps)))
    assert len(got.source) == len(expected)
    for place, edge in enumerate(zip(got.source.tolist(), got.target.tolist(), strict=True)):
        count, customers, mean, median, p90 = expected[edge]
        assert (got.count[place], got.customers[place], got.mean_gap[place]) == (count, customers, mean)
        assert got.median_gap[place] == pytest.approx(median, rel=1e-14)
        assert got.p90_gap[place] == pytest.approx(p90, rel=1e-14)


def test_a_bot_is_one_variant_cut_at_the_longest() -> None:
    events = slice_of([[(i, i % 2, True) for i in range(10_000)], [(i, i % 2, True) for i in range(300)]])
    got = running.run(VariantsFold(lens.every(2), longest=256), [events])
    assert (got.distinct, got.top[0].customers, len(got.top[0].events)) == (1, 2, 256)
    assert got.top[0].median_duration == 255


def test_variants_whose_sequences_look_alike_are_told_apart() -> None:
    # Thue-Morse words of opposite sign meet in every polynomial hash modulo 2**64; ours must not
    word = [bin(i).count("1") % 2 for i in range(4_096)]
    events = slice_of(
        [[(i, code, True) for i, code in enumerate(word)], [(i, 1 - c, True) for i, c in enumerate(word)]]
    )
    assert running.run(VariantsFold(lens.every(2), longest=10_000), [events]).distinct == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2), st.lists(st.integers(0, 2), max_size=4)), max_size=40), st.integers(1, 9))
def test_ties_are_broken_by_sequence_however_many_there_are(made: list[tuple[int, list[int]]], top: int) -> None:
    unique = list({tuple(codes): count for count, codes in made}.items())
    customers = np.array([count for _, count in unique], np.int64)
    offset = np.cumsum([0, *(len(codes) for codes, _ in unique)]).astype(np.int64)
    code = np.array([each for codes, _ in unique for each in codes], np.uint16)
    few, ranking.FEW = ranking.FEW, 1
    try:
        got = ranking.most_frequent(customers, offset[:-1], offset[1:], code, top)
    finally:
        ranking.FEW = few
    expected = sorted(range(len(unique)), key=lambda v: (-unique[v][1], unique[v][0]))[:top]
    assert got.tolist() == expected


def test_a_funnel_of_fifty_steps_runs_and_of_fifty_one_is_refused() -> None:
    events = slice_of([[(i, i, True) for i in range(50)]])
    got = running.run(FunnelFold([[code] for code in range(50)], window_us=49), [events])
    assert got.reached.tolist() == [1] * 50
    assert got.median_total == 49
    with pytest.raises(ValueError, match="1 to 50"):
        FunnelFold([[0]] * 51, window_us=1)
    with pytest.raises(ValueError, match="1 to 50"):
        FunnelFold([], window_us=1)
    with pytest.raises(ValueError, match="negative"):
        FunnelFold([[0]], window_us=-1)


def test_an_event_is_used_once_in_a_funnel_that_names_it_twice() -> None:
    once, twice = [(1, 0, True)], [(1, 0, True), (1, 0, True)]
    got = running.run(FunnelFold([[0], [0]], window_us=5), [slice_of([once, twice])])
    assert got.reached.tolist() == [2, 1]


def test_a_later_step_may_come_after_the_period_while_the_window_is_open() -> None:
    events = slice_of([[(5, 0, True), (12, 1, True)], [(11, 0, True), (12, 1, True)]])
    got = running.run(FunnelFold([[0], [1]], window_us=7, since_us=0, until_us=10), [events])
    assert got.reached.tolist() == [1, 1]


def test_the_successful_try_is_timed_not_the_failed_ones_before_it() -> None:
    events = slice_of([[(0, 0, True), (50, 0, True), (52, 1, True)]])
    assert running.run(FunnelFold([[0], [1]], window_us=100), [events]).median_total == 2


def test_an_event_with_two_roles_in_a_journey_is_refused() -> None:
    with pytest.raises(ValueError, match="two roles"):
        CompletionFold(start=0, goals=[0], outcomes=[], window_us=1, as_of_us=1)
    with pytest.raises(ValueError, match="two roles"):
        CompletionFold(start=0, goals=[1], outcomes=[[1]], window_us=1, as_of_us=1)


def test_a_journey_won_early_stays_open_until_its_window_has_passed() -> None:
    events = slice_of([[(0, 0, True), (1, 1, True)]])
    early = running.run(CompletionFold(start=0, goals=[1], outcomes=[], window_us=9, as_of_us=9), [events])
    late = running.run(CompletionFold(start=0, goals=[1], outcomes=[], window_us=9, as_of_us=10), [events])
    assert (early.open.tolist(), early.closed.tolist()) == ([1], [0])
    assert (late.open.tolist(), late.count.tolist(), late.median_time.tolist()) == ([0], [[1, 0]], [1.0])
