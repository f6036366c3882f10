"""Retention of a file's or DataFrame's events."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import pairwise

from sojourn.engine.kernels import cohorts, running
from sojourn.engine.kernels.cohorts import Plan
from sojourn.engine.kernels.retention import Retention as Found
from sojourn.engine.kernels.retention import RetentionFold
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import zone_called
from sojourn.kit.period import Period, instant, micros
from sojourn.surfaces.library.asked import Filter, RetentionAsked
from sojourn.surfaces.library.looking import seen
from sojourn.surfaces.library.recorded import IDENTITY_EVENTS, Recorded
from sojourn.surfaces.library.results.retention import Cohort, Retention, RetentionCell, RetentionColumn
from sojourn.surfaces.library.words import clustered_share, share_of


def retention(recorded: Recorded, asked: Filter, wanted: RetentionAsked) -> Retention:
    """Count who came back, by cohort; raise InvalidError for what cannot be asked, or an event that there is not."""
    plan = cohorts.plan(wanted, asked.period, _known(recorded), zone_called(wanted.zone))
    fold = RetentionFold(
        start=_codes(recorded, wanted.start),
        returns=_codes(recorded, wanted.returns),
        edges=plan.edges_us,
        cohorts=plan.cohorts,
        brackets=plan.brackets,
        as_of_us=plan.as_of_us,
        recurring=wanted.recurring,
        or_after=wanted.or_after,
    )
    # who started before the period is no newcomer in it
    since = plan.cohort_edges[0] if wanted.recurring else None
    looking = seen(recorded, asked, Period(since=since, until=instant(plan.edges_us[-1])))
    found = running.run(fold, [looking.events], os.cpu_count() or 1)
    return Retention(
        unit=wanted.unit,
        distance_unit=plan.distance_unit,
        distances=_columns(plan, found),
        cohorts=_cohorts(plan, found),
        customers=found.customers,
        recurring=wanted.recurring,
        or_after=wanted.or_after,
        zone=wanted.zone,
        coverage=looking.coverage,
    )


def _known(recorded: Recorded) -> Period:
    """Say from when until when events are known: just after the last, or now where a sender's clock ran ahead."""
    now, at = datetime.now(UTC), recorded.events.at
    if not len(at):
        return Period(since=now, until=now)
    return Period(since=instant(int(at.min())), until=instant(min(int(at.max()) + 1, micros(now))))


def _codes(recorded: Recorded, names: tuple[str, ...]) -> list[int]:
    return [recorded.code(name) for name in names or recorded.names if names or name not in IDENTITY_EVENTS]


def _columns(plan: Plan, found: Found) -> tuple[RetentionColumn, ...]:
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


def _clusters(found: Found, column: int) -> Clusters:
    n, k, nn, kk, nk = found.pooled[column].tolist()
    return Clusters(customers=int(found.pooled_customers[column]), n=n, k=k, nn=nn, kk=kk, nk=nk)


def _cohorts(plan: Plan, found: Found) -> tuple[Cohort, ...]:
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


def _cell(found: Found, cohort: int, column: int) -> RetentionCell:
    if column >= found.closed[cohort]:
        return RetentionCell(returned=None, share=None)
    returned = int(found.returned[cohort, column])
    return RetentionCell(returned=returned, share=share_of(returned, int(found.size[cohort])))
