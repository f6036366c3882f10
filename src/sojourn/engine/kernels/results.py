"""Answers of the first kernels; event codes, not names (the timeline holds the dictionary)."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.kernels.words import Floats, Int64s, UInt16s


@dataclass(frozen=True, slots=True)
class Graph:
    """A directly-follows graph.

    Arrays over edges are parallel: `source` and `target` codes, `count` (times), `customers`, gaps in
    microseconds: `mean_gap`, exact `median_gap` and `p90_gap` (linear interpolation, as SQL's
    percentile_cont). Arrays over nodes are parallel with `node`: `times`, `visitors` (customers), `repeaters`
    (customers who have it more than once), `starts` and `ends` (customers whose first or last event it is).
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
    repeaters: Int64s
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
    `k - 1` to step `k` for those who reached `k` (NaN at 0); `median_total` and `p90_total` are from the first step to
    the last for those who converted (NaN when none did). `bins` counts these times between the edges asked for, as in
    `FunnelDetail`.
    """

    reached: Int64s
    median_gap: Floats
    p90_gap: Floats
    median_total: float
    p90_total: float
    bins: Int64s


@dataclass(frozen=True, slots=True)
class FunnelTally:
    """Chains by group and step, shape (groups, steps), with the sums over customers that an interval needs.

    A customer with `r[k]` chains that reach step `k` adds one to `customers[k]`, `r[k]` to `times[k]`, its square
    to `squares[k]`, `r[k] * r[k - 1]` to `with_before[k]` and `r[k] * r[0]` to `with_first[k]`. Counted by customer,
    `r[k]` is 0 or 1 and all five are the same. Where a slice says which of its customers hang together, the last three
    are sums over these sets, and `sets[k]` counts them; else it counts customers.
    """

    customers: Int64s
    times: Int64s
    squares: Int64s
    with_before: Int64s
    with_first: Int64s
    sets: Int64s


@dataclass(frozen=True, slots=True)
class FunnelDetail:
    """A funnel as a whole (one group), by values of a dimension at its first step, and by span of time of it.

    `values` are the codes of the groups in `parts`, `names` their texts ("" for none); the last group, one more, is the
    rest. `parts` and `spans` have no
    groups where they were not asked for. Times in microseconds: `median_gap[k]` and `p90_gap[k]` from step `k - 1`
    to `k` (NaN at 0), totals from the first step to the last, over chains; NaN of none. `bins[k]` counts the times
    from step `k - 1` to `k` between the edges asked for, `bins[0]` those from the first to the last.
    """

    whole: FunnelTally
    parts: FunnelTally
    values: tuple[int, ...]
    names: tuple[str, ...]
    spans: FunnelTally
    median_gap: Floats
    p90_gap: Floats
    median_total: float
    p90_total: float
    part_median_total: Floats
    part_p90_total: Floats
    bins: Int64s


@dataclass(frozen=True, slots=True)
class Completions:
    """How journeys begun in a period ended, by group (a dimension's code, a span of time, or one for all).

    A journey is closed when its window has passed, and only then counted as ended; `open` ones are still within it,
    whatever happened to them so far, because quick successes would else be counted before slow failures.
    Columns of `count` are completed, abandoned, then each outcome; they add up to `closed`. Beside them the sums that
    an interval by customer needs: over customers with `n` closed journeys, `k` of them so ended, the sums of
    `n * n`, `k * k` and `n * k`. `median_time` and `p90_time` are microseconds from start to goal (NaN when none).
    Where a slice says which of its customers hang together, each such set of them is one for `customers`, `starters`
    and the sums.
    """

    customers: Int64s  # (groups,) with at least one closed journey
    starters: Int64s  # (groups,) customers with at least one journey, open or closed
    open: Int64s  # (groups,)
    closed: Int64s  # (groups,) sum of n
    closed_squares: Int64s  # (groups,) sum of n * n
    count: Int64s  # (groups, 2 + outcomes) sum of k
    squares: Int64s  # (groups, 2 + outcomes) sum of k * k
    products: Int64s  # (groups, 2 + outcomes) sum of n * k
    median_time: Floats  # (groups,)
    p90_time: Floats  # (groups,)


@dataclass(frozen=True, slots=True)
class Steps:
    """Which events there are: arrays parallel with `node`, the codes seen, ascending: times and visitors."""

    node: UInt16s
    times: Int64s
    visitors: Int64s
    total_customers: int
    total_events: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of one edge in microseconds, ascending, and the customers who took it."""

    gap: Int64s
    customers: int
