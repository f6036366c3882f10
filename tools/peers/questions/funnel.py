"""The ordered funnel: counts, and times of each customer's first completed longest chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.results import Funnel
from tools.peers.events import HOUR_US
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

STEPS = (0, 1, 2, 3, 4)
LAST = len(STEPS) - 1
WINDOW_US = 7 * 24 * HOUR_US
BASE_US = 1_700_000_000_000_000


def fold() -> FunnelFold:
    """Give Sojourn's fold."""
    return FunnelFold([[step] for step in STEPS], window_us=WINDOW_US)


def rows(answer: Funnel) -> Iterator[Any]:
    """Lay Sojourn's answer out."""
    gaps = np.column_stack([answer.median_gap, answer.p90_gap])[1:].ravel()
    yield [*answer.reached.tolist(), *gaps.tolist(), answer.median_total]


def joins() -> str:
    """Write the funnel as one ASOF join a step, the instants of the latest chain carried along.

    It was the quickest form found: windows over windows took 2.8 times as long.
    """
    parts = [f"s0 as (select customer, row, t as t0 from log where event = {STEPS[0]})"]
    for k, step in enumerate(STEPS[1:], 1):
        carried = ", ".join(f"p.t{j}" for j in range(k))
        parts.append(
            f"s{k} as (select e.customer, e.row, {carried}, e.t as t{k} "
            f"from (select customer, row, t from log where event = {step}) e "
            f"asof join s{k - 1} p on e.customer = p.customer and e.row > p.row where e.t - p.t0 <= {WINDOW_US})"
        )
    for k in range(len(STEPS)):
        gaps = ", ".join(
            f"arg_min(t{j} - t{j - 1}, row) g{j}" if j <= k else f"null g{j}" for j in range(1, len(STEPS))
        )
        total = f"arg_min(t{LAST} - t0, row)" if k == LAST else "null"
        further = "" if k == LAST else f" where customer not in (select customer from s{k + 1})"
        parts.append(f"f{k} as (select {k} as level, {gaps}, {total} as total from s{k}{further} group by customer)")
    union = " union all ".join(f"select * from f{k}" for k in range(len(STEPS)))
    reached = ", ".join(f"count(*) filter (level >= {k})" for k in range(len(STEPS)))
    gaps = ", ".join(f"quantile_cont(g{k}, [0.5, 0.9])" for k in range(1, len(STEPS)))
    return f"with {', '.join(parts)} select {reached}, {gaps}, median(total) from ({union})"


# windowFunnel breaks ties in time by the order of the steps; with the row's low bits beside the instant it keeps the
# order of events.
MOMENT = f"bitShiftLeft((t - {BASE_US})::UInt64, 17) + bitAnd(row, 131071)"
FIRST = f"(select uniqExact(customer) from log where event = {STEPS[0]})"
LEVEL = f"windowFunnel({(WINDOW_US << 17) + 131_071})({MOMENT}, {', '.join(f'event = {step}' for step in STEPS)})"


def filled() -> str:
    """Carry in arrays, for each step, the latest chain's start and the place of its end; then walk the chain back.

    `v2` has, where an event ends a chain to step 2, the chain's first instant, else 0; `s2` and `p2` carry that instant
    and the place forward. A table a stage, as names would be spelled out again wherever they are used.
    """
    told = f"""select es, ts, arrayMap((e, u) -> if(e = {STEPS[0]}, u, 0), es, ts) as v0
        from (select groupArray(event) as es, groupArray(t) as ts from log where event in {STEPS} group by customer
              having has(es, {STEPS[0]}) and has(es, {STEPS[1]}))"""
    for k in range(1, len(STEPS)):
        told = f"""select *, arrayFill(x -> x > 0, v{k - 1}) as s{k - 1}, arrayFill(x -> x > 0, arrayMap(
            (v, i) -> if(v > 0, i, 0), v{k - 1}, arrayEnumerate(es))) as p{k - 1} from ({told})"""
        fits = f"e = {STEPS[k]} and s > 0 and u - s <= {WINDOW_US}"
        told = f"select *, arrayMap((e, u, s) -> if({fits}, s, 0), es, ts, s{k - 1}) as v{k} from ({told})"
        if k == 1:
            told = f"select * from ({told}) where arrayMax(v1) > 0"
    told = f"select *, arrayFirstIndex(x -> x > 0, v{LAST}) as i{LAST} from ({told})"
    for k in range(LAST - 1, -1, -1):
        told = (
            f"""select *, if(i{k + 1} > 0, p{k}[i{k + 1}], arrayFirstIndex(x -> x > 0, v{k})) as i{k} from ({told})"""
        )
    reached = ", ".join(f"countIf(i{k} > 0)" for k in range(1, len(STEPS)))
    gaps = ", ".join(
        f"quantilesExactInclusiveIf(0.5, 0.9)(ts[i{k}] - ts[i{k - 1}], i{k} > 0)" for k in range(1, len(STEPS))
    )
    total = f"quantileExactInclusiveIf(0.5)(ts[i{LAST}] - ts[i0], i{LAST} > 0)"
    return f"select {FIRST}, {reached}, {gaps}, {total} from ({told})"


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""

    def run() -> Any:
        firsts = pl.collect_all([each.unique("customer", keep="first", maintain_order=True) for each in chained(lazy)])
        furthest = [
            each if k == LAST else each.join(firsts[k + 1], on="customer", how="anti")
            for k, each in enumerate(firsts)
        ]  # fmt: skip
        reached = [sum(len(each) for each in furthest[k:]) for k in range(len(STEPS))]
        gaps = [pl.concat([each[f"t{k}"] - each[f"t{k - 1}"] for each in furthest[k:]]) for k in range(1, len(STEPS))]
        total = (furthest[-1][f"t{LAST}"] - furthest[-1]["t0"]).median()
        return [(*reached, *([gap.median(), gap.quantile(0.9, "linear")] for gap in gaps), total)]

    return {"asof joins": run}


def chained(lazy: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Give for each step the events that end a chain up to it, with the chain's instants."""
    levels = [lazy.filter(pl.col("event") == STEPS[0]).select("customer", "row", pl.col("t").alias("t0"))]
    for k, step in enumerate(STEPS[1:], 1):
        later = lazy.filter(pl.col("event") == step).select("customer", "row", pl.col("t").alias(f"t{k}"))
        # rows grow with customers, so the nearest earlier row of another customer is refused afterwards
        before = levels[-1].rename({"customer": "who"})
        levels.append(
            later.join_asof(before, on="row", allow_exact_matches=False)
            .filter((pl.col("who") == pl.col("customer")) & (pl.col(f"t{k}") - pl.col("t0") <= WINDOW_US))
            .drop("who")
        )
    return levels


QUESTION = Question(
    name="funnel",
    asks="five steps in order within seven days: customers at each step, median and 90th percentile time of each step, "
    "median time in all",
    fold=fold,
    rows=rows,
    duckdb={"ASOF joins": Sql(joins())},
    chdb={"arrays, filled": Sql(filled(), 1)},
    polars=polars,
    wanted=10,
)
