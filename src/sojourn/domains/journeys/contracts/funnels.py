"""Funnels: what is asked and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sojourn.domains.journeys.contracts.graphs import GapBin
from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.kernels.funnel_asked import Order
from sojourn.kit.calendar import CalendarUnit


class FunnelCount(StrEnum):
    """What a funnel counts: each customer once, or each entry (one begins while no other runs)."""

    CUSTOMERS = "customers"
    ENTRIES = "entries"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelExclusion:
    """Events that break a funnel between step `after` and step `before`, numbered from 1; None: first and last."""

    events: tuple[str, ...]
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelOptions:
    """How a funnel is counted besides its steps and window; the plain one is in order, by customer.

    `by` breaks down by a dimension of the first step, its `top` values and the rest; `trend` by the day, week or month
    of the first step, in `zone`.
    """

    order: Order = Order.ORDERED
    count: FunnelCount = FunnelCount.CUSTOMERS
    exclusions: tuple[FunnelExclusion, ...] = ()
    by: str | None = None
    top: int = 5
    trend: CalendarUnit | None = None
    zone: str = "UTC"


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
class FunnelTable:
    """A funnel within a window; times to convert, from the first step to the last, in seconds and in bins."""

    steps: tuple[FunnelStep, ...]
    window_s: int
    options: FunnelOptions
    median_total_s: float | None
    p90_total_s: float | None
    bins: tuple[GapBin, ...]
    parts: tuple[FunnelPart, ...]
    trend: tuple[FunnelSpan, ...]
    coverage: Coverage
