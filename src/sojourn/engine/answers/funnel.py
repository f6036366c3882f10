"""Funnels: how many get how far within a window, how long it takes, for whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from sojourn.engine.answers.door import C, Codes, Door, Looking, bounds, dimension_values, known_codes
from sojourn.engine.answers.funnel_asked import (
    FunnelCount,
    FunnelExclusion,
    FunnelOptions,
    Sets,
    check,
    exclusion_said,
    is_plain,
)
from sojourn.engine.answers.words import (
    BIN_EDGES_S,
    DAY_S,
    IDENTITY_EVENTS,
    MICROS,
    GapBin,
    Share,
    clustered_share,
    filled_bins,
    seconds,
)
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.funnels.asked import Exclusion, Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.results import Funnel, FunnelDetail, FunnelTally
from sojourn.engine.kernels.words import AnyFold
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.calendar import zone_called
from sojourn.kit.period import Period, micros

EDGES_US = [edge * MICROS for edge in BIN_EDGES_S]
NO_GROUPS = np.zeros((0, 0), np.int64)
SAID = {Order.ORDERED: "steps in order", Order.STRICT: "steps, nothing in between", Order.ANY: "steps in any order"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelCounts:
    """Who reached a step: `times` are entries, or customers again when customers are counted.

    `from_first` and `from_before` are shares of `times`, with the customer as the unit of their intervals.
    """

    customers: int
    times: int
    from_first: Share
    from_before: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStep:
    """One step of a funnel, as `FunnelCounts`; times from the step before in seconds, and in bins."""

    name: str
    customers: int
    times: int
    from_first: Share
    from_before: Share
    median_s: float | None
    p90_s: float | None
    bins: tuple[GapBin, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelPart:
    """A funnel's customers or entries with one value of a dimension at the first step ("" for none), or the rest."""

    name: str
    is_rest: bool
    steps: tuple[FunnelCounts, ...]
    median_total_s: float | None
    p90_total_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelSpan:
    """A funnel's customers or entries by when the first step came; `converted` is the share that took every step.

    `is_open`, and `converted` None, while the window of some has not passed: quick successes would else be counted
    before slow failures.
    """

    since: datetime
    until: datetime
    customers: int
    times: int
    converted: Share | None
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelFigures:
    """A funnel within a window; times to convert, from the first step to the last, in seconds and in bins."""

    steps: tuple[FunnelStep, ...]
    window_s: int
    options: FunnelOptions
    median_total_s: float | None
    p90_total_s: float | None
    bins: tuple[GapBin, ...]
    parts: tuple[FunnelPart, ...]
    trend: tuple[FunnelSpan, ...]


def funnel(
    door: Door[C],
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    options: FunnelOptions,
    are_groups: bool = False,
) -> tuple[FunnelFigures, C]:
    """Give who took the first step in the period, and reached each next one within the window.

    A step is an event's name or several, any of which counts. Later steps may come after the period while the
    window is open. Groups of too few customers count with the rest. Where the door shows groups of customers in their
    place (`are_groups`), those that share a customer are not independent. Raise InvalidError for a funnel that cannot
    be, or an event or dimension that was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    check(sets, window_days, options)
    window_s = round(window_days * DAY_S)
    known = door.known()
    edges = _spans(options, door.period, known)

    def fold_for(codes: Codes) -> AnyFold:
        named = [known_codes(codes, names) for names in sets]
        if is_plain(options) and not are_groups:
            return FunnelFold(named, window_us=window_s * MICROS, edges_us=EDGES_US, **bounds(door.period))
        return detail_fold(named, codes, options, door, edges, window_s)

    answer = door.ask(
        fold_for,
        period=with_window(door.period, window_s),
        keeping=own_names(sets, options),
        key=("journeys.funnel", sets, window_s, door.period, options, edges, door.identity_steps),
        told=_told(sets, window_days, door.period, options),
    )
    found = _whole(answer.value) if isinstance(answer.value, Funnel) else answer.value
    figures = FunnelFigures(
        steps=_steps(sets, found),
        window_s=window_s,
        options=options,
        median_total_s=seconds(found.median_total),
        p90_total_s=seconds(found.p90_total),
        bins=filled_bins(found.bins[0].tolist()),
        parts=_parts(found, max(door.fewest, 1)),
        trend=_trend(found.spans, edges, timedelta(seconds=window_s), known),
    )
    return figures, answer.coverage


def own_names(sets: Sets, options: FunnelOptions) -> tuple[str, ...]:
    """Name the events that a funnel is about: what is not read can neither be a step nor break one."""
    return tuple(name for names in (*sets, *(each.events for each in options.exclusions)) for name in names)


def with_window(period: Period, window_s: float, *, since: bool = True) -> Period:
    """Give a period with what may come within a window after it, and without `since` all that came before."""
    until = None if period.until is None else period.until + timedelta(seconds=window_s)
    return Period(since=period.since if since else None, until=until)


def _spans(options: FunnelOptions, period: Period, known: Period) -> tuple[datetime, ...]:
    if options.trend is None:
        return ()
    return cohorts.spans(options.trend, period, known, zone_called(options.zone))


def detail_fold(
    steps: list[list[int]],
    codes: Codes,
    options: FunnelOptions,
    door: Looking,
    edges: tuple[datetime, ...],
    window_s: int,
) -> FunnelDetailFold:
    """Make the fold that counts a funnel with all its options; raise InvalidError for a dimension that is not there."""
    return FunnelDetailFold(
        steps,
        window_us=window_s * MICROS,
        order=options.order,
        exclusions=[exclusion_of(codes, each) for each in options.exclusions],
        hidden=[] if door.identity_steps else [codes.code(name) for name in IDENTITY_EVENTS],
        by_entry=options.count is FunnelCount.ENTRIES,
        by=options.by,
        texts=() if options.by is None else dimension_values(codes, options.by),
        top=options.top,
        least=door.fewest,
        marks=[micros(edge) for edge in edges[1:-1]] or ([micros(edges[-1])] if edges else []),
        edges_us=EDGES_US,
        **bounds(door.period),
    )


def exclusion_of(codes: Codes, exclusion: FunnelExclusion) -> Exclusion:
    """Give an exclusion in codes; raise InvalidError for an event that was never seen."""
    named = frozenset(known_codes(codes, exclusion.events))
    if exclusion.after is None or exclusion.before is None:
        return Exclusion(named)
    return Exclusion(named, exclusion.after - 1, exclusion.before - 1)


def _told(sets: Sets, window_days: float, period: Period, options: FunnelOptions) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    told: dict[str, object] = {SAID[options.order]: sets, "window in days": window_days, "first step": period}
    if options.exclusions:
        told["broken by"] = tuple(exclusion_said(each) for each in options.exclusions)
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
    none = FunnelTally(*[NO_GROUPS] * 6)
    return FunnelDetail(
        whole=FunnelTally(*[reached] * 6),
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
            median_s=seconds(found.median_gap[k]),
            p90_s=seconds(found.p90_gap[k]),
            bins=filled_bins(found.bins[k].tolist()) if k else (),
        )
        for k, (names, counts) in enumerate(zip(sets, _counts(found.whole, 0), strict=True))
    )


def _counts(tally: FunnelTally, group: int) -> tuple[FunnelCounts, ...]:
    return tuple(
        FunnelCounts(
            customers=int(tally.customers[group, k]),
            times=int(tally.times[group, k]),
            from_first=clustered_share(_clusters(tally, group, k, 0)),
            from_before=clustered_share(_clusters(tally, group, k, max(k - 1, 0))),
        )
        for k in range(tally.times.shape[1])
    )


def _clusters(tally: FunnelTally, group: int, step: int, base: int) -> Clusters:
    """Give the sums behind the share of step `base` that reaches `step`: the one before it, the first, or itself."""
    products = {step: tally.squares, step - 1: tally.with_before, 0: tally.with_first}[base]
    return Clusters(
        customers=int(tally.sets[group, base]),
        n=int(tally.times[group, base]),
        k=int(tally.times[group, step]),
        nn=int(tally.squares[group, base]),
        kk=int(tally.squares[group, step]),
        nk=int(products[group, step]),
    )


def _parts(found: FunnelDetail, fewest: int) -> tuple[FunnelPart, ...]:
    groups = found.parts.times.shape[0]
    return tuple(
        FunnelPart(
            name=found.names[group] if group < len(found.names) else "",
            is_rest=group == groups - 1,
            steps=_counts(found.parts, group),
            median_total_s=seconds(found.part_median_total[group]),
            p90_total_s=seconds(found.part_p90_total[group]),
        )
        for group in range(groups)
        if group < groups - 1 or found.parts.sets[group, 0] >= fewest
    )


def _trend(spans: FunnelTally, edges: tuple[datetime, ...], window: timedelta, known: Period) -> tuple[FunnelSpan, ...]:
    last = spans.times.shape[1] - 1
    told = []
    for place, (since, until) in enumerate(pairwise(edges)):
        is_open = known.until is None or until + window > known.until
        converted = None if is_open else clustered_share(_clusters(spans, place, last, 0))
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
