"""On real logs the kernels equal pm4py, and on its shop's events retentioneering.

What they answer is kept in `expected`; `python -m tools.expected` asks them again, in environments of their own.
pm4py's tables are kept as digests of their sorted rows, with the events' names.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.kernels.logs import Log, log, shop
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph
from sojourn.engine.kernels.sessions import SessionsFold
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.variants import VariantsFold

pytestmark = pytest.mark.data
EXPECTED = Path(__file__).parent / "expected"
PM4PY: dict[str, Any] = json.loads((EXPECTED / "pm4py.json").read_text())["logs"]
RETENTIONEERING: dict[str, Any] = json.loads((EXPECTED / "retentioneering.json").read_text())
ALWAYS_US = 2**61
MINUTE_US = 60_000_000


def digest(rows: Any) -> str:
    return hashlib.sha256(json.dumps(sorted(rows), separators=(",", ":")).encode()).hexdigest()[:32]


def graph_of(real: Log) -> Graph:
    return running.run(GraphFold(lens.every(len(real.names))), [real.events], threads=2)


def by_name(real: Log, codes: Any, counts: Any) -> list[list[Any]]:
    pairs = zip(codes.tolist(), counts.tolist(), strict=True)
    return [[real.names[code], count] for code, count in pairs if count]


@pytest.mark.parametrize("name", PM4PY)
def test_graph_starts_ends_and_variants_equal_pm4py(name: str) -> None:
    real, expected = log(name), PM4PY[name]
    graph = graph_of(real)
    edges = zip(graph.source.tolist(), graph.target.tolist(), graph.count.tolist(), strict=True)
    named = [[real.names[source], real.names[target], count] for source, target, count in edges]
    starts, ends = by_name(real, graph.node, graph.starts), by_name(real, graph.node, graph.ends)
    fold = VariantsFold(lens.every(len(real.names)), top=60_000, longest=100_000)
    variants = running.run(fold, [real.events], threads=2)
    assert {
        "events": graph.total_events,
        "cases": graph.total_customers,
        "edges": len(named),
        "graph": digest(named),
        "starts": digest(starts),
        "ends": digest(ends),
        "start_activities": len(starts),
        "end_activities": len(ends),
        "variants": variants.distinct,
        "ways": digest([[real.names[code] for code in each.events], each.customers] for each in variants.top),
    } == expected


@pytest.fixture(scope="module")
def clicks() -> Log:
    return shop()


def test_transitions_users_and_median_times_equal_retentioneering(clicks: Log) -> None:
    graph = graph_of(clicks)
    columns = (graph.source, graph.target, graph.count, graph.customers, graph.median_gap)
    edges = [
        [clicks.names[source], clicks.names[target], count, customers, median / 1e6]
        for source, target, count, customers, median in zip(*(each.tolist() for each in columns), strict=True)
    ]
    whole = RETENTIONEERING["edges"]
    assert sorted(edges) == [edge for edge in whole if edge[0] != "path_start" and edge[1] != "path_end"]
    assert sorted(by_name(clicks, graph.node, graph.starts)) == [edge[1:3] for edge in whole if edge[0] == "path_start"]
    ends = [[source, count] for source, target, count, *_ in whole if target == "path_end"]
    assert sorted(by_name(clicks, graph.node, graph.ends)) == ends


def test_counts_of_events_equal_retentioneering(clicks: Log) -> None:
    steps = running.run(StepsFold(), [clicks.events])
    assert dict(by_name(clicks, steps.node, steps.times)) == RETENTIONEERING["counts"]
    assert steps.total_events == RETENTIONEERING["events"]


@pytest.mark.parametrize(("steps", "reached"), RETENTIONEERING["funnels"])
def test_a_funnel_without_a_window_equals_retentioneering(clicks: Log, steps: list[str], reached: list[int]) -> None:
    fold = FunnelFold([[clicks.names.index(step)] for step in steps], window_us=ALWAYS_US)
    np.testing.assert_array_equal(running.run(fold, [clicks.events]).reached, reached)


@pytest.mark.parametrize(("minutes", "sessions"), RETENTIONEERING["sessions"])
def test_sessions_by_timeout_equal_retentioneering(clicks: Log, minutes: int, sessions: int) -> None:
    fold = SessionsFold(lens.every(len(clicks.names)), timeout_us=minutes * MINUTE_US)
    assert running.run(fold, [clicks.events]).sessions == sessions
