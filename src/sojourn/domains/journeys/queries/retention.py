"""Retention: of those who started, how many came back, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import (
    Cohort,
    Question,
    RetentionAsked,
    RetentionCell,
    RetentionColumn,
    RetentionTable,
)
from sojourn.domains.journeys.queries.door import known_codes
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Purpose
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.cohorts import Plan
from sojourn.engine.kernels.retention import Retention, RetentionFold
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import zone_called
from sojourn.kit.period import Period, instant, micros

ANY = "any event"


def retention(
    *,
    asked: RetentionAsked,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> RetentionTable:
    """Give who came back, by cohort and distance, for the days, weeks or months that the question's period touches.

    Returns may come after the period. A cell is counted once its time has passed for the whole cohort. Raise
    InvalidError for what cannot be asked, or an event that was never seen.
    """
    plan = cohorts.plan(asked, question.period, known_span(now, viewer, purpose), zone_called(asked.zone))

    def fold_for(codes: Codes) -> RetentionFold:
        return RetentionFold(
            start=codes_of(codes, asked.start, question),
            returns=codes_of(codes, asked.returns, question),
            edges=plan.edges_us,
            cohorts=plan.cohorts,
            brackets=plan.brackets,
            as_of_us=plan.as_of_us,
            recurring=asked.recurring,
            or_after=asked.or_after,
        )

    # who started before the period is no newcomer in it
    since = plan.cohort_edges[0] if asked.recurring else None
    answer = privacy.ask(
        fold_for=fold_for,
        period=Period(since=since, until=instant(plan.edges_us[-1])),
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.retention", asked, plan, question.identity_steps),
        told=_told(asked, plan),
    )
    shown = Period(since=plan.cohort_edges[0], until=plan.until)
    return RetentionTable(
        unit=asked.unit,
        distance_unit=plan.distance_unit,
        columns=_columns(plan, answer.value),
        cohorts=_cohorts(plan, answer.value),
        customers=answer.value.customers,
        recurring=asked.recurring,
        or_after=asked.or_after,
        zone=asked.zone,
        coverage=replace(answer.coverage, period=shown),
    )


def known_span(now: datetime | None, viewer: Viewer, purpose: Purpose) -> Period:
    """Say from when until when events are known: just after the last, or now where a sender's clock ran ahead."""
    fresh, now = privacy.freshness(purpose=purpose, viewer=viewer), now or timezone.now()
    if fresh.first_at is None or fresh.last_at is None:
        return Period(since=now, until=now)
    return Period(since=fresh.first_at, until=instant(min(micros(fresh.last_at) + 1, micros(now))))


def codes_of(codes: Codes, names: tuple[str, ...], question: Question) -> list[int]:
    """Give the codes of the events named; of all when none are, but for what only says who somebody is."""
    if names:
        return known_codes(codes, names)
    hidden = frozenset() if question.identity_steps else rules.IDENTITY_EVENTS
    return [codes.code(name) for name in codes.names if name and name not in hidden]


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


def bracket_said(first: int, last: int) -> str:
    """Write a column's distances: 4, or 4-7."""
    return str(first) if first == last else f"{first}-{last}"


def _columns(plan: Plan, found: Retention) -> tuple[RetentionColumn, ...]:
    return tuple(
        RetentionColumn(
            first=first,
            last=last,
            share=rules.clustered_share(_clusters(found, place)) if found.pooled[place, 0] else None,
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
    return RetentionCell(returned=returned, share=rules.share(returned, int(found.size[cohort])))
