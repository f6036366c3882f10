"""Attribution beside DuckDB SQL and Polars, for `bench_kernels`: the same credits from the same columns.

An answer is a row for each touchpoint: its credit, in conversions, by the first touch, the last, equal parts, time
decay and position (40, 20, 40). A conversion's touches are those after the customer's conversion before it, at most a
window before it. The kernel gives these credits by 64 groups of customers, for intervals, and in the same pass also the
paths that did not convert, transitions and sets, which Markov removal effects and Shapley values need.

``python -m tools.peers_attribution [events]`` checks that all ways agree and times each once; by default 200 thousand.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the server does; read when NumPy is imported

import duckdb
import numpy as np
import polars as pl

from sojourn.engine.kernels.attribution import AttributionFold, AttributionSums
from sojourn.engine.kernels.words import Slice

OUTCOME = 12
TOUCHPOINTS = tuple(range(12))
DAY_US = 24 * 3_600_000_000
WINDOW_US, HALF_LIFE_US = 7 * DAY_US, DAY_US
TOLERANCE = 1e-6  # the kernel's credits are whole numbers of 2**-30 conversions

Answer = Any
Run = Callable[[], Answer]
Rows = list[list[float]]


def fold(_events: Slice | None = None) -> AttributionFold:
    """Give Sojourn's fold."""
    return AttributionFold(
        outcomes=[OUTCOME],
        touchpoints={code: code for code in TOUCHPOINTS},
        window_us=WINDOW_US,
        half_life_us=HALF_LIFE_US,
    )


PATHS_SQL = f"""
    touches as (select customer, t, event, row from log where event in {TOUCHPOINTS}),
    outcomes as (select customer, t, row from log where event = {OUTCOME}),
    paths as (select e.event, e.row, o.row conversion, pow(2.0, (e.t - o.t) / {HALF_LIFE_US}.0) weight
              from touches e asof join outcomes o on e.customer = o.customer and e.row < o.row
              where o.t - e.t <= {WINDOW_US})
"""
SHARES_SQL = """
    select event, sum((row = first)::int), sum((row = last)::int), sum(1.0::double / n), sum(weight / whole),
           sum(case n when 1 then 1.0 when 2 then 0.5
               else case when row in (first, last) then 0.4 else 0.2::double / (n - 2) end end::double)
    from {} group by 1 order by 1
"""
JOINED_SQL = f"""
    with {PATHS_SQL},
    wholes as (select conversion, count(*) n, min(row) first, max(row) last, sum(weight) whole from paths group by 1)
    {SHARES_SQL.format("paths join wholes using (conversion)")}
"""
WINDOWED_SQL = f"""
    with {PATHS_SQL},
    weighed as (select *, count(*) over w n, min(row) over w first, max(row) over w as last, sum(weight) over w whole
                from paths window w as (partition by conversion))
    {SHARES_SQL.format("weighed")}
"""
DUCK = {"grouped and joined": JOINED_SQL, "windows": WINDOWED_SQL}


def duck(connection: duckdb.DuckDBPyConnection) -> dict[str, Run]:
    """Give DuckDB's ways over the table `log` (customer, t, event, row), which is stored in order."""

    def run(sql: str) -> Run:
        return lambda: connection.sql(sql).fetchall()

    return {name: run(sql) for name, sql in DUCK.items()}


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways over a frame that is known to be sorted by customer and row."""
    outcomes = lazy.filter(pl.col("event") == OUTCOME).select(
        "row", pl.col("row").alias("conversion"), pl.col("t").alias("at"), pl.col("customer").alias("who")
    )
    paths = (
        lazy.filter(pl.col("event").is_in(TOUCHPOINTS))
        .join_asof(outcomes, on="row", strategy="forward", allow_exact_matches=False)
        # rows grow with customers, so the nearest later row of another customer is refused afterwards
        .filter((pl.col("who") == pl.col("customer")) & (pl.col("at") - pl.col("t") <= WINDOW_US))
        .select("event", "row", "conversion", (2.0 ** ((pl.col("t") - pl.col("at")) / HALF_LIFE_US)).alias("weight"))
    )
    whole = {
        "n": pl.len(), "first": pl.col("row").min(), "last": pl.col("row").max(), "whole": pl.col("weight").sum()
    }  # fmt: skip
    joined = paths.join(paths.group_by("conversion").agg(**whole), on="conversion")
    windowed = paths.with_columns(**{name: made_.over("conversion") for name, made_ in whole.items()})
    is_first, is_last, n = pl.col("row") == pl.col("first"), pl.col("row") == pl.col("last"), pl.col("n").cast(pl.Int64)
    ends = pl.when(is_first | is_last).then(0.4).otherwise(0.2 / (n - 2))
    position = pl.when(n == 1).then(1.0).when(n == 2).then(0.5).otherwise(ends)

    def shares(weighed: pl.LazyFrame) -> Run:
        answer = weighed.group_by("event").agg(
            is_first.sum().alias("a"), is_last.sum().alias("b"), (1.0 / n).sum().alias("c"),
            (pl.col("weight") / pl.col("whole")).sum().alias("d"), position.sum().alias("e"),
        ).sort("event")  # fmt: skip
        return answer.collect

    return {"grouped and joined": shares(joined), "windows": shares(windowed)}


def checked(answer: Answer) -> Rows:
    """Bring an engine's answer into one form: rows of a touchpoint and its five credits."""
    if isinstance(answer, AttributionSums):
        credit = answer.credit.sum(axis=0)
        return [[float(code), *credit[code].tolist()] for code in TOUCHPOINTS if credit[code].any()]
    rows = answer.rows() if isinstance(answer, pl.DataFrame) else answer
    return [[float(each) for each in row] for row in rows]


def same(one: Rows, other: Rows) -> bool:
    """Compare two answers to six digits."""
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE))


def main(events: int = 200_000) -> None:
    """Check that all ways agree and print the CPU time of each, once; raise SystemExit when two differ."""
    from sojourn.engine.kernels import running
    from sojourn.engine.stats.attribution import credited
    from tools.bench_kernels import THREADS, made, table_of

    data = made(events)
    connection = duckdb.connect()
    connection.sql(f"set threads={THREADS}")
    table = table_of(data)
    connection.register("given", table)
    connection.sql("create table log as select * from given order by row")
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    lazy = frame.with_columns(pl.col("customer").set_sorted(), pl.col("row").set_sorted()).rechunk().lazy()
    ways: dict[str, Run] = {"Sojourn": lambda: running.run(fold(), [data])}
    ways |= {f"DuckDB, {name}": way for name, way in duck(connection).items()}
    ways |= {f"Polars, {name}": way for name, way in polars(lazy).items()}
    sums = ways["Sojourn"]()
    expected = checked(sums)
    for name, way in ways.items():
        if not same(checked(way()), expected):
            raise SystemExit(f"{name} answers differently")
        begun = time.process_time()
        way()
        print(f"{name}: {(time.process_time() - begun) * 1_000:,.1f} ms")
    begun = time.process_time()
    credited(sums)
    print(f"nine models with intervals from Sojourn's sums: {(time.process_time() - begun) * 1_000:,.1f} ms")
    print(f"{int(sums.credited.sum()):,} conversions credited to {len(expected)} touchpoints, the same in all")


if __name__ == "__main__":
    main(*(int(argument.replace("_", "")) for argument in sys.argv[1:]))
