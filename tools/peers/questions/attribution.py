"""Attribution: a row for each touchpoint, its credit in conversions by the five rules.

First touch, last touch, equal parts, time decay, position (40, 20, 40). A conversion's touches are those after the
customer's conversion before it, at most a window before it.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from sojourn.engine.kernels.attribution import AttributionFold, AttributionSums
from tools.peers.events import HOUR_US
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

OUTCOME = 12
TOUCHPOINTS = tuple(range(12))
DAY_US = 24 * HOUR_US
WINDOW_US, HALF_LIFE_US = 7 * DAY_US, DAY_US

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
    from {} group by 1
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
# The events of customers with an outcome as arrays, split behind each outcome; the pieces' touches in the window.
ARRAYS = f"""
    with arrayReverseSplit((pair, e) -> e = {OUTCOME}, arrayZip(es, ts), es) as pieces
    select touch.1 as code, sum(nth = 1), sum(nth = n), sum(1 / n), sum(weight / whole),
           sum(multiIf(n = 1, 1., n = 2, .5, nth = 1 or nth = n, .4, .2 / (n - 2)))
    from (
        select arrayFilter(pair -> pair.1 in {TOUCHPOINTS} and piece[-1].2 - pair.2 <= {WINDOW_US}, piece) as path,
               length(path) as n, arrayMap(pair -> exp2((pair.2 - piece[-1].2) / {HALF_LIFE_US}), path) as weights,
               arraySum(weights) as whole
        from (select arrayJoin(pieces) as piece
              from (select groupArray(event) as es, groupArray(t) as ts from log
                    where event <= {OUTCOME} group by customer having has(es, {OUTCOME})))
        where piece[-1].1 = {OUTCOME} and n > 0)
    array join path as touch, weights as weight, arrayEnumerate(path) as nth
    group by code
"""


def fold() -> AttributionFold:
    """Give Sojourn's fold."""
    return AttributionFold(
        outcomes=[OUTCOME],
        touchpoints={code: code for code in TOUCHPOINTS},
        window_us=WINDOW_US,
        half_life_us=HALF_LIFE_US,
    )


def rows(answer: AttributionSums) -> Any:
    """Lay Sojourn's answer out."""
    credit = answer.credit.sum(axis=0)
    return [[code, *credit[code].tolist()] for code in TOUCHPOINTS if credit[code].any()]


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
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
        )  # fmt: skip
        return answer.collect

    return {"windows": shares(windowed), "grouped and joined": shares(joined)}


QUESTION = Question(
    name="attribution",
    asks="credits of twelve touchpoints by five rules within seven days, to six digits (the kernel's are whole numbers "
    "of 2**-30 conversions; it also gives them by 64 groups of customers, for intervals)",
    fold=fold,
    rows=rows,
    duckdb={"grouped and joined": Sql(JOINED_SQL), "windows": Sql(WINDOWED_SQL)},
    chdb={"arrays": Sql(ARRAYS, 1)},
    polars=polars,
    tolerance=1e-6,
)
