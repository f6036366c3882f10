"""The funnel in any order: as many different steps as happen within a window."""

from __future__ import annotations

from typing import Any

import polars as pl

from sojourn.engine.kernels.funnels.asked import Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from tools.peers.questions.funnel import STEPS, WINDOW_US
from tools.peers.questions.funnel_strict import rows, summed, summed_arrays
from tools.peers.serving import Run
from tools.peers.words import Question, Sql


def sets() -> str:
    """Find the last instant of every step at most the window ago, by event; a customer's largest set counts."""
    last = [
        f"last_value(case when event = {step} then t end ignore nulls) over w s{at}" for at, step in enumerate(STEPS)
    ]
    fresh = ", ".join(f"case when t - s{at} <= {WINDOW_US} then s{at} end" for at in range(len(STEPS)))
    return summed(
        f"seen as (select customer, row, t, {', '.join(last)} from log where event in {STEPS} "
        "window w as (partition by customer order by row rows unbounded preceding)), "
        f"sets as (select customer, row, list_sort(list_filter([{fresh}], lambda s: s is not null)) as instants "
        "from seen), "
        "chosen as (select customer, max(len(instants)) as level, arg_max(instants, (len(instants), -row)) as instants "
        "from sets group by customer), "
        "told as (select level, list_transform(range(1, level), "
        "lambda k: instants[k + 1] - instants[k]) as gaps from chosen)"
    )


def counted() -> str:
    """Count first how many steps are fresh at each event; sort the instants of the chosen ones only."""
    last = ", ".join(f"max(case when event = {step} then t end) over w as s{at}" for at, step in enumerate(STEPS))
    size = " + ".join(f"(t - s{at} <= {WINDOW_US} is true)::integer" for at in range(len(STEPS)))
    columns = ", ".join(f"s{at}" for at in range(len(STEPS)))
    fresh = ", ".join(f"case when last - s[{at + 1}] <= {WINDOW_US} then s[{at + 1}] end" for at in range(len(STEPS)))
    return summed(
        f"seen as (select customer, row, t, {last} from log where event in {STEPS} "
        "window w as (partition by customer order by row rows unbounded preceding)), "
        f"sized as (select *, {size} as size from seen), "
        "best as (select customer, max(size) as level, arg_max(row, (size, -row)) as row from sized group by 1), "
        f"chosen as (select level, t as last, [{columns}] as s from sized join best using (customer, row)), "
        f"sets as (select level, list_sort(list_filter([{fresh}], lambda x: x is not null)) as instants from chosen), "
        "told as (select level, list_transform(range(1, level), "
        "lambda k: instants[k + 1] - instants[k]) as gaps from sets)"
    )


def filled() -> str:
    """Carry each step's last instant forward in arrays, count those that are fresh, sort the chosen ones."""
    names = [f"s{at}" for at in range(len(STEPS))]
    carried = ", ".join(
        f"arrayFill(x -> x > 0, arrayMap((e, u) -> if(e = {step}, u, 0), es, ts)) as {name}"
        for step, name in zip(STEPS, names, strict=True)
    )
    size = " + ".join(f"(u - {name} <= {WINDOW_US})" for name in names)
    chosen = ", ".join(f"{name}[place]" for name in names)
    listed = ", ".join(names)
    return summed_arrays(f"""
        with {carried}, arrayMap((u, {listed}) -> {size}, ts, {listed}) as sizes
        select arrayMax(sizes) as level, indexOf(sizes, level) as place,
               arraySlice(arrayDifference(arraySort(arrayFilter(x -> ts[place] - x <= {WINDOW_US}, [{chosen}]))), 2)
               as gaps
        from (select groupArray(event) as es, groupArray(t) as ts from log where event in {STEPS} group by customer)
    """)


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
    seen = lazy.filter(pl.col("event").is_in(STEPS))
    # the last instant of a step: carried forward over all rows, refused where it is another customer's
    carried = [
        pl.when(pl.col("event") == step).then(pl.col(column)).forward_fill().alias(f"{name}{at}")
        for at, step in enumerate(STEPS)
        for column, name in (("t", "s"), ("customer", "c"))
    ]
    fresh = [
        pl.when((pl.col(f"c{at}") == pl.col("customer")) & (pl.col("t") - pl.col(f"s{at}") <= WINDOW_US))
        .then(pl.col(f"s{at}")).alias(f"s{at}")
        for at in range(len(STEPS))
    ]  # fmt: skip
    instants = [f"s{at}" for at in range(len(STEPS))]
    chosen = (
        seen.select("customer", "t", *carried)
        .select("customer", *fresh)
        .with_columns(pl.sum_horizontal(pl.col(name).is_not_null() for name in instants).alias("level"))
        .with_columns(pl.col("level").max().over("customer").alias("most"))
        .filter(pl.col("level") == pl.col("most"))
        .unique("customer", keep="first", maintain_order=True)
        .select("level", pl.concat_list(instants).list.drop_nulls().list.sort().alias("instants"))
    )

    def run() -> Any:
        found = chosen.collect()
        reached = [int((found["level"] > k).sum()) for k in range(len(STEPS))]
        at = pl.col("instants").list
        gaps = [
            found.filter(pl.col("level") > k).select(at.get(k) - at.get(k - 1)).to_series()
            for k in range(1, len(STEPS))
        ]  # fmt: skip
        whole = found.filter(pl.col("level") == len(STEPS)).select(at.last() - at.first()).to_series()
        return [(*reached, *([gap.median(), gap.quantile(0.9, "linear")] for gap in gaps), whole.median())]

    return {"carried forward": run}


QUESTION = Question(
    name="funnel, any order",
    asks="the same figures where the steps may come in any order",
    fold=lambda: FunnelDetailFold([[step] for step in STEPS], window_us=WINDOW_US, order=Order.ANY),
    rows=rows,
    duckdb={"running maxima": Sql(counted()), "last values": Sql(sets())},
    chdb={"arrays, filled": Sql(filled(), 1)},
    polars=polars,
    wanted=10,
)
