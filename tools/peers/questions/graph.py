"""The directly-follows graph: each edge's times, customers, mean, and exact median and 90th percentile gap."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph
from tools.peers.events import CODES
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

STREAM = """
    select before::integer * 64 + event as edge, count(*), count(distinct customer), avg(gap),
           quantile_cont(gap, [0.5, 0.9])
    from (select event, customer, lag(event) over () before, lag(customer) over () = customer same,
                 t - lag(t) over () gap from log)
    where same group by 1
"""
WINDOW = """
    select before::integer * 64 + event as edge, count(*), count(distinct customer), avg(gap),
           quantile_cont(gap, [0.5, 0.9])
    from (select event, customer, lag(event) over w before, t - lag(t) over w gap
          from log window w as (partition by customer order by t, row))
    where before is not null group by 1
"""
_FIGURES = "quantilesExactInclusive(0.5, 0.9)(gap)"
# a customer's events in one array: pairs of neighbours, and which of them are the customer's first of their kind
ARRAYS = f"""
    select edge, count(), countIf(nth = 1), sum(gap) / count(), {_FIGURES}
    from (select arrayMap((a, b) -> a::UInt16 * 64 + b, arrayPopBack(es), arrayPopFront(es)) as edges,
                 arrayPopFront(arrayDifference(ts)) as gaps
          from (select groupArray(event) as es, groupArray(t) as ts from log group by customer))
    array join edges as edge, gaps as gap, arrayEnumerateUniq(edges) as nth
    group by edge
"""
LAGS = f"""
    select before::UInt16 * 64 + event as edge, count(), uniqExact(customer), sum(gap) / count(), {_FIGURES}
    from (select event, customer, lagInFrame(event) over w as before, lagInFrame(customer) over w as who,
                 t - lagInFrame(t) over w as gap
          from log window w as (rows between unbounded preceding and current row))
    where who = customer group by edge
"""


def rows(answer: Graph) -> Any:
    """Lay Sojourn's answer out."""
    edge = answer.source.astype(np.int64) * 64 + answer.target
    columns = (edge, answer.count, answer.customers, answer.mean_gap, answer.median_gap, answer.p90_gap)
    return np.column_stack(columns).tolist()


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""

    def graph(customers: pl.Expr) -> Run:
        pairs = lazy.select(
            (pl.col("event").shift(1).cast(pl.UInt16) * 64 + pl.col("event")).alias("edge"),
            (pl.col("t") - pl.col("t").shift(1)).alias("gap"),
            "customer",
            (pl.col("customer") == pl.col("customer").shift(1)).alias("same"),
        ).filter("same")
        answer = pairs.group_by("edge").agg(
            pl.len(), customers.alias("customers"), pl.col("gap").mean().alias("mean"),
            pl.col("gap").median().alias("median"), pl.col("gap").quantile(0.9, "linear").alias("p90"),
        )  # fmt: skip
        return answer.collect

    changes = (pl.col("customer") != pl.col("customer").shift(1)).sum() + 1  # groups keep the order of rows
    return {"changes of customer": graph(changes), "distinct customers": graph(pl.col("customer").n_unique())}


QUESTION = Question(
    name="graph",
    asks="each edge's times, customers, mean, median and 90th percentile gap",
    fold=lambda: GraphFold(lens.every(CODES)),
    rows=rows,
    duckdb={"lag over ()": Sql(STREAM), "lag over a window": Sql(WINDOW)},
    chdb={"arrays": Sql(ARRAYS, 1), "lags": Sql(LAGS, 1)},
    polars=polars,
    wanted=5,
)
