"""Cases equal their slow twin, under masks, in a period, with ties, cut anywhere and merged in any order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, halves, slice_of
from sojourn.engine.kernels import running
from sojourn.engine.kernels.cases.fold import CasesFold
from sojourn.engine.kernels.cases.found import Cases, Measured
from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.customer_sums import CustomerSums
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive.cases import Case, cases
from sojourn.engine.kernels.words import Slice

NO, SECOND = 65_535, 1_000_000
STAGES = [[0], [1, 4]]
histories = st.lists(
    st.lists(
        st.tuples(
            st.integers(-3, 14),
            st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5]),
            st.booleans(),
            st.sampled_from([0, 1, 2, NO]),
        ),
        max_size=14,
    ),
    max_size=7,
)  # fmt: skip
chosen = st.none() | st.lists(st.booleans(), min_size=7, max_size=7)


def sums(
    cases_of: Sequence[Sequence[Case]], score: Callable[[Case], int], weight: Callable[[Case], int]
) -> CustomerSums:
    pairs = [(sum(weight(c) for c in mine), sum(score(c) for c in mine)) for mine in cases_of if mine]
    return CustomerSums(
        len(pairs), sum(n for n, _ in pairs), sum(k for _, k in pairs), sum(n * n for n, _ in pairs),
        sum(k * k for _, k in pairs), sum(n * k for n, k in pairs),
    )  # fmt: skip


def one(_: Case) -> int:
    return 1


def same(got: float, values: Sequence[int], q: float) -> bool:
    return got == pytest.approx(naive.percentile(values, q) if values else math.nan, nan_ok=True)


def same_measure(got: Measured, cases_of: list[list[Case]], number: Callable[[Case], int]) -> bool:
    values = [number(case) for mine in cases_of for case in mine]
    return got.sums == sums(cases_of, number, one) and same(got.median, values, 0.5) and same(got.p90, values, 0.9)


def only(cases_of: list[list[Case]], keep: Callable[[Case], bool]) -> list[list[Case]]:
    return [[case for case in mine if keep(case)] for mine in cases_of]


@settings(max_examples=150, deadline=None)
@given(
    histories, st.booleans(), chosen, st.sets(st.integers(0, 5)),
    st.tuples(st.integers(0, 9), st.integers(0, 9) | st.none(), st.integers(0, 24), st.integers(0, 9) | st.none()),
    st.tuples(st.integers(-3, 4), st.integers(5, 15)), st.integers(0, 7), st.booleans(),
)  # fmt: skip
def test_cases_equal_their_twin(
    history: Histories, mask: bool, kept: Any, shown: set[int], limits: Any, period: Any, cut: int, backwards: bool
) -> None:
    events = in_seconds(slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)]))
    window, idle, as_of, landmark, since, until = (
        None if each is None else each * SECOND for each in (*limits, *period)
    )
    fold = CasesFold(
        shown, start=0, goals=[2], outcomes=[[3]], window_us=window, idle_us=idle, as_of_us=as_of, since_us=since,
        until_us=until, stages=STAGES, across="channel", channels=["web", "app", "shop"], channels_shown=[0, 1],
        by="channel", texts=["web", "app", "shop"], top=2, marks=[3 * SECOND], edges_us=[0, 4 * SECOND],
        landmark_us=landmark,
    )  # fmt: skip
    partials = [fold.fold(each, fold.start()) for each in halves(events, cut)]
    left, right = reversed(partials) if backwards else partials
    got = fold.finish(fold.merge(left, right))
    idles = {} if idle is None else {"idle_us": idle}
    every = cases([events], shown, 0, [[2], [], [3]], window, as_of, **idles, since_us=since, until_us=until)
    closed = only(every, lambda case: case.ending is not None)
    check_endings(got, every, closed)
    check_effort(got, closed)
    check_friction(got, closed, window, idles.get("idle_us", window), landmark)
    check_stages(got, closed)
    check_groups(got, every)


def in_seconds(events: Slice) -> Slice:
    return replace(events, at=events.at * SECOND)


def check_endings(got: Cases, every: list[list[Case]], closed: list[list[Case]]) -> None:
    assert got.whole.open == sum(case.ending is None for mine in every for case in mine)
    for ending in range(3):
        assert got.whole.endings[ending] == sums(closed, lambda case: case.ending == ending, one)  # noqa: B023
        lasted = [case.lasted for mine in closed for case in mine if case.ending == ending]
        assert same(got.whole.times[ending, 0], lasted, 0.5) and same(got.whole.times[ending, 1], lasted, 0.9)
        assert got.bins[ending].tolist() == [sum(t < 4 * SECOND for t in lasted), sum(t >= 4 * SECOND for t in lasted)]
    assert got.whole.closed == sum(len(mine) for mine in closed)


def check_effort(got: Cases, closed: list[list[Case]]) -> None:
    flat = [(who, case) for who, mine in enumerate(closed) for case in mine]
    assert same_measure(got.whole.events, closed, lambda case: len(case.events))
    assert same_measure(got.whole.repeats, closed, lambda case: len(case.repeated))
    assert same_measure(got.whole.handoffs, closed, lambda case: len(case.handoffs))
    assert Counter(dict(enumerate(got.sizes.tolist()))) == Counter(len(case.events) for _, case in flat)
    assert got.with_repeats == sums(closed, lambda case: bool(case.repeated), one)
    for step in got.steps:
        having = only(closed, lambda case: step.code in codes(case))  # noqa: B023
        times = [(who, case, codes(case).count(step.code)) for who, case in flat]
        assert step.again == sums(having, lambda case: codes(case).count(step.code) > 1, one)  # noqa: B023
        assert step.times == sum(n for *_, n in times)
        assert step.extra == sum(max(n - 1, 0) for *_, n in times)
        assert step.again_customers == len({who for who, _, n in times if n > 1})
        back = [way for _, case in flat for way in case.ways_back if way[1] == step.code]
        assert (step.extra - step.at_once, step.ping_pong) == (len(back), sum(way[2] for way in back))
    assert {step.code for step in got.steps} == {code for _, case in flat for code in codes(case)}
    pairs(got.ways_back, [(who, nth, way) for nth, (who, case) in enumerate(flat) for way in case.ways_back])
    passes = [(who, nth, (*pair, False)) for nth, (who, case) in enumerate(flat) for pair in case.handoffs]
    pairs(got.handoffs, passes)
    assert got.channels == ("web", "app")


def check_friction(got: Cases, closed: list[list[Case]], window: int, idle: int, landmark: int | None) -> None:
    ran = closed if landmark is None else only(closed, lambda case: case.ran(window, idle) > landmark)
    assert got.over == sum(map(len, closed)) - sum(map(len, ran))
    for bucket in range(4):
        for found, number in ((got.by_repeats, "repeated"), (got.by_handoffs, "handoffs")):

            def many(case: Case) -> int:
                early = case if landmark is None else case.early(landmark)
                return min(len(getattr(early, number)), 3)  # noqa: B023

            mine = only(ran, lambda case: many(case) == bucket)  # noqa: B023
            for ending in range(3):
                assert found[bucket][ending] == sums(mine, lambda case: case.ending == ending, one)  # noqa: B023


def pairs(got: Any, found: list[tuple[int, int, tuple[int, int, bool]]]) -> None:
    keys = sorted({way[:2] for *_, way in found})
    assert list(zip(got.source.tolist(), got.target.tolist(), strict=True)) == keys
    for place, key in enumerate(keys):
        mine = [(who, case, way[2]) for who, case, way in found if way[:2] == key]
        assert (got.times[place], got.cases[place], got.customers[place], got.ping_pong[place]) == (
            len(mine), len({case for _, case, _ in mine}), len({who for who, *_ in mine}), sum(p for *_, p in mine)
        )  # fmt: skip


def codes(case: Case) -> list[int]:
    return [event.code for event in case.events]


def check_stages(got: Cases, closed: list[list[Case]]) -> None:
    for number, found in enumerate(got.stages):

        def visits(case: Case) -> list[tuple[int, int, bool]]:
            return case.stays(STAGES).get(number, [])  # noqa: B023

        def left(case: Case) -> bool:
            return bool(visits(case)) and all(each[2] for each in visits(case))

        def stayed(case: Case) -> int:
            return sum(took for took, *_ in visits(case))

        def waiting(case: Case) -> int:
            return sum(waited for _, waited, _ in visits(case)) // SECOND

        been = only(closed, lambda case: bool(visits(case)))
        assert found.given_up == sums(been, lambda case: not left(case), one)
        assert found.visits == sums(been, lambda case: len(visits(case)), one)
        times = [stayed(case) for mine in only(closed, left) for case in mine]
        assert same(found.median, times, 0.5) and same(found.p90, times, 0.9)
        assert found.mean == pytest.approx(sum(times) / len(times) if times else math.nan, nan_ok=True)
        gone = only(closed, left)
        assert found.stayed == sums(gone, lambda case: stayed(case) // SECOND, one)
        waited = sums(gone, waiting, lambda case: stayed(case) // SECOND)
        assert found.waiting == waited
        ended = only(closed, lambda case: case.ending != 1)
        assert found.share == sums(ended, lambda c: stayed(c) // SECOND, lambda case: case.lasted // SECOND)


def check_groups(got: Cases, every: list[list[Case]]) -> None:
    assert len(got.parts) == len(got.values) + 1 <= 3
    for place, part in enumerate(got.parts):
        mine = only(every, lambda case: place == where(case, got.values))  # noqa: B023
        closed = only(mine, lambda case: case.ending is not None)
        assert (part.open, part.closed) == (
            sum(case.ending is None for each in mine for case in each), sum(len(each) for each in closed)
        )  # fmt: skip
        assert same_measure(part.events, closed, lambda case: len(case.events))
    for span, wanted in zip(got.spans, (True, False), strict=True):
        mine = only(every, lambda case: (case.events[0].at < 3 * SECOND) == wanted and case.ending is not None)  # noqa: B023
        assert span.endings[0] == sums(mine, lambda case: case.ending == 0, one)


def where(case: Case, values: tuple[int, ...]) -> int:
    channel = case.events[0].channel
    return values.index(channel) if channel in values else len(values)


@settings(max_examples=100, deadline=None)
@given(histories, st.integers(0, 9), st.integers(0, 24))
def test_cases_end_as_completion_says(history: Histories, window: int, as_of: int) -> None:
    events = slice_of(history)
    asked: dict[str, Any] = {"start": 0, "goals": [2], "outcomes": [[3]], "window_us": window, "as_of_us": as_of}
    found = running.run(CasesFold([1], **asked), [events]).whole
    said = running.run(CompletionFold(**asked), [events])
    assert (found.open, found.closed) == (said.open[0], said.closed[0])
    assert [each.k for each in found.endings] == said.count[0].tolist()
    assert [each.kk for each in found.endings] == said.squares[0].tolist()
    assert [each.nk for each in found.endings] == said.products[0].tolist()
    assert found.times[0].tolist() == pytest.approx([said.median_time[0], said.p90_time[0]], nan_ok=True)


def test_a_day_at_the_counter_by_hand() -> None:
    # apply(0) ask(1) paid(2) refused(3), over web (0) and phone (1); seconds
    first = [(0, 0, True, 0), (10, 1, True, 1), (20, 0, True, 0), (30, 1, True, 1), (50, 2, True, 1)]
    second = [(0, 0, True, 0), (5, 1, True, 0), (9, 1, True, NO), (60, 3, True, 0), (70, 0, True, 0), (75, 1, True, 1)]
    events = slice_of([[(at * 1_000_000, *rest) for at, *rest in each] for each in (first, second)])
    found = running.run(
        CasesFold(
            [1], start=0, goals=[2], outcomes=[[3]], window_us=100_000_000, as_of_us=200_000_000, stages=[[0], [1]],
            across="channel", channels=["web", "phone"],
        ),
        [events],
    )  # fmt: skip
    assert (found.whole.open, [each.k for each in found.whole.endings]) == (0, [1, 1, 1])
    assert found.whole.times[:, 0].tolist() == [50e6, 5e6, 60e6]
    assert [(each.sums.k, each.median) for each in (found.whole.events, found.whole.repeats, found.whole.handoffs)] == [
        (11, 4.0), (3, 1.0), (4, 1.0)
    ]  # fmt: skip
    steps = {each.code: (each.times, each.extra, each.at_once, each.ping_pong, each.again.k) for each in found.steps}
    assert steps == {0: (4, 1, 0, 0, 1), 1: (5, 2, 1, 1, 2), 2: (1, 0, 0, 0, 0), 3: (1, 0, 0, 0, 0)}
    ways = list(zip(found.ways_back.source.tolist(), found.ways_back.target.tolist(), strict=True))
    assert (ways, found.ways_back.ping_pong.tolist()) == ([(0, 1), (1, 0)], [1, 0])
    assert (found.handoffs.times.tolist(), found.handoffs.customers.tolist()) == ([3, 1], [2, 1])
    apply, ask = found.stages
    assert (apply.given_up[1:3], apply.visits.k, apply.median, apply.share[1:3]) == ((3, 0), 4, 5e6, (110, 25))
    assert (ask.given_up[1:3], ask.visits.k, ask.stayed[1:3], ask.waiting[1:3]) == ((3, 1), 4, (2, 85), (85, 81))


def test_a_pause_abandons_a_case_that_its_goal_comes_too_late_for() -> None:
    events = slice_of([[(0, 0, True), (40, 1, True), (80, 2, True)]])
    asked: dict[str, Any] = {"start": 0, "goals": [2], "window_us": 100, "as_of_us": 200}
    assert [each.k for each in running.run(CasesFold([1], **asked), [events]).whole.endings] == [1, 0]
    found = running.run(CasesFold([1], **asked, idle_us=39), [events]).whole
    assert ([each.k for each in found.endings], found.times[1, 0]) == ([0, 1], 0.0)


def test_no_customers_have_no_cases() -> None:
    fold = CasesFold([1], start=0, goals=[2], window_us=1, as_of_us=9, stages=[[1]], by="channel")
    found = running.run(fold, [])
    assert (found.whole.open, found.whole.closed, found.steps, found.sizes.tolist()) == (0, 0, (), [])
    assert math.isnan(found.whole.events.median) and math.isnan(found.stages[0].mean)


@pytest.mark.parametrize(
    "wrong",
    [
        {"goals": [0]},
        {"landmark_us": -1},
        {"window_us": -1},
        {"idle_us": -1},
        {"stages": [[1], [1]]},
        {"shown": range(1_025)},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"shown": [1], "start": 0, "goals": [2], "window_us": 1, "as_of_us": 9} | wrong
    with pytest.raises(ValueError, match=r"."):
        CasesFold(**asked)


def test_two_threads_find_what_one_finds() -> None:
    random = np.random.default_rng(5)
    length = random.integers(0, 12, 90_000)
    offset = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
    total = int(offset[-1])
    events = Slice(
        np.arange(len(length)), offset, np.cumsum(random.integers(0, 9, total)),
        random.integers(0, 5, total).astype(np.uint16), np.arange(total),
        dimensions={"channel": random.integers(0, 3, total).astype(np.uint16)},
    )  # fmt: skip
    fold = CasesFold(
        range(5), start=0, goals=[2], window_us=30, as_of_us=10**9, stages=[[1]], across="channel",
        channels=("a", "b", "c"),
    )  # fmt: skip
    found = [running.run(fold, [events], threads) for threads in (1, 2)]
    assert repr(found[0]) == repr(found[1])
    assert found[0].whole.closed > 20_000
