"""The ordered funnel where only the counts are asked for: `windowFunnel` has no times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from sojourn.engine.kernels.results import Funnel
from tools.peers.questions.funnel import LEVEL, STEPS, WINDOW_US, chained, fold
from tools.peers.serving import Run
from tools.peers.words import Question, Sql


def rows(answer: Funnel) -> Iterator[Any]:
    """Lay Sojourn's answer out."""
    yield answer.reached.tolist()


def joins() -> str:
    """Write one ASOF join a step, the latest chain's first instant carried along."""
    parts = [f"s0 as (select customer, row, t as t0 from log where event = {STEPS[0]})"]
    for k, step in enumerate(STEPS[1:], 1):
        parts.append(
            f"s{k} as (select e.customer, e.row, p.t0 from (select customer, row, t from log where event = {step}) e "
            f"asof join s{k - 1} p on e.customer = p.customer and e.row > p.row where e.t - p.t0 <= {WINDOW_US})"
        )
    counts = ", ".join(f"(select count(distinct customer) from s{k})" for k in range(len(STEPS)))
    return f"with {', '.join(parts)} select {counts}"


COUNTED = ", ".join(f"countIf(level > {k})" for k in range(len(STEPS)))
WINDOWED = f"select {COUNTED} from (select {LEVEL} as level from log where event in {STEPS} group by customer)"


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
    # a customer's events follow each other, so a change of customer is a new one
    change = (pl.col("customer") != pl.col("customer").shift(1)).sum() + 1
    counts = [each.select(change.alias(str(k))) for k, each in enumerate(chained(lazy))]
    return {"asof joins": lambda: [tuple(each.item() for each in pl.collect_all(counts))]}


QUESTION = Question(
    name="funnel, counts only",
    asks="the same steps and window: customers at each step (Sojourn's answer has the times, too)",
    fold=fold,
    rows=rows,
    duckdb={"ASOF joins": Sql(joins())},
    chdb={"windowFunnel": Sql(WINDOWED, 1), "windowFunnel, 2 threads": Sql(WINDOWED, 2)},
    polars=polars,
    wanted=10,
)
