"""Weekly retention beside DuckDB SQL and Polars, for `bench_kernels`: the same cells from the same columns.

Cohorts are the weeks of the customers' first event `START`; a return is any event later in the order of
events, counted by whole weeks from 0 to `FURTHEST`; 52 weeks, and only cells whose week has passed. An answer is a row
for each such cell: cohort, distance, customers who returned; and one for each cohort with distance -1: its customers.

``python -m tools.peers_retention [events]`` checks that all ways agree and times each once; by default 200 thousand.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import polars as pl

from sojourn.engine.kernels.retention import Retention, RetentionFold
from sojourn.engine.kernels.words import Slice

START, CODES = 0, 256
WEEKS, FURTHEST = 52, 12
BEGIN_US = 1_700_000_000_000_000
WEEK_US = 7 * 24 * 3_600_000_000

Answer = Any
Run = Callable[[], Answer]
Rows = list[list[float]]


def fold(_events: Slice | None = None) -> RetentionFold:
    """Give Sojourn's fold."""
    return RetentionFold(
        start=[START],
        returns=range(CODES),
        edges=BEGIN_US + WEEK_US * np.arange(WEEKS + 1),
        brackets=[(distance, distance) for distance in range(FURTHEST + 1)],
        as_of_us=BEGIN_US + WEEK_US * WEEKS,
    )


_WEEK = f"(t - {BEGIN_US}) // {WEEK_US}"
# Rows are numbered in the order of events, so the smallest row of a customer's starts is the first start.
_STARTS = f"""
    starts as (select customer, min(row) as r0, (min(t) - {BEGIN_US}) // {WEEK_US} as cohort from log
               where event = {START} group by customer),
    sizes as (select cohort, -1 as distance, count(*) as n from starts
              where cohort between 0 and {WEEKS - 1} group by 1)
"""
_CELLS = f"cohort between 0 and {WEEKS - 1} and distance between 0 and {FURTHEST} and cohort + distance < {WEEKS}"
DISTINCT = f"""
    with {_STARTS},
    later as (select customer, cohort, {_WEEK} - cohort as distance from log join starts using (customer)
              where row > r0)
    select cohort, distance, count(distinct customer) as n from later where {_CELLS} group by 1, 2
    union all select * from sizes order by 1, 2
"""
_SUMS = ", ".join(f"sum((came >> {distance}) & 1)" for distance in range(FURTHEST + 1))
BITS = f"""
    with {_STARTS},
    later as (select customer, any_value(cohort) as cohort, bit_or(1 << ({_WEEK} - cohort)::integer) as came
              from log join starts using (customer)
              where row > r0 and {_WEEK} - cohort between 0 and {FURTHEST} group by customer),
    sums as (select cohort, [{_SUMS}] as n from later group by 1),
    cells as (select cohort, unnest(range({FURTHEST + 1})) as distance, unnest(n) as n from sums)
    select cohort, distance, n from cells where n > 0 and {_CELLS}
    union all select * from sizes order by 1, 2
"""
WINDOW = f"""
    with {_STARTS},
    weeks as (select customer, {_WEEK} as week, min(t) filter (event = {START}) as s,
                     min(row) filter (event = {START}) as r, max(row) as latest
              from log group by 1, 2),
    each as (select week, latest, min(r) over w as r0, (min(s) over w - {BEGIN_US}) // {WEEK_US} as cohort from weeks
             window w as (partition by customer)),
    later as (select cohort, week - cohort as distance from each where latest > r0)
    select cohort, distance, count(*) as n from later where {_CELLS} group by 1, 2
    union all select * from sizes order by 1, 2
"""
DUCK = {"count distinct": DISTINCT, "bits": BITS, "window over weeks": WINDOW}


def duck(connection: duckdb.DuckDBPyConnection) -> dict[str, Run]:
    """Give DuckDB's ways over the table `log` (customer, t, event, row), which is stored in order."""

    def run(sql: str) -> Run:
        return lambda: connection.sql(sql).fetchall()

    return {name: run(sql) for name, sql in DUCK.items()}


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways over a frame that is known to be sorted by customer and row."""
    week = (pl.col("t") - BEGIN_US) // WEEK_US
    starts = (
        lazy.filter(pl.col("event") == START)
        .select("customer", pl.col("row").alias("r0"), week.alias("cohort"))
        .unique("customer", keep="first", maintain_order=True)
    )
    in_time = pl.col("cohort").is_between(0, WEEKS - 1)
    sizes = starts.filter(in_time).group_by("cohort").agg(pl.len().cast(pl.Int64).alias("n"))
    sizes = sizes.select("cohort", pl.lit(-1, pl.Int64).alias("distance"), "n")
    returns = lazy.select("customer", "row", week.alias("week"))
    joined = returns.join(starts, on="customer", maintain_order="left").filter(pl.col("row") > pl.col("r0"))
    # rows grow with customers, so the nearest earlier first start of another customer is refused afterwards
    near = returns.join_asof(
        starts.rename({"customer": "who"}).with_columns(pl.col("r0").set_sorted()),
        left_on="row",
        right_on="r0",
        allow_exact_matches=False,
    ).filter(pl.col("who") == pl.col("customer"))

    def answer(later: pl.LazyFrame) -> Run:
        cells = later.with_columns((pl.col("week") - pl.col("cohort")).alias("distance")).filter(
            in_time
            & pl.col("distance").is_between(0, FURTHEST)
            & (pl.col("cohort") + pl.col("distance") < WEEKS)
        )  # fmt: skip
        # a customer's rows follow each other in time, so a change of customer or distance is a new pair
        new = (pl.col("customer") != pl.col("customer").shift(1)) | (pl.col("distance") != pl.col("distance").shift(1))
        counted = (
            cells.filter(new.fill_null(True)).group_by("cohort", "distance").agg(pl.len().cast(pl.Int64).alias("n"))
        )
        return pl.concat([counted, sizes]).sort("cohort", "distance").collect

    return {"join": answer(joined), "asof join": answer(near)}


def checked(answer: Answer) -> Rows:
    """Bring an engine's answer into one form: rows of cohort, distance and customers, empty cells left out."""
    if isinstance(answer, Retention):
        cells = [[c, d, int(answer.returned[c, d])] for c, d in np.argwhere(answer.returned).tolist()]
        return sorted([*cells, *([c, -1, n] for c, n in enumerate(answer.size.tolist()) if n)])
    rows = answer.rows() if isinstance(answer, pl.DataFrame) else answer
    return sorted([int(each) for each in row] for row in rows)


def main(events: int = 200_000) -> None:
    """Check that all ways agree and print the CPU time of each, once; raise SystemExit when two differ."""
    from sojourn.engine.kernels import running
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
    expected = checked(ways["Sojourn"]())
    for name, way in ways.items():
        if checked(way()) != expected:
            raise SystemExit(f"{name} answers differently")
        begun = time.process_time()
        way()
        print(f"{name}: {(time.process_time() - begun) * 1_000:,.1f} ms")
    print(f"{len(expected)} cells, the same in all")


if __name__ == "__main__":
    main(*(int(argument.replace("_", "")) for argument in sys.argv[1:]))
