"""Funnels: how many get how far within a window, how long it takes, for whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import funnels, rules
from sojourn.domains.journeys.contracts import (
    FunnelCount,
    FunnelCounts,
    FunnelExclusion,
    FunnelOptions,
    FunnelPart,
    FunnelSpan,
    FunnelStep,
    FunnelTable,
    Question,
)
from sojourn.domains.journeys.queries.door import bounds, known_codes
from sojourn.domains.journeys.queries.retention import known_span
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, EventFilter, Purpose
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.funnel import FunnelFold
from sojourn.engine.kernels.funnel_asked import Exclusion, Order
from sojourn.engine.kernels.funnel_detail import FunnelDetailFold
from sojourn.engine.kernels.results import Funnel, FunnelDetail, FunnelTally
from sojourn.engine.kernels.words import AnyFold
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import zone_called
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, micros

EDGES_US = [edge * rules.MICROS for edge in rules.BIN_EDGES_S]
NO_GROUPS = np.zeros((0, 0), np.int64)
SAID = {Order.ORDERED: "steps in order", Order.STRICT: "steps, nothing in between", Order.ANY: "steps in any order"}

Sets = tuple[tuple[str, ...], ...]


def funnel(
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    question: Question,
    viewer: Viewer,
    options: FunnelOptions = FunnelOptions(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> FunnelTable:
    """Give who took the first step in the period, and reached each next one within the window.

    A step is an event's name or several, any of which counts. Later steps may come after the period while the
    window is open. Groups of fewer customers than the k floor count with the rest. Raise InvalidError for a funnel
    that cannot be, or an event or dimension that was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    funnels.check(sets, window_days, options)
    window_s = round(window_days * rules.DAY_S)
    known = known_span(now, viewer, purpose)
    edges = _spans(options, question.period, known)

    def fold_for(codes: Codes) -> AnyFold:
        named = [known_codes(codes, names) for names in sets]
        if funnels.is_plain(options):
            window_us = window_s * rules.MICROS
            return FunnelFold(named, window_us=window_us, edges_us=EDGES_US, **bounds(question.period))
        return _detail_fold(named, codes, options, question, edges, window_s)

    answer = privacy.ask(
        fold_for=fold_for,
        period=_with_window(question.period, window_s),
        events=_with_own(question.events, sets, options),
        purpose=purpose,
        viewer=viewer,
        key=("journeys.funnel", sets, window_s, question.period, options, edges, question.identity_steps),
        told=_told(sets, window_days, question, options),
    )
    found = _whole(answer.value) if isinstance(answer.value, Funnel) else answer.value
    return FunnelTable(
        steps=_steps(sets, found),
        window_s=window_s,
        options=options,
        median_total_s=rules.seconds(found.median_total),
        p90_total_s=rules.seconds(found.p90_total),
        bins=rules.filled_bins(found.bins[0].tolist()),
        parts=_parts(found),
        trend=_trend(found.spans, edges, timedelta(seconds=window_s), known),
        coverage=replace(answer.coverage, period=question.period),
    )


def _spans(options: FunnelOptions, period: Period, known: Period) -> tuple[datetime, ...]:
    if options.trend is None:
        return ()
    return cohorts.spans(options.trend, period, known, zone_called(options.zone))


def _detail_fold(
    steps: list[list[int]],
    codes: Codes,
    options: FunnelOptions,
    question: Question,
    edges: tuple[datetime, ...],
    window_s: int,
) -> FunnelDetailFold:
    if options.by is not None and options.by not in codes.dimensions:
        there = ", ".join(sorted(codes.dimensions)) or "none"
        raise InvalidError(f"by: there is no dimension {options.by}; there are {there}.")
    hidden = () if question.identity_steps else rules.IDENTITY_EVENTS
    return FunnelDetailFold(
        steps,
        window_us=window_s * rules.MICROS,
        order=options.order,
        exclusions=[_exclusion(codes, each) for each in options.exclusions],
        hidden=[codes.code(name) for name in hidden],
        by_entry=options.count is FunnelCount.ENTRIES,
        by=options.by,
        texts=codes.dimensions[options.by] if options.by is not None else (),
        top=options.top,
        least=settings.SOJOURN.k_floor,
        marks=[micros(edge) for edge in edges[1:-1]] or ([micros(edges[-1])] if edges else []),
        edges_us=EDGES_US,
        **bounds(question.period),
    )


def _exclusion(codes: Codes, exclusion: FunnelExclusion) -> Exclusion:
    named = frozenset(known_codes(codes, exclusion.events))
    if exclusion.after is None or exclusion.before is None:
        return Exclusion(named)
    return Exclusion(named, exclusion.after - 1, exclusion.before - 1)


def _with_window(period: Period, window_s: int) -> Period:
    until = None if period.until is None else period.until + timedelta(seconds=window_s)
    return Period(since=period.since, until=until)


def _with_own(events: EventFilter, sets: Sets, options: FunnelOptions) -> EventFilter:
    """Let a filter by name keep what the funnel itself names: what is not read can neither be a step nor break one."""
    if not events.names:
        return events
    own = [name for names in (*sets, *(each.events for each in options.exclusions)) for name in names]
    return replace(events, names=tuple(dict.fromkeys((*events.names, *own))))


def _told(sets: Sets, window_days: float, question: Question, options: FunnelOptions) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    told: dict[str, object] = {SAID[options.order]: sets, "window in days": window_days, "first step": question.period}
    if options.exclusions:
        told["broken by"] = tuple(funnels.exclusion_said(each) for each in options.exclusions)
    if options.count is FunnelCount.ENTRIES:
        told["counted"] = "each entry; one begins while no other runs"
    if options.by is not None:
        told["by, at the first step"] = options.by
    if options.trend is not None:
        told[f"by {options.trend} of the first step, in"] = options.zone
    return told


def _whole(found: Funnel) -> FunnelDetail:
    """Give the plain fold's answer in the form of the other one."""
    reached = found.reached[np.newaxis]
    none = FunnelTally(NO_GROUPS, NO_GROUPS, NO_GROUPS, NO_GROUPS, NO_GROUPS)
    return FunnelDetail(
        whole=FunnelTally(reached, reached, reached, reached, reached),
        parts=none,
        values=(),
        names=(),
        spans=none,
        median_gap=found.median_gap,
        p90_gap=found.p90_gap,
        median_total=found.median_total,
        p90_total=found.p90_total,
        part_median_total=np.zeros(0),
        part_p90_total=np.zeros(0),
        bins=found.bins,
    )


def _steps(sets: Sets, found: FunnelDetail) -> tuple[FunnelStep, ...]:
    return tuple(
        FunnelStep(
            name=" / ".join(names),
            customers=counts.customers,
            times=counts.times,
            from_first=counts.from_first,
            from_before=counts.from_before,
            median_s=rules.seconds(found.median_gap[k]),
            p90_s=rules.seconds(found.p90_gap[k]),
            bins=rules.filled_bins(found.bins[k].tolist()) if k else (),
        )
        for k, (names, counts) in enumerate(zip(sets, _counts(found.whole, 0), strict=True))
    )


def _counts(tally: FunnelTally, group: int) -> tuple[FunnelCounts, ...]:
    return tuple(
        FunnelCounts(
            customers=int(tally.customers[group, k]),
            times=int(tally.times[group, k]),
            from_first=rules.clustered_share(_clusters(tally, group, k, 0)),
            from_before=rules.clustered_share(_clusters(tally, group, k, max(k - 1, 0))),
        )
        for k in range(tally.times.shape[1])
    )


def _clusters(tally: FunnelTally, group: int, step: int, base: int) -> Clusters:
    """Give the sums behind the share of step `base` that reaches `step`: the one before it, the first, or itself."""
    products = {step: tally.squares, step - 1: tally.with_before, 0: tally.with_first}[base]
    return Clusters(
        customers=int(tally.customers[group, base]),
        n=int(tally.times[group, base]),
        k=int(tally.times[group, step]),
        nn=int(tally.squares[group, base]),
        kk=int(tally.squares[group, step]),
        nk=int(products[group, step]),
    )


def _parts(found: FunnelDetail) -> tuple[FunnelPart, ...]:
    groups = found.parts.times.shape[0]
    return tuple(
        FunnelPart(
            name=found.names[group] if group < len(found.names) else "",
            is_rest=group == groups - 1,
            steps=_counts(found.parts, group),
            median_total_s=rules.seconds(found.part_median_total[group]),
            p90_total_s=rules.seconds(found.part_p90_total[group]),
        )
        for group in range(groups)
        if group < groups - 1 or found.parts.customers[group, 0] >= max(settings.SOJOURN.k_floor, 1)
    )


def _trend(spans: FunnelTally, edges: tuple[datetime, ...], window: timedelta, known: Period) -> tuple[FunnelSpan, ...]:
    last = spans.times.shape[1] - 1
    told = []
    for place, (since, until) in enumerate(pairwise(edges)):
        is_open = known.until is None or until + window > known.until
        converted = None if is_open else rules.clustered_share(_clusters(spans, place, last, 0))
        told.append(
            FunnelSpan(
                since=since,
                until=until,
                customers=int(spans.customers[place, 0]),
                times=int(spans.times[place, 0]),
                converted=converted,
                is_open=is_open,
            )
        )
    return tuple(told)
