"""Weekly retention: cohorts by the week of a customer's first `START`, and who has any event how many weeks later.

Any event after the first start in the order of events counts as a return, by whole weeks from 0 to `FURTHEST`; 52
weeks, and only cells whose week has passed. A row for each such cell with anyone in it: cohort, distance, customers;
and one for each cohort with distance -1: its customers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from sojourn.engine.kernels.retention import Retention, RetentionFold
from tools.peers.events import HOUR_US
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

START, CODES = 0, 256
WEEKS, FURTHEST = 52, 12
BEGIN_US = 1_700_000_000_000_000
WEEK_US = 7 * 24 * HOUR_US

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
    union all select * from sizes
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
    union all select * from sizes
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
    union all select * from sizes
"""
# chDB's `retention` asks whether conditions hold that are the same for all; distances from a customer's own start need
# arrays. Distance -1 stands for the start itself.
ARRAYS = f"""
    select cohort, distance, count() from (
        select intDiv(ts[place] - {BEGIN_US}, {WEEK_US}) as cohort, arrayPushFront(arrayDistinct(arrayFilter(
                   d -> d between 0 and {FURTHEST} and cohort + d < {WEEKS},
                   arrayMap(u -> intDiv(u - {BEGIN_US}, {WEEK_US}) - cohort, arraySlice(ts, place + 1)))), -1) as came
        from (select indexOf(groupArray(event), {START}) as place, groupArray(t) as ts from log group by customer)
        where place > 0 and cohort between 0 and {WEEKS - 1})
    array join came as distance group by cohort, distance
"""


def fold() -> RetentionFold:
    """Give Sojourn's fold."""
    return RetentionFold(
        start=[START],
        returns=range(CODES),
        edges=BEGIN_US + WEEK_US * np.arange(WEEKS + 1),
        brackets=[(distance, distance) for distance in range(FURTHEST + 1)],
        as_of_us=BEGIN_US + WEEK_US * WEEKS,
    )


def rows(answer: Retention) -> Any:
    """Lay Sojourn's answer out, empty cells left out."""
    cells = [[c, d, int(answer.returned[c, d])] for c, d in np.argwhere(answer.returned).tolist()]
    return [*cells, *([c, -1, n] for c, n in enumerate(answer.size.tolist()) if n)]


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
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
        return pl.concat([counted, sizes]).collect

    return {"asof join": answer(near), "join": answer(joined)}


QUESTION = Question(
    name="retention",
    asks=f"{WEEKS} weekly cohorts by the first of one event, and who has any event 0 to {FURTHEST} weeks later",
    fold=fold,
    rows=rows,
    duckdb={"window over weeks": Sql(WINDOW), "bits": Sql(BITS), "count distinct": Sql(DISTINCT)},
    chdb={"arrays": Sql(ARRAYS, 1)},
    polars=polars,
)
