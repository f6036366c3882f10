"""The strict funnel: each step directly after the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from sojourn.engine.kernels.funnels.asked import Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.results import FunnelDetail
from tools.peers.questions.funnel import FIRST, STEPS, WINDOW_US
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

LENGTHS = range(len(STEPS), 0, -1)


def rows(answer: FunnelDetail) -> Iterator[Any]:
    """Lay Sojourn's answer out."""
    gaps = np.column_stack([answer.median_gap, answer.p90_gap])[1:].ravel()
    yield [*answer.whole.times[0].tolist(), *gaps.tolist(), answer.median_total]


def taken(length: int) -> str:
    """Say in SQL that this event ends a run of the first `length` steps."""
    first = length - 1
    steps = [f"event = {STEPS[first]}", *(f"e{k} = {STEPS[first - k]}" for k in range(1, length))]
    return " and ".join(steps) + (f" and c{first} = customer and t - t{first} <= {WINDOW_US}" if first else "")


def runs() -> str:
    """Compare each event and those before it with the steps; a customer's longest run of them counts."""
    lags = ", ".join(
        f"lag(event, {k}) over w e{k}, lag(t, {k}) over w t{k}, lag(customer, {k}) over w c{k}"
        for k in range(1, len(STEPS))
    )
    whens = " ".join(f"when {taken(length)} then {length}" for length in LENGTHS)
    instants = ["t", *(f"t{k}" for k in range(1, len(STEPS)))]
    gaps = ", ".join(f"{instants[k]} - {instants[k + 1]}" for k in range(len(STEPS) - 1))
    return summed(
        f"seen as (select customer, row, event, t, {lags} from log window w as ()), "
        f"runs as (select *, case {whens} else 0 end as taken, [{gaps}] as back from seen), "
        "chosen as (select max(taken) as level, arg_max(back, (taken, -row)) as back from runs where taken > 0 "
        "group by customer), "
        "told as (select level, list_reverse(back[1:level - 1]) as gaps from chosen)"
    )


def summed(tables: str) -> str:
    """Count levels, and take quantiles of the gaps between steps, from a table `told`."""
    reached = ", ".join(f"count(*) filter (level > {k})" for k in range(len(STEPS)))
    gaps = ", ".join(f"quantile_cont(gaps[{k}], 0.5), quantile_cont(gaps[{k}], 0.9)" for k in range(1, len(STEPS)))
    total = f"quantile_cont(list_sum(gaps), 0.5) filter (level = {len(STEPS)})"
    return f"with {tables} select {reached}, {gaps}, {total} from told"


def summed_arrays(told: str, first: str = "countIf(level > 0)") -> str:
    """Do the same in chDB, over a table of a level and an array of gaps; `first` counts who took the first step."""
    reached = ", ".join(f"countIf(level > {k})" for k in range(1, len(STEPS)))
    gaps = ", ".join(f"quantilesExactInclusiveIf(0.5, 0.9)(gaps[{k}], level > {k})" for k in range(1, len(STEPS)))
    total = f"quantileExactInclusiveIf(0.5)(arraySum(gaps), level = {len(STEPS)})"
    return f"select {first}, {reached}, {gaps}, {total} from ({told})"


def beside() -> str:
    """Look only at customers who have the first two steps side by side; at each first step, how long is the run?"""
    length = "1"
    for k in range(len(STEPS) - 1, 0, -1):
        length = f"1 + (es[i + {k}] = {STEPS[k]} and ts[i + {k}] - ts[i] <= {WINDOW_US}) * ({length})"
    return f"""
        with arrayFilter(i -> es[i] = {STEPS[0]}, arrayEnumerate(es)) as starts,
             arrayMap(i -> {length}, starts) as lengths
        select arrayMax(lengths) as level, starts[indexOf(lengths, level)] as start,
               arrayMap(k -> ts[start + k] - ts[start + k - 1], range(1, level)) as gaps
        from (select groupArray(event) as es, groupArray(t) as ts from log group by customer
              having hasSubstr(es, [{STEPS[0]}, {STEPS[1]}]))
    """


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
    ks = range(1, len(STEPS))
    code, who, at = pl.col("event"), pl.col("customer"), pl.col("t")
    ways = pl.when(False).then(0)
    for length in LENGTHS:
        first = length - 1
        ended = code == STEPS[first]
        for k in range(1, length):
            ended &= code.shift(k) == STEPS[first - k]
        if first:
            ended &= (who.shift(first) == who) & (at - at.shift(first) <= WINDOW_US)
        ways = ways.when(ended).then(length)
    gaps = [(at.shift(k - 1) - at.shift(k)).alias(f"b{k}") for k in ks]
    chosen = (
        lazy.select("customer", ways.otherwise(0).alias("level"), *gaps)
        .filter(pl.col("level") > 0)
        .with_columns(pl.col("level").max().over("customer").alias("most"))
        .filter(pl.col("level") == pl.col("most"))
        .unique("customer", keep="first", maintain_order=True)
    )

    def run() -> Any:
        found = chosen.collect()
        reached = [int((found["level"] > k).sum()) for k in range(len(STEPS))]
        # the gap into step k is the one `level - k - 1` before the last
        times = [
            pl.concat([found.filter(pl.col("level") == level)[f"b{level - k}"] for level in LENGTHS if level > k])
            for k in ks
        ]
        whole = found.filter(pl.col("level") == len(STEPS)).select(pl.sum_horizontal(f"b{k}" for k in ks))
        middle = whole.to_series().median()
        return [(*reached, *([gap.median(), gap.quantile(0.9, "linear")] for gap in times), middle)]

    return {"shifts": run}


QUESTION = Question(
    name="funnel, strict",
    asks="the same figures where nothing may happen between the steps",
    fold=lambda: FunnelDetailFold([[step] for step in STEPS], window_us=WINDOW_US, order=Order.STRICT),
    rows=rows,
    duckdb={"lags": Sql(runs()), "lags, 1 thread": Sql(runs(), 1)},
    chdb={"arrays": Sql(summed_arrays(beside(), FIRST), 1)},
    polars=polars,
    columns=("event", "offset"),  # instants are read only where the first two steps are side by side
    wanted=10,
)
