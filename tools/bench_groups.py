"""Funnels and endings per household beside those per customer, on random events; the gathering is timed apart."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.running import run
from sojourn.engine.kernels.words import Slice
from sojourn.engine.timeline.gathering import gathered

TITLE = "Per household"
EVENTS, CUSTOMERS, HOUSEHOLDS, CODES, ROUNDS = 1_000_000, 45_000, 15_000, 20, 7
DAY_US = 86_400_000_000
STEPS = [[1], [2], [3], [4], [5]]


def measure() -> str:
    """Time the kernels over customers and over households of two."""
    alone = _random()
    members = np.arange(1, 2 * HOUSEHOLDS + 1, dtype=np.int64)
    group = (members + 1) // 2

    def gather() -> Slice:
        return gathered([alone], customer=members, group=group, cluster=group)

    households = gather()
    funnel = FunnelFold(STEPS, window_us=7 * DAY_US)
    endings = CompletionFold(start=1, goals=[5], outcomes=[], window_us=7 * DAY_US, as_of_us=365 * DAY_US)
    rows = [
        f"| {name} | {_least(lambda fold=fold: run(fold, [alone])):.1f} ms "  # type: ignore[misc]
        f"| {_least(lambda fold=fold: run(fold, [households])):.1f} ms, once gathered |"  # type: ignore[misc]
        for name, fold in (("funnel", funnel), ("completion", endings))
    ]
    return "\n".join([
        f"{EVENTS:,} random events of {CUSTOMERS:,} customers, {2 * HOUSEHOLDS:,} of them in "
        f"{HOUSEHOLDS:,} households, whose events alone are asked about per household; "
        f"{len(STEPS)} steps and 7 days; CPU time of one thread, the least of {ROUNDS}.",
        "",
        "| | per customer | per household |",
        "| --- | --- | --- |",
        *rows,
        f"| gathering {len(households.at):,} events of households, kept for the next questions | "
        f"| {_least(gather):.0f} ms |",
    ])  # fmt: skip


def _random() -> Slice:
    random = np.random.default_rng(0)
    ends = np.sort(random.integers(0, EVENTS, CUSTOMERS - 1))
    offset = np.r_[0, ends, EVENTS].astype(np.int64)
    at = random.integers(0, 365 * DAY_US, EVENTS)
    who = np.repeat(np.arange(CUSTOMERS), np.diff(offset))
    at = at[np.lexsort((at, who))]
    event = random.integers(0, CODES, EVENTS).astype(np.uint16)
    customer = np.arange(1, CUSTOMERS + 1, dtype=np.int64)
    return Slice(
        customer=customer, offset=offset, at=at, event=event, row=np.arange(EVENTS, dtype=np.int64), dimensions={}
    )


def _least(asked: Callable[[], object]) -> float:
    """Give the least CPU time in milliseconds; the first round, which may compile, is not counted."""
    asked()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        asked()
        times.append(time.process_time() - began)
    return 1_000 * min(times)
