"""Answers of `cases.CasesFold`; times in microseconds, NaN where there are none."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.kernels.customer_sums import CustomerSums
from sojourn.engine.kernels.words import Floats, Int64s, UInt16s

BUCKETS = 4  # of friction: none, one, two, three or more


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A number that each closed case has: `sums` for its mean, and its exact median and 90th percentile."""

    sums: CustomerSums  # of n cases of a customer, the numbers of all of them together
    median: float
    p90: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseGroup:
    """Cases of one value of a dimension, one span of time, or all.

    `endings` are, over customers with `n` closed cases, the sums of the `k` that ended so: completed, abandoned, then
    each outcome; each case ends in one way. `times` has the median and 90th percentile of how long these lasted.
    """

    open: int
    endings: tuple[CustomerSums, ...]
    times: Floats  # (endings, 2)
    events: Measured
    repeats: Measured
    handoffs: Measured

    @property
    def closed(self) -> int:
        """Number of closed cases."""
        return self.endings[0].n


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRepeats:
    """How often an event came in the closed cases, and came again.

    `again` sums up customers with `n` cases that have the event and `k` in which it came more than once. Of its
    `extra` occurrences, the first of a case not counted, `at_once` come right after the same event, the others after
    another one: of those, `ping_pong` end an `a b a b`.
    """

    code: int
    times: int
    again: CustomerSums
    again_customers: int
    extra: int
    at_once: int
    ping_pong: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """Parallel arrays: how often cases went from one place to another, how many cases, of how many customers.

    Of ways back to a step that the case had before, `ping_pong` times as the end of an `a b a b`; of hand-offs, 0.
    """

    source: UInt16s
    target: UInt16s
    times: Int64s
    cases: Int64s
    customers: Int64s
    ping_pong: Int64s


@dataclass(frozen=True, kw_only=True, slots=True)
class StageStay:
    """How long closed cases stayed in a stage.

    `given_up` sums up customers with `n` cases that were in the stage and `k` abandoned there; `visits` the times that
    these cases entered it. Times are of the cases that left it, all their visits together: an abandoned case never
    left its last stage. `stayed` sums up `n` such cases and `k` whole seconds, `mean` is their exact mean in
    microseconds; `waiting` sums up `n` whole seconds in the stage and `k` of them between the last event in it and
    leaving. `share` sums up, of cases that an event ended, `n` whole seconds in all and `k` in the stage.
    """

    given_up: CustomerSums
    visits: CustomerSums
    stayed: CustomerSums
    mean: float
    median: float
    p90: float
    waiting: CustomerSums
    share: CustomerSums


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """The cases begun in a period.

    `parts` are groups by the dimension: `values` are codes of the values with the most cases, `names` their texts, the
    last part is the rest; `spans` are groups by span of time; both are empty where they were not asked for. `bins`
    counts closed cases by ending and by how long they lasted, between the edges asked for. `sizes[k]` counts closed
    cases with `k` events; `by_repeats` and `by_handoffs` give the endings of cases with none, one, two, and more; with
    a landmark of those that still ran then, by what they had up to it: `over` cases had ended. Hand-offs go between
    places of `channels`, texts of the values shown and one more for the others.
    """

    whole: CaseGroup
    parts: tuple[CaseGroup, ...]
    values: tuple[int, ...]
    names: tuple[str, ...]
    spans: tuple[CaseGroup, ...]
    bins: Int64s  # (endings, edges)
    sizes: Int64s
    by_repeats: tuple[tuple[CustomerSums, ...], ...]  # (BUCKETS, endings)
    by_handoffs: tuple[tuple[CustomerSums, ...], ...]
    over: int
    with_repeats: CustomerSums  # closed cases n, with at least one repeat k
    with_handoffs: CustomerSums
    steps: tuple[StepRepeats, ...]  # ascending codes
    ways_back: Pairs  # between codes
    handoffs: Pairs  # between places of `channels`
    channels: tuple[str, ...]
    stages: tuple[StageStay, ...]
