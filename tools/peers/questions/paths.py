"""The tree of paths from a customer's first event `ROOT` over five events, each time the five most frequent shown.

A row for each node: its way (`NOTHING` more, or `OTHERS` together), customers, and median time from the root.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.paths import ENDED, STEP, PathsFold, PathTree
from tools.peers.events import CODES
from tools.peers.serving import Run
from tools.peers.words import Question, Sql

ROOT, DEPTH, BREADTH = 3, 5, 5
NOTHING, OTHERS, PADDING = -1, -2, -3
LEVELS = range(1, DEPTH + 1)


def rows(found: PathTree) -> Iterator[list[float]]:
    """Lay each node of Sojourn's answer but the root out with its way, padded."""
    ways: list[list[float]] = [[]]
    for place in range(1, len(found.before)):
        kind = int(found.kind[place])
        label = float(found.code[place]) if kind == STEP else float(NOTHING if kind == ENDED else OTHERS)
        ways.append([*ways[int(found.before[place])], label])
        way = [*ways[place], *([float(PADDING)] * (DEPTH - len(ways[place])))]
        yield [*way, float(found.customers[place]), float(found.median_time[place])]


def _walks(source: str) -> str:
    """Write the walks as a table: customer, t0, and e1, t1 to e5, t5, with `NOTHING` where there is no more event."""
    if source == "lead":
        ahead = ", ".join(
            f"lead(customer, {k}) over () as c{k}, lead(event, {k}) over () as n{k}, lead(t, {k}) over () as m{k}"
            for k in LEVELS
        )
        own = ", ".join(f"if(c{k} = customer, n{k}, {NOTHING}) as e{k}, m{k} as t{k}" for k in LEVELS)
        return f"""
            every as (select customer, event, t, row, {ahead} from log),
            roots as (select * from every where event = {ROOT}),
            walks as (select customer, t as t0, {own} from roots
                      where row in (select min(row) from log where event = {ROOT} group by customer))
        """
    own = ", ".join(f"coalesce(es[{k + 1}], {NOTHING}) as e{k}, ts[{k + 1}] as t{k}" for k in LEVELS)
    return f"""
        roots as (select customer, min(row) as r from log where event = {ROOT} group by customer),
        lists as (select l.customer, list(event order by row) as es, list(t order by row) as ts from log l
                  join roots on l.customer = roots.customer and row between r and r + {DEPTH} group by l.customer),
        walks as (select customer, ts[1] as t0, {own} from lists)
    """


def _rank(k: int, way: list[str]) -> str:
    return f"row_number() over ({'partition by ' + ', '.join(way) if way else ''} order by e{k} < 0, n desc, e{k})"


def _leveled(k: int) -> str:
    padded = [f"w{j}" if j <= k else f"{PADDING} as w{j}" for j in LEVELS]
    group = ", ".join(f"w{j}" for j in range(1, k + 1))
    return f"select {', '.join(padded)}, count(*), median(time{k}) from l{k} group by {group}"


def tree(source: str) -> str:
    """Write the tree: at each level count, rank and label the steps, and go on with the walks whose step is shown."""
    parts = [_walks(source), "l0 as materialized (select *, 0 as time0 from walks)"]
    for k in LEVELS:
        way = [f"w{j}" for j in range(1, k)]
        listed = "".join(f"{each}, " for each in way)
        alive = f"where w{k - 1} >= 0" if k > 1 else ""
        using = ", ".join([*way, f"e{k}"])
        parts.append(
            f"""counted{k} as (select {listed}e{k}, count(*) as n from l{k - 1} {alive} group by all),
            named{k} as (select {using}, case when e{k} < 0 then {NOTHING} when {_rank(k, way)} <= {BREADTH} then e{k}
                         else {OTHERS} end as w{k} from counted{k}),
            l{k} as materialized (select l{k - 1}.*, named{k}.w{k},
                     if(e{k} < 0, time{k - 1}, t{k} - t0) as time{k} from l{k - 1} join named{k} using ({using}))"""
        )
    return f"with {', '.join(parts)} {' union all '.join(map(_leveled, LEVELS))}"


def tables() -> str:
    """Do the same in chDB: walks cut out of customers' arrays, a table a level, as its common tables are not kept."""
    own = ", ".join(
        f"if(length(es) > {k}, es[{k + 1}]::Int8, {NOTHING}) as e{k}, ts[{k + 1}] - ts[1] as time_{k}" for k in LEVELS
    )
    statements = [
        f"""create or replace table l0 engine = Memory as select 0::Int64 as time0, {own}
            from (select arraySlice(event_, place, {DEPTH + 1}) as es, arraySlice(t_, place, {DEPTH + 1}) as ts
                  from (select groupArray(event) as event_, groupArray(t) as t_, indexOf(event_, {ROOT}) as place
                        from log group by customer having place > 0))"""
    ]
    for k in LEVELS:
        way = [f"w{j}" for j in range(1, k)]
        using = ", ".join([*way, f"e{k}"])
        alive = f"where w{k - 1} >= 0" if k > 1 else ""
        ahead = "".join(f", e{j}, time_{j}" for j in range(k + 1, DEPTH + 1))
        shown = "".join(f"{each}, " for each in way)
        statements.append(
            f"""create or replace table l{k} engine = Memory as
                select {shown}w{k}, if(e{k} < 0, time{k - 1}, time_{k}) as time{k}{ahead} from l{k - 1}
                join (select {using}, multiIf(e{k} < 0, {NOTHING}, {_rank(k, way)} <= {BREADTH}, e{k}, {OTHERS})::Int8
                      as w{k} from (select {using}, count() as n from l{k - 1} {alive} group by {using})) as named
                using ({using})"""
        )
    levels = " union all ".join(_leveled(k).replace("median(", "quantileExactInclusive(0.5)(") for k in LEVELS)
    return "; ".join([*statements, f"select * from ({levels})"])


def polars(lazy: pl.LazyFrame) -> dict[str, Run]:
    """Give Polars' ways."""
    frame = lazy.collect()
    return {"gathered": lambda: _tree(_gathered(frame)), "shifts": lambda: _tree(_shifted(lazy))}


def _shifted(lazy: pl.LazyFrame) -> pl.DataFrame:
    """Bring the five next rows beside each row, then keep each customer's first root."""
    ahead = [pl.col(name).shift(-k).alias(f"{name}{k}") for name in ("customer", "event", "t") for k in LEVELS]
    nearest = [
        pl.when(pl.col(f"customer{k}") == pl.col("customer"))
        .then(pl.col(f"event{k}").cast(pl.Int16)).otherwise(NOTHING).alias(f"e{k}") for k in LEVELS
    ]  # fmt: skip
    return (
        lazy.with_columns(ahead).filter(pl.col("event") == ROOT).filter(_FIRST)
        .select("t", *nearest, *(f"t{k}" for k in LEVELS), pl.lit(0, pl.Int64).alias("time0")).collect()
    )  # fmt: skip


def _gathered(frame: pl.DataFrame) -> pl.DataFrame:
    """Find each customer's first root, then gather the five rows behind it."""
    roots = frame.lazy().select("customer", "row", "event").filter(pl.col("event") == ROOT).filter(_FIRST).collect()
    row, walks = roots["row"], {"t": frame["t"].gather(roots["row"])}
    for k in LEVELS:
        place = (row + k).clip(0, len(frame) - 1)
        is_same = (frame["customer"].gather(place) == roots["customer"]) & (row + k < len(frame))
        step = pl.when(is_same).then(frame["event"].gather(place).cast(pl.Int16)).otherwise(pl.lit(NOTHING, pl.Int16))
        walks[f"e{k}"] = pl.select(step).to_series()
        walks[f"t{k}"] = frame["t"].gather(place)
    return pl.DataFrame(walks).with_columns(pl.lit(0, pl.Int64).alias("time0"))


_FIRST = (pl.col("customer") != pl.col("customer").shift(1)).fill_null(True)


def _tree(walks: pl.DataFrame) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    way: list[str] = []
    for k in LEVELS:
        alive = walks.filter(pl.col(way[-1]) >= 0) if way else walks
        walks = alive.join(_named(alive, k, way), on=[*way, f"e{k}"]).with_columns(
            pl.when(pl.col(f"e{k}") < 0).then(pl.col(f"time{k - 1}")).otherwise(pl.col(f"t{k}") - pl.col("t"))
            .alias(f"time{k}")
        )  # fmt: skip
        way.append(f"w{k}")
        level = walks.group_by(way).agg(pl.len(), pl.col(f"time{k}").median())
        found += [(*row[:k], *([PADDING] * (DEPTH - k)), *row[k:]) for row in level.rows()]
    return found


def _named(alive: pl.DataFrame, k: int, way: list[str]) -> pl.DataFrame:
    """Rank the steps behind each way, and label them."""
    falling = [*(False for _ in way), True, False]
    counted = alive.group_by([*way, f"e{k}"]).len().sort([*way, "len", f"e{k}"], descending=falling)
    named = counted.with_columns((pl.col(f"e{k}") < 0).alias("ended")).sort([*way, "ended"], maintain_order=True)
    among = pl.int_range(pl.len())
    place = among.over(way) if way else among
    label = pl.when(pl.col("ended")).then(NOTHING).when(place < BREADTH).then(pl.col(f"e{k}")).otherwise(OTHERS)
    return named.with_columns(label.alias(f"w{k}")).select(*way, f"e{k}", f"w{k}")


QUESTION = Question(
    name="path tree",
    asks="from the first of one event over five more, the five most frequent at each: every node's customers and "
    "median time",
    fold=lambda: PathsFold(lens.every(CODES), root=ROOT, depth=DEPTH, breadth=BREADTH),
    rows=rows,
    duckdb={"lists": Sql(tree("lists")), "lead": Sql(tree("lead"))},
    chdb={"arrays": Sql(tables(), 1)},
    polars=polars,
)
