"""Words that every answer uses: a share, a mean or a quantile with its uncertainty, and times in bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isnan
from typing import Any, Final, TypeVar

import numpy as np

from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats import intervals
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import Interval, proportion, wilson

T = TypeVar("T")

MICROS: Final = 1_000_000
DAY_S: Final = 86_400
BIN_EDGES_S: Final = (
    0, 1, 10, 60, 600, 3_600, 6 * 3_600, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S, 90 * DAY_S,
)  # fmt: skip
# What identify, group and alias calls are recorded as: they say who somebody is, not what they did.
IDENTITY_EVENTS: Final = frozenset({"Identified", "Grouped", "Aliased"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A proportion with its 95 % interval; `too_few` says that it must not be shown."""

    value: float
    low: float
    high: float
    n: int
    too_few: bool = False

    def __str__(self) -> str:
        if self.too_few:
            return f"n = {self.n:,}, too few"
        return f"{self.value * 100:.1f}% ({self.low * 100:.1f}% to {self.high * 100:.1f}%)"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A quantile by customer in seconds with its 95 % interval, None where customers are too few for one."""

    value: float
    low: float | None
    high: float | None
    n: int  # customers


@dataclass(frozen=True, kw_only=True, slots=True)
class GapBin:
    """How many times the next step came after `since_s` (inclusive) and before `until_s` seconds (None: no end)."""

    since_s: float
    until_s: float | None
    times: int


NO_SHARE: Final = Share(value=0.0, low=0.0, high=1.0, n=0, too_few=True)


def share(successes: int, n: int) -> Share:
    """Give a share of independent customers with Wilson's 95 % interval."""
    return share_of(wilson(successes, n), n) if n else NO_SHARE


def clustered_share(clusters: Clusters) -> Share:
    """Give a share whose customers may count several times; `n` is then the number of times."""
    return share_of(proportion(clusters), int(clusters.n)) if clusters.n else NO_SHARE


def share_of(found: Interval, n: int | None = None) -> Share:
    """Write an interval down as a share; `n` stands in for the interval's own."""
    return Share(
        value=found.value, low=found.low, high=found.high, n=found.n if n is None else n, too_few=found.is_too_few()
    )


def mean_of(clusters: Clusters, exact: float | None = None) -> Mean | None:
    """Give a mean with its interval, None of nothing; `exact` is the value where the clusters' sums are rounded."""
    if not clusters.n:
        return None
    value = clusters.value if exact is None else exact
    found = intervals.mean(clusters)
    if found is None:
        return Mean(value=value, low=None, high=None, n=clusters.customers)
    half = (found.high - found.low) / 2
    return Mean(value=value, low=value - half, high=value + half, n=clusters.customers)


def seconds(micros: float) -> float | None:
    """Turn microseconds into seconds, and a figure that means nothing (NaN) into None."""
    return None if isnan(micros) else float(micros) / MICROS


def gap_bins(gaps_us: Int64s) -> tuple[GapBin, ...]:
    """Count ascending gaps in spans that people name (a second, a minute, an hour, a day), without empty ends."""
    cuts = np.searchsorted(gaps_us, np.array(BIN_EDGES_S) * MICROS)
    return filled_bins(np.diff(cuts, append=len(gaps_us)).tolist())


def filled_bins(times: Sequence[int]) -> tuple[GapBin, ...]:
    """Name the spans between `BIN_EDGES_S` that times were counted in, without empty ends."""
    filled = [place for place, each in enumerate(times) if each]
    if not filled:
        return ()
    ends = [*BIN_EDGES_S[1:], None]
    return tuple(
        GapBin(since_s=BIN_EDGES_S[place], until_s=ends[place], times=times[place])
        for place in range(filled[0], filled[-1] + 1)
    )


def resting(kind: type[T], found: Any, **more: Any) -> T:
    """Make an answer of figures and what they rest on; `kind` has the figures' fields and `more`."""
    return kind(**{each.name: getattr(found, each.name) for each in fields(found)}, **more)
