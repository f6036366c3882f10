"""On real logs the kernels equal DuckDB's SQL under the same order."""

from __future__ import annotations

import numpy as np
import pytest

from engine.kernels.logs import Log, log
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.results import Graph, Variants
from sojourn.engine.kernels.variants import VariantsFold

pytestmark = pytest.mark.data
DAY_US = 86_400_000_000
ALL = (
    "running-example.csv",
    "receipt.parquet",
    "helpdesk.parquet",
    "bpic2012.parquet",
    "bpic2013_incidents.parquet",
)


@pytest.fixture(scope="module", params=ALL)
def real(request: pytest.FixtureRequest) -> Log:
    found = log(request.param)
    running.require_order(found.events)
    return found


def graph_of(real: Log) -> Graph:
    return running.run(GraphFold(lens.every(len(real.names))), [real.events], threads=2)


def variants_of(real: Log, top: int) -> Variants:
    fold = VariantsFold(lens.every(len(real.names)), top=top, longest=100_000)
    return running.run(fold, [real.events], threads=2)


def test_the_graph_equals_sql(real: Log) -> None:
    rows = real.connection.sql("""
        select source, event, count(*), count(distinct customer), avg(gap), quantile_cont(gap, 0.5),
               quantile_cont(gap, 0.9)
        from (select customer, event, lag(event) over w source, t - lag(t) over w gap
              from log window w as (partition by customer order by t, row))
        where source is not null group by all order by source, event
    """).fetchall()
    found = graph_of(real)
    columns = (
        found.source, found.target, found.count, found.customers, found.mean_gap, found.median_gap, found.p90_gap,
    )  # fmt: skip
    got = np.array([column.astype(float) for column in columns]).T
    np.testing.assert_allclose(got, np.array(rows, float), rtol=1e-12, atol=1e-6)


def test_variants_equal_sql(real: Log) -> None:
    rows = real.connection.sql("""
        select sequence, count(*) customers, quantile_cont(duration, 0.5)
        from (select customer, list(event order by t, row) sequence, max(t) - min(t) duration from log group by 1)
        group by 1 order by customers desc, sequence limit 50
    """).fetchall()
    found = variants_of(real, 50)
    assert [(list(v.events), v.customers, v.median_duration) for v in found.top] == rows


def test_a_funnel_equals_sql(real: Log) -> None:
    # the five steps of the most frequent variant, or as many as it has, in any of a customer's tries
    steps = list(dict.fromkeys(variants_of(real, 1).top[0].events))[:4]
    window = 14 * DAY_US
    joins, last = "", 0
    for place, step in enumerate(steps[1:], 1):
        joins += f"""
            , s{place} as (select p.customer, p.start, min((e.t, e.row)) as moment
              from s{place - 1} p join log e on e.customer = p.customer and e.event = {step}
               and (e.t, e.row) > p.moment and e.t - p.start.f1 <= {window} group by all)"""
        last = place
    sql = f"""with s0 as (select customer, {{'f1': t, 'row': row}} as start, (t, row) as moment
              from log where event = {steps[0]}) {joins}
              select {", ".join(f"(select count(distinct customer) from s{k})" for k in range(last + 1))}"""
    fold = FunnelFold([[step] for step in steps], window_us=window)
    assert running.run(fold, [real.events], threads=2).reached.tolist() == list(real.connection.sql(sql).fetchall()[0])
