"""Cases recover what is planted in Harbour Bank, and count rework in real logs as plain Polars does."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from engine.kernels.logs import log
from simulated_year import ANCHOR, Year, simulated
from sojourn.engine.kernels import running
from sojourn.engine.kernels.cases.fold import CasesFold
from sojourn.engine.kernels.cases.found import Cases
from sojourn.engine.kernels.lens import LAST_INSTANT
from sojourn.engine.kernels.words import Slice
from sojourn.engine.simulation import mortgages
from sojourn.engine.simulation.truths import truths
from sojourn.engine.simulation.words import CODE, DAY, UNITS

TRUTHS = {each.slug: each for each in truths(ANCHOR)}
HOUR_US, LONG = 3_600_000_000, LAST_INSTANT // 4


@pytest.fixture(scope="module")
def year() -> Year:
    return simulated()


def events_of(year: Year, *names: str) -> Slice:
    chosen = np.flatnonzero(year.named(*names))
    chosen = chosen[np.argsort(year.column["actor"][chosen], kind="stable")]
    actor, size = np.unique(year.column["actor"][chosen], return_counts=True)
    unit = year.column["unit"][chosen].astype(np.int64)
    return Slice(
        customer=actor.astype(np.int64),
        offset=np.cumsum([0, *size]).astype(np.int64),
        at=year.column["at"][chosen].astype(np.int64),
        event=year.column["name"][chosen].astype(np.uint16),
        row=np.arange(len(chosen)),
        dimensions={"unit": np.where(unit < len(UNITS), unit, 65_535).astype(np.uint16)},
    )


def test_the_slow_branch_takes_its_cases_longest(year: Year) -> None:
    truth = TRUTHS["slow-branch"]
    fold = CasesFold(
        (), start=CODE["Branch Visited"], goals=[CODE["Counter Served"]], window_us=2 * HOUR_US, as_of_us=ANCHOR,
        by="unit", texts=UNITS, top=len(UNITS),
    )  # fmt: skip
    found = running.run(fold, [events_of(year, "Branch Visited", "Counter Served")])
    minutes = {name: part.times[0, 0] / 60e6 for name, part in zip(found.names, found.parts, strict=False)}
    assert minutes.pop(truth.where["unit"]) == pytest.approx(truth.expected, abs=truth.tolerance)
    assert max(minutes.values()) < truth.usual + truth.tolerance


def test_mortgages_end_and_take_as_long_as_they_were_made_to(year: Year) -> None:
    steps = ("Mortgage Enquired", "Mortgage Adviser Met", "Mortgage Documents Received", "Property Valued",
             "Mortgage Approved")  # fmt: skip
    ends = ("Mortgage Completed", "Mortgage Declined", "Mortgage Withdrawn")
    fold = CasesFold(
        [CODE[name] for name in steps], start=CODE[steps[0]], goals=[CODE[ends[0]]],
        outcomes=[[CODE[name]] for name in ends[1:]], window_us=120 * DAY, as_of_us=ANCHOR,
        stages=[[CODE[name]] for name in steps],
    )  # fmt: skip
    found = running.run(fold, [events_of(year, *steps, *ends)])
    completed, abandoned, declined, withdrawn = (each.k / found.whole.closed for each in found.whole.endings)
    decided = 0.72 * 0.78 * 0.88
    assert completed == pytest.approx(decided * 0.72 * 0.93, abs=0.04)
    assert declined == pytest.approx(decided * 0.15, abs=0.03)
    assert withdrawn == pytest.approx(decided * 0.1, abs=0.03)
    assert abandoned == pytest.approx(1 - decided * (0.72 * 0.93 + 0.15 + 0.1), abs=0.04)
    assert mortgages.ENQUIRIES_PER_YEAR < 0.1, "few enough that a customer's cases seldom overlap"
    given_up = [stay.given_up.k / stay.given_up.n for stay in found.stages]
    assert given_up[:3] == pytest.approx([0.28, 0.22, 0.12], abs=0.05)
    days = [stay.median / DAY for stay in found.stages]
    assert days == pytest.approx([5.5, 12, 10.5, 7, 27], abs=2)
    assert sum(stay.share.k for stay in found.stages) == pytest.approx(found.stages[0].share.n, rel=1e-3)


@pytest.mark.data
@pytest.mark.parametrize("name", ["bpic2012.parquet", "receipt.parquet"])
def test_rework_in_real_logs_is_what_polars_counts(name: str) -> None:
    real = log(name)
    first = real.events.event[real.events.offset[:-1]]
    start = int(np.bincount(first).argmax())  # the event that most cases of the log begin with
    fold = CasesFold(range(len(real.names)), start=start, goals=(), window_us=LONG, as_of_us=LAST_INSTANT)
    found = running.run(fold, [real.events], threads=2)
    log_rows = pl.DataFrame(real.connection.sql("select customer, event, row, t from log").fetchnumpy())
    ordered = log_rows.sort("customer", "t", "row").with_columns(
        begun=(pl.col("event") == start).cum_max().over("customer")
    )
    rows = ordered.filter("begun").with_columns(
        before=pl.col("event").shift(1).over("customer"),
        nth=pl.int_range(pl.len()).over("customer", "event"),
    )
    counted = (
        rows.group_by("event")
        .agg(
            times=pl.len(),
            cases=pl.col("customer").n_unique(),
            again=pl.col("customer").filter(pl.col("nth") > 0).n_unique(),
            extra=(pl.col("nth") > 0).sum(),
            at_once=(pl.col("event") == pl.col("before")).sum(),
        )
        .sort("event")
    )
    got = [(step.code, step.times, step.again.n, step.again.k, step.extra, step.at_once) for step in found.steps]
    assert got == counted.rows()
    assert found.whole.events.sums.k == rows.height
    assert ways(found) == ways_by_polars(rows)


def ways(found: Cases) -> list[tuple[int, ...]]:
    back = found.ways_back
    return sorted(zip(*(each.tolist() for each in (back.source, back.target, back.times, back.cases)), strict=True))


def ways_by_polars(rows: pl.DataFrame) -> list[tuple[int, ...]]:
    back = rows.filter((pl.col("nth") > 0) & (pl.col("before") != pl.col("event")))
    grouped = back.group_by("before", "event").agg(times=pl.len(), cases=pl.col("customer").n_unique())
    return sorted(grouped.rows())
