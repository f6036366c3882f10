"""Sessions and the tree of paths beside DuckDB SQL and Polars, for `bench_kernels`: the same answers checked.

Sessions are cut after half an hour without events; an answer is a row of figures (sessions, customers, bounces, mean,
median and 90th percentile of events and of durations), the sums by customer that its intervals need, and a row for each
event that sessions begin (1) or end (2) with. Paths lead from a customer's first event `ROOT` over five events, of
which each time the five most frequent are shown; an answer is a row for each node: its way (-1: nothing more, -2: the
others together), customers, and median time from the root.

``python -m tools.peers_paths [events]`` checks that all ways agree and times each once; by default 200 thousand.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import polars as pl

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.paths import ENDED, STEP, PathsFold, PathTree
from sojourn.engine.kernels.sessions import TIMEOUT_US, Sessions, SessionsFold
from sojourn.engine.kernels.words import AnyFold

CODES, ROOT, DEPTH, BREADTH = 40, 3, 5, 5
NOTHING, OTHERS, PADDING = -1, -2, -3
QUESTIONS = ("sessions", "paths")

Answer = Any
Run = Callable[[], Answer]
Rows = list[list[float]]


def folds() -> dict[str, AnyFold]:
    """Give Sojourn's folds."""
    every = lens.every(CODES)
    return {"sessions": SessionsFold(every), "paths": PathsFold(every, root=ROOT, depth=DEPTH, breadth=BREADTH)}


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


def _walks(source: str) -> str:
    """Write the walks as a table: customer, t0, and e1, t1 to e5, t5, with `NOTHING` where there is no more event."""
    steps = range(1, DEPTH + 1)
    if source == "lead":
        ahead = ", ".join(
            f"lead(customer, {k}) over () as c{k}, lead(event, {k}) over () as n{k}, lead(t, {k}) over () as m{k}"
            for k in steps
        )
        own = ", ".join(f"if(c{k} = customer, n{k}, {NOTHING}) as e{k}, m{k} as t{k}" for k in steps)
        return f"""
            every as (select customer, event, t, row, {ahead} from log),
            roots as (select * from every where event = {ROOT}),
            walks as (select customer, t as t0, {own} from roots
                      where row in (select min(row) from log where event = {ROOT} group by customer))
        """
    own = ", ".join(f"coalesce(es[{k + 1}], {NOTHING}) as e{k}, ts[{k + 1}] as t{k}" for k in steps)
    return f"""
        roots as (select customer, min(row) as r from log where event = {ROOT} group by customer),
        lists as (select l.customer, list(event order by row) as es, list(t order by row) as ts from log l
                  join roots on l.customer = roots.customer and row between r and r + {DEPTH} group by l.customer),
        walks as (select customer, ts[1] as t0, {own} from lists)
    """


def paths_sql(source: str) -> str:
    """Write the tree: at each level count, rank and label the steps, and go on with the walks whose step is shown."""
    parts, rows = [_walks(source), "l0 as materialized (select *, 0 as time0 from walks)"], []
    for k in range(1, DEPTH + 1):
        way = [f"w{j}" for j in range(1, k)]
        listed = "".join(f"{each}, " for each in way)
        rank = f"row_number() over ({'partition by ' + ', '.join(way) if way else ''} order by e{k} < 0, n desc, e{k})"
        alive = f"where w{k - 1} >= 0" if k > 1 else ""
        using = ", ".join([*way, f"e{k}"])
        parts.append(
            f"""counted{k} as (select {listed}e{k}, count(*) as n from l{k - 1} {alive} group by all),
            named{k} as (select {using}, case when e{k} < 0 then {NOTHING} when {rank} <= {BREADTH} then e{k}
                         else {OTHERS} end as w{k} from counted{k}),
            l{k} as materialized (select l{k - 1}.*, named{k}.w{k},
                     if(e{k} < 0, time{k - 1}, t{k} - t0) as time{k} from l{k - 1} join named{k} using ({using}))"""
        )
        padded = [f"w{j}" if j <= k else f"{PADDING} as w{j}" for j in range(1, DEPTH + 1)]
        group = ", ".join(f"w{j}" for j in range(1, k + 1))
        rows.append(f"select {', '.join(padded)}, count(*), median(time{k}) from l{k} group by {group}")
    return f"with {', '.join(parts)} {' union all '.join(rows)}"


def duck(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Run]]:
    """Give DuckDB's ways over the table `log` (customer, t, event, row), which is stored in order."""

    def run(sql: str) -> Run:
        return lambda: connection.sql(sql).fetchall()

    return {
        "sessions": {"starts only": run(STARTS + _SESSIONS), "grouped": run(GROUPED + _SESSIONS)},
        "paths": {"lead": run(paths_sql("lead")), "lists": run(paths_sql("lists"))},
    }


def polars(lazy: pl.LazyFrame) -> dict[str, dict[str, Run]]:
    """Give Polars' ways over a frame that is known to be sorted by customer and row."""

    def sessions() -> Answer:
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
        size, lasted = cut["size"], cut["lasted"]
        figures = [
            len(cut), cut["opens"].sum(), (size == 1).sum(), size.mean(), size.median(), size.quantile(0.9, "linear"),
            lasted.mean(), lasted.median(), lasted.quantile(0.9, "linear"),
        ]  # fmt: skip
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
        return [(0, 0, figures), (0, 1, list(sums)), *edges]

    def paths() -> Answer:
        steps = range(1, DEPTH + 1)
        ahead = [pl.col(name).shift(-k).alias(f"{name}{k}") for name in ("customer", "event", "t") for k in steps]
        nearest = [
            pl.when(pl.col(f"customer{k}") == pl.col("customer"))
            .then(pl.col(f"event{k}").cast(pl.Int16)).otherwise(NOTHING).alias(f"e{k}") for k in steps
        ]  # fmt: skip
        walks = (
            lazy.with_columns(ahead).filter(pl.col("event") == ROOT)
            .filter((pl.col("customer") != pl.col("customer").shift(1)).fill_null(True))
            .select("t", *nearest, *(f"t{k}" for k in steps), pl.lit(0, pl.Int64).alias("time0")).collect()
        )  # fmt: skip
        rows: list[tuple[Any, ...]] = []
        way: list[str] = []
        for k in steps:
            alive = walks.filter(pl.col(way[-1]) >= 0) if way else walks
            counted = alive.group_by([*way, f"e{k}"]).len().sort([*way, "len", f"e{k}"], descending=[
                *(False for _ in way), True, False])  # fmt: skip
            among = pl.int_range(pl.len())
            named = counted.with_columns((pl.col(f"e{k}") < 0).alias("ended")).sort(
                [*way, "ended"], maintain_order=True
            )
            place = among.over(way) if way else among
            label = pl.when(pl.col("ended")).then(NOTHING).when(place < BREADTH).then(pl.col(f"e{k}")).otherwise(OTHERS)
            named = named.with_columns(label.alias(f"w{k}")).select(*way, f"e{k}", f"w{k}")
            walks = alive.join(named, on=[*way, f"e{k}"]).with_columns(
                pl.when(pl.col(f"e{k}") < 0).then(pl.col(f"time{k - 1}")).otherwise(pl.col(f"t{k}") - pl.col("t"))
                .alias(f"time{k}")
            )  # fmt: skip
            way.append(f"w{k}")
            level = walks.group_by(way).agg(pl.len(), pl.col(f"time{k}").median())
            rows += [(*row[:k], *([PADDING] * (DEPTH - k)), *row[k:]) for row in level.rows()]
        return rows

    return {"sessions": {"shifts": sessions}, "paths": {"shifts": paths}}


def checked(answer: Answer) -> Rows:
    """Bring an engine's answer into one form."""
    if isinstance(answer, PathTree):
        return sorted(_tree(answer))
    if isinstance(answer, Sessions):
        found = answer
        figures = [
            found.sessions, found.customers, found.bounces, found.events / found.sessions, found.median_events,
            found.p90_events, found.mean_duration, found.median_duration, found.p90_duration,
        ]  # fmt: skip
        sums = [
            found.sessions_squares, found.bounces_squares, found.bounces_products, found.events_squares,
            found.events_products, found.seconds, found.seconds_squares, found.seconds_products,
        ]  # fmt: skip
        edges = [
            [side, code, *row]
            for side, table in ((1, found.entries), (2, found.exits))
            for code, row in zip(found.node.tolist(), table.tolist(), strict=True)
            if row[0]
        ]
        return sorted([[0.0, 0.0, *figures], [0.0, 1.0, *map(float, sums)], *edges])
    flat = ((each for cell in row for each in (cell if isinstance(cell, list) else [cell])) for row in answer)
    return sorted([float(each) for each in row] for row in flat)


def _tree(found: PathTree) -> Iterator[list[float]]:
    """Write each node but the root with its way, padded."""
    ways: list[list[float]] = [[]]
    for place in range(1, len(found.before)):
        kind = int(found.kind[place])
        label = float(found.code[place]) if kind == STEP else float(NOTHING if kind == ENDED else OTHERS)
        ways.append([*ways[int(found.before[place])], label])
        way = [*ways[place], *([float(PADDING)] * (DEPTH - len(ways[place])))]
        yield [*way, float(found.customers[place]), float(found.median_time[place])]


def same(one: Rows, other: Rows) -> bool:
    """Compare two answers to 12 digits."""
    return [len(row) for row in one] == [len(row) for row in other] and all(
        np.allclose(row, theirs, rtol=1e-12, atol=1e-3) for row, theirs in zip(one, other, strict=True)
    )


def main(events: int = 200_000) -> None:
    """Check that all ways agree and print the CPU time of each, once; raise SystemExit when two differ."""
    from sojourn.engine.kernels import running
    from tools.bench_kernels import THREADS, made, table_of

    data = made(events)
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar=false")
    connection.sql(f"set threads={THREADS}")
    connection.register("given", table_of(data))
    connection.sql("create table log as select * from given order by row")
    frame = pl.from_arrow(table_of(data))
    assert isinstance(frame, pl.DataFrame)
    sorted_frame = frame.with_columns(pl.col("customer").set_sorted(), pl.col("row").set_sorted()).lazy()
    peers = {"DuckDB": duck(connection), "Polars": polars(sorted_frame)}
    for question, fold in folds().items():
        ways: dict[str, Run] = {"Sojourn": lambda fold=fold: running.run(fold, [data])}  # type: ignore[misc]
        ways |= {f"{name}, {way}": run for name, each in peers.items() for way, run in each[question].items()}
        expected = checked(ways["Sojourn"]())  # compiles, too
        for name, way in ways.items():
            begun = time.process_time()
            answer = way()
            took = time.process_time() - begun
            if not same(expected, checked(answer)):
                raise SystemExit(f"{name} answers {question} differently")
            print(f"{question}: {name} {took * 1_000:,.0f} ms of CPU time, {len(expected)} rows")


if __name__ == "__main__":
    main(*(int(argument.replace("_", "")) for argument in sys.argv[1:]))
