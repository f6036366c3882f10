"""Answers of the first kernels; event codes, not names (the timeline holds the dictionary)."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.kernels.words import Floats, Int64s, UInt16s


@dataclass(frozen=True, slots=True)
class Graph:
    """A directly-follows graph.

    Arrays over edges are parallel: `source` and `target` codes, `count` (times), `customers`, gaps in
    microseconds: `mean_gap`, exact `median_gap` and `p90_gap` (linear interpolation, as SQL's
    percentile_cont). Arrays over nodes are parallel with `node`: `times`, `visitors` (customers), `starts` and `ends`
    (customers whose first or last event it is).
    """

    source: UInt16s
    target: UInt16s
    count: Int64s
    customers: Int64s
    mean_gap: Floats
    median_gap: Floats
    p90_gap: Floats
    node: UInt16s
    times: Int64s
    visitors: Int64s
    starts: Int64s
    ends: Int64s
    total_customers: int
    total_events: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One sequence of event codes with the customers that have it and their median duration in microseconds."""

    events: tuple[int, ...]
    customers: int
    median_duration: float


@dataclass(frozen=True, slots=True)
class Variants:
    """The most frequent variants, most customers first, ties by sequence; `distinct` counts them all."""

    top: tuple[Variant, ...]
    distinct: int
    total_customers: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Customers who reached each step in order within the window, and their times to convert.

    `reached[k]` counts customers who got to step `k`. `median_gap[k]` and `p90_gap[k]` are microseconds from step
    `k - 1` to step `k` for those who reached `k` (NaN at 0); `median_total` is from the first step to the last
    for those who converted (NaN when none did).
    """

    reached: Int64s
    median_gap: Floats
    p90_gap: Floats
    median_total: float
