"""Answers on small logs equal the naive twins, filters included."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sojourn as sj
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive.sessions import sessions as naive_sessions
from sojourn.engine.kernels.words import Slice

NAMES = "abcd"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
rows = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from(NAMES), st.integers(0, 9), st.sampled_from(["w", "m", None])),
    max_size=14,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "names": st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        "since": st.integers(0, 5),
        "until": st.integers(6, 10),
        "having": st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        "channel": st.lists(st.sampled_from(["w", "m", ""]), min_size=1, unique=True),
    },
)
Row = tuple[str, str, int, str | None]


def log_of(made: list[Row]) -> sj.Log:
    columns = list(zip(*made, strict=True)) or [(), (), (), ()]
    return sj.from_dataframe(
        pa.table(
            {
                "user_id": pa.array(columns[0], pa.string()),
                "event": pa.array(columns[1], pa.string()),
                "timestamp": pa.array(
                    [BEGIN + timedelta(days=day) for day in columns[2]], pa.timestamp("us", tz="UTC")
                ),
                "channel": pa.array(columns[3], pa.string()),
            }
        )
    )


def kept(made: list[Row], asked: dict[str, object]) -> dict[str, list[tuple[int, str]]]:
    """Filter as the definition says, in plain Python: each customer's (day, name) in order."""
    shown = [
        row
        for row in made
        if asked.get("since", -1) <= row[2] < asked.get("until", 99)  # type: ignore[operator]
        and (row[3] or "") in asked.get("channel", ["w", "m", ""])  # type: ignore[operator]
    ]
    has = {row[0] for row in shown if row[1] in asked.get("having", NAMES)}  # type: ignore[operator]
    found = defaultdict(list)
    for row in shown:
        if row[0] in has and row[1] in asked.get("names", NAMES):  # type: ignore[operator]
            found[row[0]].append((row[2], row[1]))
    return {who: sorted(history, key=lambda event: event[0]) for who, history in found.items()}


def said(asked: dict[str, object]) -> dict[str, object]:
    instants = {name: BEGIN + timedelta(days=asked[name]) for name in ("since", "until") if name in asked}  # type: ignore[arg-type]
    return asked | instants


@settings(deadline=None, max_examples=60)
@given(rows, filters)
def test_graph_variants_and_steps_equal_their_twins(made: list[Row], asked: dict[str, object]) -> None:
    every = [("x", name, 0, "w") for name in NAMES] + [("x", "a", 0, "m")]
    made = every + made
    log = log_of(made).where(**said(asked))  # type: ignore[arg-type]
    histories = [[(day * DAY_US, NAMES.index(name)) for day, name in each] for each in kept(made, asked).values()]
    graph = log.graph(paths=1)
    edges = naive.graph(histories)
    assert {
        (NAMES.index(p.source), NAMES.index(p.target)): (p.times, p.customers, p.mean_s, p.median_s, p.p90_s)
        for p in graph.paths
    } == {edge: (n, who, *(us / 1e6 for us in gaps)) for edge, (n, who, *gaps) in edges.items()}
    nodes = naive.nodes(histories)
    assert {NAMES.index(s.name): (s.times, s.customers, s.repeaters, s.starts, s.ends) for s in graph.steps} == nodes
    assert graph.coverage.customers == len(histories)
    assert graph.coverage.events == sum(map(len, histories))
    assert [
        (tuple(NAMES.index(name) for name in row.steps), row.customers, row.median_s * 1e6)
        for row in log.variants(top=1_000).rows
    ] == naive.variants(histories, 256)


@settings(deadline=None, max_examples=60)
@given(
    rows, st.lists(st.sampled_from([*NAMES, ("a", "b")]), min_size=1, max_size=4), st.integers(1, 6), st.integers(0, 4)
)
def test_funnels_equal_their_twin(made: list[Row], steps: list[str], window: int, since: int) -> None:
    made = [("x", name, 0, "w") for name in NAMES] + made
    found = log_of(made).where(since=BEGIN + timedelta(days=since)).funnel(steps, window_days=window)
    events = as_slice(kept(made, {}))
    reached, gaps, totals = naive.funnel(
        [events], [[NAMES.index(name) for name in step] for step in steps], window * DAY_US, since * DAY_US
    )
    assert [each.customers for each in found.steps] == reached
    assert [each.median_s for each in found.steps] == [median(each) for each in gaps]
    assert found.median_total_s == median(totals)


@settings(deadline=None, max_examples=60)
@given(rows, st.integers(1, 4))
def test_completion_equals_its_twin(made: list[Row], window: int) -> None:
    made = [("x", name, 0, "w") for name in NAMES] + made
    found = log_of(made).completion(start="a", goals=["b"], outcomes={"left": "c"}, window_days=window).rows[0]
    journeys = naive.journeys([as_slice(kept(made, {}))], 0, [[1], [2]], window * DAY_US)
    as_of = max(row[2] for row in made) * DAY_US + 1
    closed = [journey for each in journeys for journey in each if journey[0] + window * DAY_US < as_of]
    assert found.started == sum(map(len, journeys))
    assert found.closed == len(closed)
    endings = [ending for _, ending, _ in closed]
    assert found.counts == {"completed": endings.count(0), "abandoned": endings.count(None), "left": endings.count(1)}


@settings(deadline=None, max_examples=60)
@given(rows, st.integers(1, 3), st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
def test_sessions_equal_their_twin(made: list[Row], days: int, starts: list[str]) -> None:
    made = [("x", name, 0, "w") for name in NAMES] + made
    found = log_of(made).sessions(timeout_minutes=days * 1_440, starts=starts)
    histories = [[(day * DAY_US, NAMES.index(name)) for day, name in each] for each in kept(made, {}).values()]
    sessions = [s for each in histories for s in naive_sessions(each, days * DAY_US, [NAMES.index(n) for n in starts])]
    assert (found.sessions, found.events) == (len(sessions), len(made))
    assert found.bounces.value == pytest.approx(sum(len(each) == 1 for each in sessions) / len(sessions))
    assert found.median_s == median([each[-1][0] - each[0][0] for each in sessions])
    begun = Counter(NAMES[each[0][1]] for each in sessions)
    assert {each.name: each.sessions for each in found.entries} == begun


def as_slice(histories: dict[str, list[tuple[int, str]]]) -> Slice:
    each = list(histories.values())
    flat = [event for history in each for event in history]
    return Slice(
        customer=np.arange(len(each)),
        offset=np.cumsum([0, *map(len, each)]),
        at=np.array([day * DAY_US for day, _ in flat], np.int64),
        event=np.array([NAMES.index(name) for _, name in flat], np.uint16),
        row=np.arange(len(flat)),
    )


def median(gaps: list[int]) -> float | None:
    return naive.percentile(gaps, 0.5) / 1e6 if gaps else None
