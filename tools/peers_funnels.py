"""Funnels strict and in any order beside DuckDB SQL on the same sorted, dictionary-coded columns, same answers checked.

``python -m tools.peers_funnels [events]``; by default 200 thousand events, each timed once after one run to warm up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from math import isnan

import duckdb
import numpy as np

from sojourn.engine.kernels import running
from sojourn.engine.kernels.funnel_asked import Order
from sojourn.engine.kernels.funnel_detail import FunnelDetailFold
from sojourn.engine.kernels.results import FunnelDetail
from sojourn.engine.kernels.words import Slice
from tools.bench_kernels import STEPS, THREADS, WINDOW_US, made, same, table_of

EVENTS = 200_000
NOBODY = -1.0  # the quantile of no times
QUESTIONS = (Order.STRICT, Order.ANY)


def strict_sql() -> str:
    """Compare each event and those before it with the steps; a customer's longest run of them counts."""
    last = len(STEPS)
    lags = ", ".join(
        f"lag(event, {k}) over w e{k}, lag(t, {k}) over w t{k}, lag(customer, {k}) over w c{k}" for k in range(1, last)
    )
    runs = []
    for length in range(last, 0, -1):
        first = length - 1
        taken = [f"event = {STEPS[first]}", *(f"e{k} = {STEPS[first - k]}" for k in range(1, length))]
        whole = f" and c{first} = customer and t - t{first} <= {WINDOW_US}" if first else ""
        runs.append(f"when {' and '.join(taken)}{whole} then {length}")
    instants = ["t", *(f"t{k}" for k in range(1, last))]
    gaps = [f"{instants[k]} - {instants[k + 1]}" for k in range(last - 1)]
    return _summed(
        f"seen as (select customer, row, event, t, {lags} from log window w as (order by row)), "
        f"runs as (select *, case {' '.join(runs)} else 0 end as taken, [{', '.join(gaps)}] as back from seen), "
        "chosen as (select customer, max(taken) level, arg_max(back, (taken, -row)) back from runs where taken > 0 "
        "group by customer), "
        "told as (select level, list_reverse(back[1:level - 1]) gaps from chosen)"
    )


def any_sql() -> str:
    """Find the last instant of every step at most the window ago, by event; a customer's largest set counts."""
    last = [
        f"last_value(case when event = {step} then t end ignore nulls) over w s{at}" for at, step in enumerate(STEPS)
    ]
    fresh = ", ".join(f"case when t - s{at} <= {WINDOW_US} then s{at} end" for at in range(len(STEPS)))
    steps = ", ".join(map(str, STEPS))
    return _summed(
        f"seen as (select customer, row, t, {', '.join(last)} from log where event in ({steps}) "
        "window w as (partition by customer order by row rows unbounded preceding)), "
        f"sets as (select customer, row, list_sort(list_filter([{fresh}], lambda s: s is not null)) instants "
        "from seen), "
        "chosen as (select customer, max(len(instants)) level, arg_max(instants, (len(instants), -row)) instants "
        "from sets group by customer), "
        "told as (select level, list_transform(range(1, level), "
        "lambda k: instants[k + 1] - instants[k]) gaps from chosen)"
    )


def _summed(tables: str) -> str:
    reached = ", ".join(f"count(*) filter (level > {k})" for k in range(len(STEPS)))
    gaps = ", ".join(f"quantile_cont(gaps[{k}], 0.5), quantile_cont(gaps[{k}], 0.9)" for k in range(1, len(STEPS)))
    total = f"quantile_cont(list_sum(gaps), 0.5) filter (level = {len(STEPS)})"
    return f"with {tables} select {reached}, {gaps}, {total} from told"


def by_kernel(events: Slice, order: Order, threads: int = 1) -> list[list[float]]:
    """Give the kernel's answer."""
    fold = FunnelDetailFold([[step] for step in STEPS], window_us=WINDOW_US, order=order)
    found: FunnelDetail = running.run(fold, [events], threads)
    gaps = np.column_stack([found.median_gap, found.p90_gap])[1:].ravel()
    told = [*found.whole.times[0].tolist(), *gaps.tolist(), found.median_total]
    return [[NOBODY if isnan(value) else value for value in told]]


def by_duckdb(connection: duckdb.DuckDBPyConnection, order: Order) -> list[list[float]]:
    """Give DuckDB's answer."""
    row = connection.sql(strict_sql() if order is Order.STRICT else any_sql()).fetchall()[0]
    return [[NOBODY if value is None else float(value) for value in row]]


def measure(events: int = EVENTS) -> str:
    """Check and time both once, as a table in Markdown; raise SystemExit when two answers differ."""
    given = made(events)
    connection = duckdb.connect()
    connection.sql(f"set enable_progress_bar=false; set threads={THREADS}")
    connection.register("given", table_of(given))
    connection.sql("create table log as select * from given order by row")
    lines = ["| funnel | Sojourn CPU ms | DuckDB CPU ms | times less |", "| --- | --- | --- | --- |"]
    for order in QUESTIONS:
        if not same(by_kernel(given, order), by_duckdb(connection, order)):
            raise SystemExit(f"DuckDB answers the {order} funnel differently")
        mine, theirs = _cpu(lambda: by_kernel(given, order)), _cpu(lambda: by_duckdb(connection, order))  # noqa: B023
        lines.append(f"| {order} | {mine:,.1f} | {theirs:,.1f} | {theirs / mine:.1f} |")
    return "\n".join(lines)


def _cpu(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return (time.process_time() - before) * 1_000


if __name__ == "__main__":
    print(measure(*(int(argument.replace("_", "")) for argument in sys.argv[1:])))
