"""Completion and abandonment of named journeys as KPIs."""

from __future__ import annotations

from dataclasses import replace

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Completion
from sojourn.domains.metrics.rules import Estimate
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import proportion
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period


def estimates(
    *,
    kpi: str,
    journey: str | None,
    period: Period,
    by: str | None,
    events: EventFilter,
    viewer: Viewer,
    purpose: Purpose,
    per: Per = Per.CUSTOMER,
) -> tuple[list[Estimate], Coverage]:
    """Estimate the share of closed journeys that were completed or abandoned."""
    if journey is None and by not in (None, "journey"):
        raise InvalidError("journey: name one to break it down; without one there is a figure for each journey.")
    slugs = [journey] if journey is not None else [each.slug for each in journeys.journeys(viewer=viewer)]
    split = None if by == "journey" else by
    found = [
        each if journey is not None and split else replace(each, part=each.journey)
        for slug in slugs
        for each in journeys.completions(
            slug=slug, period=period, by=split, events=events, viewer=viewer, purpose=purpose, per=per
        )
    ]
    coverage = found[0].coverage if found else _nothing(period, viewer, purpose)
    return [_estimate(kpi, each, per, is_part=split is not None) for each in found], coverage


def clusters(kpi: str, found: Completion) -> Clusters:
    """Give the sums by customer of the share that a KPI is about."""
    return found.completed_clusters if kpi == "completion_rate" else found.abandoned_clusters


def estimate(part: str, sums: Clusters, per: Per) -> Estimate:
    """Estimate a share of closed journeys from sums by customer, or by sets of groups that share one."""
    interval = proportion(sums) if sums.n else None
    return Estimate(part=part, clusters=sums, interval=interval, factor=100, width=1, per=per)


def _estimate(kpi: str, found: Completion, per: Per, *, is_part: bool) -> Estimate:
    """Estimate a KPI; how many groups there are, the answer knows of the whole only."""
    note, together = f"{found.open} still open" if found.open else "", found.coverage.in_groups
    made = replace(estimate(found.part, clusters(kpi, found), per), note=note)
    return made if is_part or together is None else replace(made, groups=together.groups, alone=together.alone)


def _nothing(period: Period, viewer: Viewer, purpose: Purpose) -> Coverage:
    """Say what a figure of no journeys rests on."""
    fresh = privacy.freshness(purpose=purpose, viewer=viewer)
    return Coverage(
        purpose=purpose, customers=0, events=0, left_out=None, out_of_scope=None, period=period, batch=fresh.batch,
        fresh_at=fresh.received_at, took_ms=0.0,
    )  # fmt: skip
