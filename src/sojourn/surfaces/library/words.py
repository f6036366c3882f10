"""Words that every answer uses: a share with its uncertainty, and what an answer rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isnan

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import Interval, mean, proportion, wilson
from sojourn.kit.period import Period
from sojourn.surfaces.library.figures import percent, whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A proportion with its 95 % interval, `n` customers or journeys behind it.

    `too_few` says that it rests on too few to be shown: fewer than 30 customers, or an interval 30 points wide or
    more. The numbers are there all the same; texts and pictures say *too few*.
    """

    value: float
    low: float
    high: float
    n: int
    too_few: bool = False

    def __str__(self) -> str:
        if self.too_few:
            return f"n = {whole(self.n)}, too few"
        return f"{percent(self.value)} ({percent(self.low)} to {percent(self.high)})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """A mean by customer with its 95 % interval, None where one customer alone tells nothing of it."""

    value: float
    low: float | None
    high: float | None
    n: int  # customers

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:,.2f}"
        return f"{self.value:,.2f} ({self.low:,.2f} to {self.high:,.2f})"


NO_SHARE = Share(value=0.0, low=0.0, high=1.0, n=0, too_few=True)


def share_of(successes: int, n: int) -> Share:
    """Give a share of independent customers with Wilson's interval."""
    return _share(wilson(successes, n), n) if n else NO_SHARE


def clustered_share(clusters: Clusters) -> Share:
    """Give a share whose customers may count several times; `n` is then the number of times."""
    return _share(proportion(clusters), int(clusters.n)) if clusters.n else NO_SHARE


def seconds(micros: float) -> float | None:
    """Turn microseconds into seconds, and a figure that means nothing (NaN) into None."""
    return None if isnan(micros) else float(micros) / 1_000_000


def _share(found: Interval, n: int) -> Share:
    return Share(value=found.value, low=found.low, high=found.high, n=n, too_few=found.is_too_few())


def mean_of(clusters: Clusters, exact: float | None = None) -> Mean | None:
    """Give a mean with its interval, None of nothing; `exact` is the value where the clusters' sums are rounded."""
    if not clusters.n:
        return None
    value = clusters.value if exact is None else exact
    found = mean(clusters)
    if found is None:
        return Mean(value=value, low=None, high=None, n=clusters.customers)
    half = (found.high - found.low) / 2
    return Mean(value=value, low=value - half, high=value + half, n=clusters.customers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What an answer rests on.

    `refused` rows of a file or DataFrame could not become events; `left_out` customers are hidden by the server's
    purpose (None: none or so few that the number would tell on them). Two answers are equal when their figures are:
    where and when they were computed does not count.
    """

    customers: int
    events: int
    period: Period = field(default=Period(), compare=False)
    refused: int = field(default=0, compare=False)
    left_out: int | None = field(default=0, compare=False)
    purpose: str = field(default="", compare=False)
    fresh_at: datetime | None = field(default=None, compare=False)
    query: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = [f"n = {whole(self.customers)} customers, {whole(self.events)} events"]
        if self.refused:
            parts.append(f"{whole(self.refused)} rows refused")
        if self.left_out != 0:
            some = "none or a few" if self.left_out is None else whole(self.left_out)
            parts.append(f"{some} customers left out")
        if self.purpose:
            parts.append(f"purpose {self.purpose}")
        return "; ".join(parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A node of the graph: an event, how often it happened and to whom."""

    name: str
    customers: int
    times: int
    repeaters: int  # customers who had it more than once
    starts: int  # customers whose first event it is
    ends: int  # customers whose last event it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """An edge of the graph; `share` is of the customers at its source step; seconds."""

    source: str
    target: str
    customers: int
    times: int
    share: Share
    mean_s: float
    median_s: float
    p90_s: float
