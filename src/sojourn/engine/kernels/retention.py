"""Retention as a fold: of those who started in a period, how many came back how many periods later.

The kernel knows no calendar: it gets the edges of periods, says which of them make a cohort, and counts a return by
its distance in periods from the customer's start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.periods import Periods, period_of
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s, Slice

START, RETURN = 1, 2
NO_COHORT = -1

Bracket = tuple[int, int]  # first and last distance in periods, both inclusive


@dataclass(frozen=True, slots=True)
class Retention:
    """Who came back. A cell (cohort, column) is closed when its last period has passed for the whole cohort.

    `closed[c]` is the number of leading columns of cohort `c` that are; `returned` is 0 in the others, which is no
    answer. The pooled figures of a column are over its closed cells and have what an interval by customer needs: over
    customers with `n` cohorts there, `k` of them with a return, the sums of n, k, n * n, k * k and n * k.
    """

    size: Int64s  # (cohorts,) customers
    closed: Int64s  # (cohorts,)
    returned: Int64s  # (cohorts, columns) customers
    pooled_customers: Int64s  # (columns,)
    pooled: Int64s  # (columns, 5): n, k, nn, kk, nk
    customers: int  # in any cohort, each once


@dataclass(slots=True)
class RetentionPartial:
    """Counts by cohort; the last column of `returned` holds what no column asks for."""

    size: Int64s
    returned: Int64s  # (cohorts, columns + 1)
    pooled: Int64s  # (columns, 6): customers, n, k, nn, kk, nk; filled for recurring cohorts only
    customers: int = 0


class RetentionFold:
    """Asks who came back after a start; see `Retention`. Time is linear in events, times a customer's cohorts.

    `edges` (ascending instants) bound the periods. `cohorts` gives the cohort of each period, ascending from 0;
    periods past its end are in none. First-time: a customer is in the cohort of the first start event of all,
    in none when that lies before the first edge. `recurring`: in each cohort in which there is a start event, and the
    first one there counts. A return is an event of `returns` later than the start in the order of events; its distance
    is the number of periods between the two. Column `k` has the returns at the distances of `brackets[k]` or, with
    `or_after`, at these and all greater ones, in periods that have passed at `as_of_us`.
    """

    def __init__(
        self,
        *,
        start: Iterable[int],
        returns: Iterable[int],
        edges: Sequence[int] | Int64s,
        brackets: Sequence[Bracket],
        as_of_us: int,
        cohorts: Sequence[int] | None = None,
        recurring: bool = False,
        or_after: bool = False,
    ) -> None:
        """Ask; raise ValueError for brackets or cohorts out of order."""
        if not brackets or any(low > high for low, high in brackets) or brackets[0][0] < 0:
            raise ValueError("a bracket leads from a distance to one not smaller")
        if any(later[0] <= earlier[1] for earlier, later in pairwise(brackets)):
            raise ValueError("brackets must be ascending and must not overlap")
        self._periods = Periods.between(edges)
        of = np.arange(self._periods.count) if cohorts is None else np.asarray(cohorts, np.int64)
        if not 0 < len(of) <= self._periods.count or of[0] != 0 or not bool(np.isin(np.diff(of), (0, 1)).all()):
            raise ValueError("cohorts must count from 0 upwards, one a period")
        self._cohort = np.full(self._periods.count + 2, NO_COHORT, np.int64)
        self._cohort[1 : len(of) + 1] = of
        self._columns, self._reach = _distances(brackets)
        self._passed = int(np.count_nonzero(self._periods.end[1:-1] <= as_of_us))
        last = np.searchsorted(of, np.arange(int(of[-1]) + 1), side="right")  # number of each cohort's last period
        ends = last[:, None] + np.array([high for _, high in brackets])
        self._closed = (ends <= self._passed).sum(axis=1).astype(np.int64)
        self._recurring, self._or_after = recurring, or_after
        self._width = len(brackets)
        self._roles = roles_of(start, returns)

    def start(self) -> RetentionPartial:
        """Make the retention of no customers."""
        cohorts = len(self._closed)
        return RetentionPartial(
            np.zeros(cohorts, np.int64),
            np.zeros((cohorts, self._width + 1), np.int64),
            np.zeros((self._width, 6), np.int64),
        )

    def fold(self, events: Slice, partial: RetentionPartial) -> RetentionPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        periods = self._periods
        given = (
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep, self._roles,
            periods.base, periods.shift, periods.cell, periods.end, frozen(self._cohort), frozen(self._columns),
        )  # fmt: skip
        if self._recurring or self._or_after:
            partial.customers += _scan(
                *given, frozen(self._closed), frozen(self._reach), self._passed, self._recurring, self._or_after,
                partial.size, partial.returned, partial.pooled,
            )  # fmt: skip
        else:
            partial.customers += _scan_firsts(*given, partial.size, partial.returned)
        return partial

    def merge(self, left: RetentionPartial, right: RetentionPartial) -> RetentionPartial:
        """Add the right partial to the left."""
        left.size += right.size
        left.returned += right.returned
        left.pooled += right.pooled
        left.customers += right.customers
        return left

    def finish(self, partial: RetentionPartial) -> Retention:
        """Leave open cells out and pool the cohorts."""
        returned = partial.returned[:, : self._width].copy()
        if self._or_after:  # counted at the last column reached
            returned = np.cumsum(returned[:, ::-1], axis=1)[:, ::-1].copy()
        is_closed = np.arange(self._width) < self._closed[:, None]
        returned[~is_closed] = 0
        pooled = partial.pooled
        if not self._recurring:  # each customer is in one cohort: n is 1 and k is 0 or 1
            n, k = (is_closed * partial.size[:, None]).sum(axis=0), returned.sum(axis=0)
            pooled = np.column_stack((n, n, k, n, k, k))
        return Retention(
            size=partial.size,
            closed=self._closed,
            returned=returned,
            pooled_customers=pooled[:, 0],
            pooled=pooled[:, 1:],
            customers=int(partial.customers),
        )


def roles_of(start: Iterable[int], returns: Iterable[int]) -> Bytes:
    """Say of each event code whether it starts, returns, or both."""
    roles = np.zeros(CODES, np.uint8)
    for codes, role in ((start, START), (returns, RETURN)):
        roles[np.unique(np.fromiter(codes, np.uint16))] |= np.uint8(role)
    roles[NO_CODE] = 0  # a name that was never seen has no event
    return frozen(roles)


def _distances(brackets: Sequence[Bracket]) -> tuple[Int64s, Int64s]:
    """Give for each distance its column, and how many columns begin at or before it, up to the last distance.

    A distance in no bracket has a column past the last.
    """
    columns = np.full(brackets[-1][1] + 1, len(brackets), np.int64)
    for column, (low, high) in enumerate(brackets):
        columns[low : high + 1] = column
    firsts = np.array([low for low, _ in brackets])
    return columns, np.searchsorted(firsts, np.arange(len(columns)), side="right")


@compiled
def _scan_firsts(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, roles: Bytes,
    base: int, shift: int, cell: Int64s, end: Int64s, cohort_of: Int64s, column_of: Int64s,
    size: Int64s, returned: Int64s,
) -> int:  # fmt: skip
    """Count returns after each customer's first start: the usual question, in one walk that ends as soon as it can."""
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    one, furthest, last = np.uint64(1), len(column_of), len(end) - 1
    customers = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        place: Any = np.uint64(offset[customer])
        stop = np.uint64(offset[customer + 1])
        while place < stop and (roles[event[place]] & 1 == 0 or (masked and keep[place] == 0)):
            place += one
        if place == stop:
            continue
        begun = period_of(at[place], base, shift, cell, end)
        cohort = cohort_of[np.uint64(begun)]
        if cohort < 0:
            continue
        customers += 1
        size[np.uint64(cohort)] += 1
        too_late = end[np.uint64(min(begun + furthest - 1, last))]
        until = end[np.uint64(begun)]  # within a period nothing has to be looked up
        column: Any = column_of[0]
        came: Any = np.int64(0)
        for later in range(place + one, stop):
            moment = at[later]
            if moment >= until:
                if moment >= too_late:
                    break
                number = period_of(moment, base, shift, cell, end)
                until = end[np.uint64(number)]
                other = column_of[np.uint64(number - begun)]
                if other != column:
                    returned[np.uint64(cohort), np.uint64(column)] += came
                    column, came = other, np.int64(0)
            if masked:
                came |= np.int64(roles[event[later]] >> 1) & np.int64(keep[later])
            else:
                came |= np.int64(roles[event[later]] >> 1)
        returned[np.uint64(cohort), np.uint64(column)] += came
    return customers


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, roles: Bytes,
    base: int, shift: int, cell: Int64s, end: Int64s, cohort_of: Int64s, column_of: Int64s,
    closed: Int64s, reach_of: Int64s, passed: int, recurring: bool, or_after: bool,
    size: Int64s, returned: Int64s, pooled: Int64s,
) -> int:  # fmt: skip
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    width, furthest = len(pooled), len(column_of)
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, offset[customer + 1] - offset[customer] + 1)
    places, which, period = np.empty(room, np.uint64), np.empty(room, np.uint8), np.empty(room, np.int64)
    mine = np.zeros((2, width + 1), np.int64)  # this customer's cohorts by closed columns, and returns by column
    customers = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        # first list the starts and returns, without a branch, which no processor could foresee
        found: Any = np.uint64(0)
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            role = roles[event[i]]
            places[found], which[found] = i, role
            shown = role != 0
            if masked:
                shown &= keep[i] != 0
            found += np.uint64(shown)
        first: Any = np.uint64(0)
        while first < found and which[first] & 1 == 0:
            first += np.uint64(1)
        if first == found:
            continue
        latest: Any = first  # the last return in a period that has passed
        for j in range(first, found):
            period[j] = period_of(at[places[j]], base, shift, cell, end)
            latest = j if (which[j] & 2 != 0) & (period[j] <= passed) else latest
        before = -1
        for j in range(first, found):
            cohort = cohort_of[np.uint64(period[j])]
            if which[j] & 1 and cohort >= 0 and cohort != before:
                before = cohort
                size[cohort] += 1
                last = -1
                if or_after:
                    if latest > j:
                        distance = min(period[latest] - period[j], furthest - 1)
                        reach = min(reach_of[np.uint64(distance)], closed[cohort])
                        if reach > 0:
                            returned[cohort, reach - 1] += 1
                            mine[1, reach - 1] += 1
                else:
                    for later in range(j + np.uint64(1), found):
                        distance = period[later] - period[j]
                        if distance >= furthest:
                            break
                        column = column_of[np.uint64(distance)]
                        came = (which[later] & 2 != 0) & (column != last)
                        last = column if came else last
                        returned[cohort, np.uint64(column)] += np.int64(came)
                        mine[1, np.uint64(column)] += np.int64(came & (column < closed[cohort]))
                mine[0, closed[cohort]] += 1
            if not recurring:
                break
        customers += before >= 0
        if before < 0:
            continue
        n, k = 0, 0
        if recurring:
            for column in range(width - 1, -1, -1):
                n += mine[0, column + 1]
                k = k + mine[1, column] if or_after else mine[1, column]
                pooled[column, 0] += n > 0
                pooled[column, 1] += n
                pooled[column, 2] += k
                pooled[column, 3] += n * n
                pooled[column, 4] += k * k
                pooled[column, 5] += n * k
        mine[:] = 0
    return customers
