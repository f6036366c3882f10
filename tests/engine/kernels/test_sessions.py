"""Sessions equal their slow twin, under masks, in a period, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive.sessions import sessions
from sojourn.engine.kernels.sessions import Sessions, SessionsFold
from sojourn.engine.kernels.words import NO_CODE, Slice

chosen = st.none() | st.lists(st.booleans(), min_size=9, max_size=9)
shown = st.sets(st.integers(0, CODES - 1), min_size=1)


def figures(found: Sessions) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name in Sessions.__dataclass_fields__
        if not isinstance(value := getattr(found, name), float) or not math.isnan(value)
    }


@settings(max_examples=300, deadline=None)
@given(
    histories, st.booleans(), chosen, shown, st.tuples(st.integers(-3, 6), st.integers(4, 14)), st.integers(0, 9),
    st.booleans(), st.integers(0, 6), st.sets(st.integers(0, CODES)), st.booleans(), st.sampled_from([0, 300]),
)  # fmt: skip
def test_sessions_equal_their_twin(
    history: Histories, mask: bool, kept: Any, codes: set[int], period: Any, cut: int, backwards: bool,
    timeout: int, starts: set[int], as_one: bool, first: int,
) -> None:  # fmt: skip
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    events = replace(events, event=events.event + np.uint16(first))  # many codes, of which a customer has few
    view, starts = lens.only(code + first for code in codes), {code + first for code in starts}
    if as_one:  # a lens may show two events as one
        view = np.where(view == first + 1, np.uint16(first), view).astype(np.uint16)
    fold = SessionsFold(view, timeout_us=timeout, starts=starts, since_us=period[0], until_us=period[1])
    partials = [fold.fold(each, fold.start()) for each in halves(events, cut)]
    left, right = reversed(partials) if backwards else partials
    got = fold.finish(fold.merge(left, right))
    by_customer = [sessions(each, timeout, starts) for each in naive.seen([events], view, *period)]
    n = [len(mine) for mine in by_customer]
    bounces = [sum(len(each) == 1 for each in mine) for mine in by_customer]
    lengths = [sum(map(len, mine)) for mine in by_customer]
    sums = ("customers", "sessions", "sessions_squares", "bounces", "bounces_squares", "bounces_products", "events",
            "events_squares", "events_products")  # fmt: skip
    assert [getattr(got, name) for name in sums] == [
        len(n), sum(n), dot(n, n), sum(bounces), dot(bounces, bounces), dot(n, bounces), sum(lengths),
        dot(lengths, lengths), dot(n, lengths),
    ]  # fmt: skip
    every = [each for mine in by_customer for each in mine]
    assert same(got.median_events, [len(each) for each in every], 0.5)
    assert same(got.p90_events, [len(each) for each in every], 0.9)
    durations = [each[-1][0] - each[0][0] for each in every]
    assert same(got.median_duration, durations, 0.5)
    assert same(got.p90_duration, durations, 0.9)
    assert got.mean_duration == pytest.approx(sum(durations) / len(every) if every else math.nan, nan_ok=True)
    assert (got.seconds, got.seconds_squares, got.seconds_products) == (0, 0, 0), "all is over within a second"
    for table, edge in ((got.entries, 0), (got.exits, -1)):
        for code, row in zip(got.node.tolist(), table.tolist(), strict=True):
            k = [sum(each[edge][1] == code for each in mine) for mine in by_customer]
            assert row == [sum(k), sum(each > 0 for each in k), dot(k, k), dot(n, k)]
        assert int(table[:, 0].sum()) == len(every)


def dot(left: list[int], right: list[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


def same(got: float, values: list[int], q: float) -> bool:
    return got == pytest.approx(naive.percentile(values, q) if values else math.nan, nan_ok=True)


def test_a_pause_as_long_as_the_timeout_does_not_end_a_session() -> None:
    events = slice_of([[(0, 0, True), (30, 1, True), (61, 0, True)]])
    found = running.run(SessionsFold(lens.every(2), timeout_us=30), [events])
    assert (found.sessions, found.bounces, found.median_duration) == (2, 1, 15.0)


def test_a_start_event_begins_a_session_however_soon_it_comes() -> None:
    events = slice_of([[(0, 1, True), (1, 0, True), (2, 1, True), (3, 0, True)]])
    found = running.run(SessionsFold(lens.every(2), timeout_us=30, starts=[0]), [events])
    assert (found.sessions, found.entries[:, 0].tolist()) == (3, [2, 1])


def test_long_sessions_do_not_overflow_the_sums_of_their_seconds() -> None:
    year_s, each = 365 * 24 * 3_600, 90
    customer = [(place * year_s * 1_000_000, 0, True) for place in range(each)]
    found = running.run(SessionsFold(lens.every(1), timeout_us=2 * year_s * 1_000_000), [slice_of([customer] * 30)])
    lasted = (each - 1) * year_s
    assert (found.seconds, found.seconds_squares, found.seconds_products) == (30 * lasted, 30 * lasted**2, 30 * lasted)
    assert found.seconds_squares > 2**64


def test_no_events_have_no_sessions_and_figures_that_mean_nothing() -> None:
    found = running.run(SessionsFold(lens.every(2)), [])
    assert (found.sessions, found.node.tolist()) == (0, [])
    assert math.isnan(found.median_events) and math.isnan(found.median_duration) and math.isnan(found.mean_duration)
    with pytest.raises(ValueError, match="negative"):
        SessionsFold(lens.every(2), timeout_us=-1)


def test_an_unseen_start_event_cuts_nothing() -> None:
    events = slice_of([[(0, 0, True), (1, 1, True)]])
    fold = SessionsFold(lens.only([0]), starts=[1, int(NO_CODE)])
    assert running.run(fold, [events]).events == 1


def test_two_threads_find_what_one_finds() -> None:
    random = np.random.default_rng(5)
    length = random.integers(0, 9, 120_000)
    offset = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
    total = int(offset[-1])
    events = Slice(
        np.arange(len(length)), offset, np.cumsum(random.integers(0, 9, total)),
        random.integers(0, 5, total).astype(np.uint8), np.arange(total),
    )  # fmt: skip
    fold = SessionsFold(lens.every(5), timeout_us=4)
    one, two = (figures(running.run(fold, [events], threads)) for threads in (1, 2))
    assert one == two
    assert one["sessions"] > 100_000
