"""Sessions, cut after half an hour without events.

A row of figures (sessions, customers, bounces, mean, median and 90th percentile of events and of durations), a row of
the sums by customer that intervals need, and a row for each event that sessions begin (1) or end (2) with: sessions,
customers `k > 0`, and sums of `k * k` and `n * k` over customers with `n` sessions, `k` of them so.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.sessions import TIMEOUT_US, Sessions, SessionsFold
from tools.peers.events import CODES
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

_FIGURES = """count(*), count(*) filter (opens), count(*) filter (size = 1), avg(size), quantile_cont(size, 0.5),
              quantile_cont(size, 0.9), avg(lasted), quantile_cont(lasted, 0.5), quantile_cont(lasted, 0.9)"""
_CUT = f"""
    flagged as (select customer, t, event, row, lag(customer) over () as who, lag(t) over () as before,
                       lag(event) over () as last from log),
    begun as (select *, who is null or who != customer as opens from flagged
              where who is null or who != customer or t - before > {TIMEOUT_US})
"""
# Of a session only its first event is looked at: what stands before the next session's first is this one's last.
STARTS = f"""
    with {_CUT},
    total as (select max(row) + 1 as rows, max_by(t, row) as t, max_by(event, row) as event from log),
    sessions as (select customer, opens, event as entry,
                        coalesce(lead(last) over (), (select event from total)) as exit,
                        coalesce(lead(row) over (), (select rows from total)) - row as size,
                        coalesce(lead(before) over (), (select t from total)) - t as lasted from begun)
"""
# The usual way: number the sessions by a running sum, then group.
GROUPED = f"""
    with flagged as (select customer, t, event, row, lag(customer) over () is distinct from customer as opens,
                            lag(t) over () as before from log),
    numbered as (select *, sum((opens or t - before > {TIMEOUT_US})::integer) over (rows unbounded preceding) as session
                 from flagged),
    sessions as (select any_value(customer) as customer, bool_or(opens) as opens,
                        min_by(event, row) as entry, max_by(event, row) as exit,
                        count(*) as size, max(t) - min(t) as lasted from numbered group by session)
"""
_EDGE = """
    union all select {side}, {edge}, [sum(k), count(*), sum(k * k), sum(n * k)]
    from (select customer, {edge}, count(*) as k from kept group by all) join mine using (customer) group by {edge}
"""
_SESSIONS = f"""
    , kept as materialized (select * from sessions),
    mine as materialized (select customer, count(*) as n, count(*) filter (size = 1) as b, sum(size) as e,
                                 sum(lasted) // 1000000 as d from kept group by customer)
    select 0, 0, [{_FIGURES}] from kept
    union all select 0, 1, [sum(n * n), sum(b * b), sum(n * b), sum(e * e), sum(n * e), sum(d), sum(d * d), sum(n * d)]
    from mine {_EDGE.format(side=1, edge="entry")} {_EDGE.format(side=2, edge="exit")}
"""
# A customer's sessions in arrays. The k-th of a kind adds k * k - (k - 1) * (k - 1) to the sum of squares, so nothing
# is grouped by customer again.
_CUSTOMERS = f"""
    create or replace table kept engine = Memory as
    with arrayFilter((i, gap) -> i = 1 or gap > {TIMEOUT_US}, arrayEnumerate(ts), arrayDifference(ts)) as starts,
         arrayPushBack(arrayMap(i -> (i - 1)::UInt32, arrayPopFront(starts)), length(ts)) as ends
    select length(starts)::Int64 as n, arrayMap(i -> es[i], starts) as entry, arrayMap(i -> es[i], ends) as exit,
           arrayMap((i, j) -> j - i + 1, starts, ends) as size,
           arrayMap((i, j) -> ts[j] - ts[i], starts, ends) as lasted
    from (select groupArray(event) as es, groupArray(t) as ts from log group by customer)
"""
_ARRAYS_EDGE = """
    union all
    select {side}, code, arrayMap(x -> x::Float64, [
        count()::Int64, countIf(nth = 1)::Int64, sum(2 * nth - 1)::Int64, sum(n)]), [], [], [], []
    from kept array join {edge} as code, arrayEnumerateUniq({edge}) as nth group by code
"""
ARRAYS = f"""
    {_CUSTOMERS};
    select 0, 0, arrayMap(
        x -> x::Float64, [sum(n), count()::Int64, sum(arrayCount(s -> s = 1, size)::Int64)]) as counts,
        [sum(arraySum(size)) / sum(n)] as events, quantilesExactInclusiveArray(0.5, 0.9)(size) as sizes,
        [sum(arraySum(lasted)) / sum(n)] as mean, quantilesExactInclusiveArray(0.5, 0.9)(lasted) as durations from kept
    union all
    select 0, 1, arrayMap(x -> x::Float64, [
        sum(n * n), sum(b * b), sum(n * b), sum(e * e), sum(n * e), sum(d), sum(d * d), sum(n * d)]), [], [], [], []
    from (select n, arrayCount(s -> s = 1, size)::Int64 as b, arraySum(size)::Int64 as e,
                 intDiv(arraySum(lasted), 1000000) as d from kept)
    {_ARRAYS_EDGE.format(side=1, edge="entry")} {_ARRAYS_EDGE.format(side=2, edge="exit")}
"""


def rows(answer: Sessions) -> Any:
    """Lay Sojourn's answer out."""
    figures = [
        answer.sessions, answer.customers, answer.bounces, answer.events / answer.sessions, answer.median_events,
        answer.p90_events, answer.mean_duration, answer.median_duration, answer.p90_duration,
    ]  # fmt: skip
    sums = [
        answer.sessions_squares, answer.bounces_squares, answer.bounces_products, answer.events_squares,
        answer.events_products, answer.seconds, answer.seconds_squares, answer.seconds_products,
    ]  # fmt: skip
    edges = [
        [side, code, *row]
        for side, table in ((1, answer.entries), (2, answer.exits))
        for code, row in zip(answer.node.tolist(), table.tolist(), strict=True)
        if row[0]
    ]
    return [[0, 0, *figures], [0, 1, *sums], *edges]


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""

    def sessions() -> Any:
        other = (pl.col("customer") != pl.col("customer").shift(1)).fill_null(True)
        begun = lazy.select(
            "customer", "t", "event", "row", other.alias("opens"), pl.col("t").shift(1).alias("before"),
            pl.col("event").shift(1).alias("last"),
        ).filter(pl.col("opens") | (pl.col("t") - pl.col("before") > TIMEOUT_US))  # fmt: skip
        end = lazy.select(pl.col("t").last(), pl.col("event").last(), pl.len().alias("rows"))
        found, ending = pl.collect_all([begun, end])
        cut = found.select(
            "customer",
            "opens",
            pl.col("event").alias("entry"),
            pl.col("last").shift(-1, fill_value=ending["event"][0]).alias("exit"),
            (pl.col("row").shift(-1, fill_value=ending["rows"][0]) - pl.col("row")).alias("size"),
            (pl.col("before").shift(-1, fill_value=ending["t"][0]) - pl.col("t")).alias("lasted"),
        )
        return [(0, 0, _figures(cut)), *_sums(cut)]

    return {"shifts": sessions}


def _figures(cut: pl.DataFrame) -> list[Any]:
    size, lasted = cut["size"], cut["lasted"]
    return [
        len(cut), cut["opens"].sum(), (size == 1).sum(), size.mean(), size.median(), size.quantile(0.9, "linear"),
        lasted.mean(), lasted.median(), lasted.quantile(0.9, "linear"),
    ]  # fmt: skip


def _sums(cut: pl.DataFrame) -> list[tuple[Any, ...]]:
    mine = cut.group_by("customer", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n"), (pl.col("size") == 1).sum().cast(pl.Int64).alias("b"),
        pl.col("size").sum().cast(pl.Int64).alias("e"), (pl.col("lasted").sum() // 1_000_000).alias("d"),
    )  # fmt: skip
    n, b, e, d = (pl.col(name) for name in "nbed")
    products = (n * n, b * b, n * b, e * e, n * e, d, d * d, n * d)
    sums = mine.select(product.sum().alias(str(place)) for place, product in enumerate(products)).row(0)
    edges: list[tuple[Any, ...]] = []
    for side, name in ((1, "entry"), (2, "exit")):
        k = pl.col("k").cast(pl.Int64)
        each = cut.group_by("customer", name).agg(pl.len().alias("k")).join(mine, on="customer")
        table = each.group_by(name).agg(
            k.sum().alias("k"), pl.len().alias("customers"), (k * k).sum().alias("kk"), (n * k).sum().alias("nk")
        )
        edges += [(side, code, figures) for code, *figures in table.rows()]
    return [(0, 1, list(sums)), *edges]


QUESTION = Question(
    name="sessions",
    asks="cut after half an hour: figures of sizes and durations with their exact quantiles, sums by customer for "
    "intervals, and what sessions begin and end with",
    fold=lambda: SessionsFold(lens.every(CODES)),
    rows=rows,
    duckdb={"starts only": Sql(STARTS + _SESSIONS), "grouped": Sql(GROUPED + _SESSIONS)},
    chdb={"arrays": Sql(ARRAYS, 1)},
    polars=polars,
    wanted=10,
)
