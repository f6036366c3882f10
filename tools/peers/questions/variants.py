"""Variants: the 20 most frequent whole sequences, with their customers and median durations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.results import Variants
from sojourn.engine.kernels.variants import VariantsFold
from tools.peers.events import CODES
from tools.peers.serving import Run
from tools.peers.words import Question, Rows, Sql

TOP = 20
# Without `order by` two threads deliver lists out of order now and then: 11,167 to 11,169 customers where there are
# 11,170, another number each time and no error. One thread happens to keep the order. Grouping by `hash(list)` was
# faster but wrong: at 10 million events DuckDB's hash took some different lists for the same (4,691 customers, not
# 4,688).
LISTS = """
    with each as (select list(event{order}) s, max(t) - min(t) d from log group by customer),
    top as (select s, count(*) c from each group by 1 order by c desc, s limit {top})
    select any_value(c) c, quantile_cont(d, 0.5), s from each join top using (s) group by s
"""
# groupArray keeps the order of a table that is stored in order, read by one thread
ARRAYS = """
    select count() as c, quantileExactInclusive(0.5)(d), any(s)
    from (select groupArray(event) as s, max(t) - min(t) as d from log group by customer)
    group by {key} order by c desc limit {top}
"""
TWICE = """
    select c, middle, s from (
        select groupUniqArray(s)[1] as s, count() as c, quantileExactInclusive(0.5)(d) as middle
        from (select groupArray(event) as s, sipHash128(s) as key, max(t) - min(t) as d from log group by customer)
        where key in (
            select sipHash128(s) as key from (select groupArray(event) as s from log group by customer)
            group by key order by count() desc limit {top})
        group by key)
"""


def rows(answer: Variants) -> Iterator[Any]:
    """Lay Sojourn's answer out."""
    for variant in answer.top:
        yield [variant.customers, variant.median_duration, *variant.events]


def above_border(found: Rows) -> Rows:
    """Drop the least frequent of the top, where a peer may have chosen another one of a tie."""
    ordered = sorted([-row[0], *row[1:]] for row in found)
    return [row for row in ordered if row[0] < ordered[-1][0]]


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""

    def variants(of: Callable[[pl.Expr], pl.Expr]) -> Run:
        each = lazy.group_by("customer", maintain_order=True).agg(
            pl.col("event"), (pl.col("t").last() - pl.col("t").first()).alias("d")
        )
        return lambda: (
            each.group_by(of(pl.col("event")).alias("way")).
            agg(pl.len().alias("c"), pl.col("d").median(), pl.col("event").first().alias("sequence"))
            .sort("c", descending=True).head(TOP).select("c", "d", "sequence").collect()
        )  # fmt: skip

    return {"hash of list": variants(lambda e: e.hash()), "list": variants(lambda e: e)}


QUESTION = Question(
    name="variants",
    asks=f"the {TOP} most frequent whole sequences, with their customers and median durations",
    fold=lambda: VariantsFold(lens.every(CODES), top=TOP),
    rows=rows,
    duckdb={
        "list, 1 thread": Sql(LISTS.format(order="", top=TOP), 1),
        "ordered list": Sql(LISTS.format(order=" order by row", top=TOP)),
    },
    chdb={
        "array": Sql(ARRAYS.format(key="s", top=TOP), 1),
        "hash of array": Sql(ARRAYS.format(key="sipHash128(s)", top=TOP), 1),
    },
    polars=polars,
    columns=("event", "offset"),
    settled=above_border,
)
