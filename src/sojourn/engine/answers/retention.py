"""Retention: of those who started, how many came back, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sojourn.engine.answers.door import C, Codes, Door, counted_codes
from sojourn.engine.answers.words import Share, clustered_share, share
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.cohorts import Plan
from sojourn.engine.kernels.retention import Retention, RetentionFold
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import CalendarUnit, zone_called
from sojourn.kit.period import Period, instant, micros

ANY = "any event"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionAsked:
    """What retention asks besides the question: who starts, what is a return, and how it is counted.

    `start` and `returns` name events, none: any event. Cohorts are days, weeks or months of `zone`; columns are
    distances in the same unit, from 0 on, `columns` of them (None: as many as the unit usually has), or, where
    `brackets` are given, spans of days such as (4, 7). `recurring`: a customer is in the cohort of each unit with a
    start, else in that of the first start ever. `or_after`: a return counts in its own column and all before it.
    """

    start: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    unit: CalendarUnit = CalendarUnit.WEEK
    columns: int | None = None
    brackets: tuple[tuple[int, int], ...] = ()
    recurring: bool = False
    or_after: bool = False
    zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionColumn:
    """One distance from the start, `first` to `last` inclusive, pooled over the cohorts for which it has passed.

    `share` is None where it has passed for none. Its `n` counts a customer once for each cohort, its interval has the
    customer as the unit; `customers` counts each once.
    """

    first: int
    last: int
    share: Share | None
    returned: int
    customers: int
    cohorts: int
    is_withheld: bool = False  # of too few customers for this viewer: `share` is None, and the counts are 0

    def __str__(self) -> str:
        return bracket_said(self.first, self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionCell:
    """Who of a cohort came back at a distance; None where its time has not passed yet."""

    returned: int | None
    share: Share | None
    is_withheld: bool = False  # of too few customers for this viewer, or it would tell one that is

    def __str__(self) -> str:
        if self.is_withheld or self.share is None:
            return "hidden" if self.is_withheld else ""
        return "too few" if self.share.too_few else f"{self.share.value * 100:.1f}%"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """The customers who started in a span of time; `is_open` while it has not passed and more may start."""

    since: datetime
    until: datetime
    customers: int | None  # None: too few for this viewer
    is_open: bool
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionFigures:
    """Who came back, by cohort and distance; `distance_unit` is that of the columns."""

    unit: CalendarUnit
    distance_unit: CalendarUnit
    cohorts: tuple[Cohort, ...]
    customers: int  # in any cohort, each once
    recurring: bool
    or_after: bool
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Retained:
    """Retention: its figures, its columns, and the span of the cohorts."""

    figures: RetentionFigures
    columns: tuple[RetentionColumn, ...]
    shown: Period


def retention(door: Door[C], asked: RetentionAsked) -> tuple[Retained, C]:
    """Give who came back, by cohort and distance, for the days, weeks or months that the question's period touches.

    Returns may come after the period. A cell is counted once its time has passed for the whole cohort. Raise
    InvalidError for what cannot be asked, or an event that was never seen.
    """
    plan = cohorts.plan(asked, door.period, door.known(), zone_called(asked.zone))

    def fold_for(codes: Codes) -> RetentionFold:
        return RetentionFold(
            start=counted_codes(codes, asked.start, identity_steps=door.identity_steps),
            returns=counted_codes(codes, asked.returns, identity_steps=door.identity_steps),
            edges=plan.edges_us,
            cohorts=plan.cohorts,
            brackets=plan.brackets,
            as_of_us=plan.as_of_us,
            recurring=asked.recurring,
            or_after=asked.or_after,
        )

    # who started before the period is no newcomer in it
    since = plan.cohort_edges[0] if asked.recurring else None
    answer = door.ask(
        fold_for,
        period=Period(since=since, until=instant(plan.edges_us[-1])),
        key=("journeys.retention", asked, plan, door.identity_steps),
        told=_told(asked, plan),
    )
    figures = RetentionFigures(
        unit=asked.unit,
        distance_unit=plan.distance_unit,
        cohorts=_cohorts(plan, answer.value),
        customers=answer.value.customers,
        recurring=asked.recurring,
        or_after=asked.or_after,
        zone=asked.zone,
    )
    shown = Period(since=plan.cohort_edges[0], until=plan.until)
    return Retained(figures=figures, columns=_columns(plan, answer.value), shown=shown), answer.coverage


def bracket_said(first: int, last: int) -> str:
    """Write a column's distances: 4, or 4-7."""
    return str(first) if first == last else f"{first}-{last}"


def _told(asked: RetentionAsked, plan: Plan) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    return {
        "start": asked.start or ANY,
        "return": asked.returns or ANY,
        f"cohorts by {asked.unit}": Period(since=plan.cohort_edges[0], until=plan.until),
        "a customer's cohorts": "each with a start" if asked.recurring else "that of the first start",
        f"columns in {plan.distance_unit}s": ", ".join(bracket_said(*each) for each in plan.brackets),
        "counted": "at this distance or after" if asked.or_after else "at this distance",
        "passed until": instant(plan.as_of_us),
        "time zone": asked.zone,
    }


def _columns(plan: Plan, found: Retention) -> tuple[RetentionColumn, ...]:
    return tuple(
        RetentionColumn(
            first=first,
            last=last,
            share=clustered_share(_clusters(found, place)) if found.pooled[place, 0] else None,
            returned=int(found.pooled[place, 1]),
            customers=int(found.pooled_customers[place]),
            cohorts=int((found.closed > place).sum()),
        )
        for place, (first, last) in enumerate(plan.brackets)
    )


def _clusters(found: Retention, column: int) -> Clusters:
    n, k, nn, kk, nk = found.pooled[column].tolist()
    return Clusters(customers=int(found.pooled_customers[column]), n=n, k=k, nn=nn, kk=kk, nk=nk)


def _cohorts(plan: Plan, found: Retention) -> tuple[Cohort, ...]:
    return tuple(
        Cohort(
            since=since,
            until=until,
            customers=int(found.size[place]),
            is_open=micros(until) > plan.as_of_us,
            cells=tuple(_cell(found, place, column) for column in range(len(plan.brackets))),
        )
        for place, (since, until) in enumerate(pairwise(plan.cohort_edges))
    )


def _cell(found: Retention, cohort: int, column: int) -> RetentionCell:
    if column >= found.closed[cohort]:
        return RetentionCell(returned=None, share=None)
    returned = int(found.returned[cohort, column])
    return RetentionCell(returned=returned, share=share(returned, int(found.size[cohort])))
