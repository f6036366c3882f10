"""Sets of a funnel's steps in any order, of customers, where nothing excludes them: the quick way of `unordered`.

Going through a customer's steps, the different ones so far are kept in order of how recently they happened, as the
four-bit digits of one number, the latest first. A window that ends at an event has `n` different steps exactly when
the digit at place `n - 1` is within it, and the largest number grows by at most one an event, so one digit has to be
looked at. The digits are moved by arithmetic, so there is no branch that a processor would have to foresee.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.funnels.unordered import pick
from sojourn.engine.kernels.lens import FIRST_INSTANT
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt64s

STEPS_MOST: Final = 15
BLOCK: Final = 1 << 14  # events whose steps are listed at a time, so that the list stays in the processor's cache
_NONE: Final = 0xFFFFFFFFFFFFFFFF
_ONES: Final = 0x1111111111111111
_EIGHTS: Final = 0x8888888888888888


@compiled
def recent_sets(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, only: Bytes,
    steps: int, window: int, since: int, until: int,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write the set that counts of each customer, as `unordered.sets` does; `only` is each code's step, if any."""
    chosen, bounded = len(customer_keep) > 0, until != np.iinfo(np.int64).max
    customers = len(offset) - 1
    room = BLOCK
    for customer in range(customers):
        room = max(room, offset[customer + 1] - offset[customer])
    place, when, which = np.empty(room + 1, np.int64), np.empty(room + 1, np.int64), np.empty(room + 1, np.uint8)
    latest, latest_turn = np.empty(16, np.int64), np.empty(16, np.uint64)
    one, four, digit = np.uint64(1), np.uint64(4), np.uint64(15)
    latest[15] = FIRST_INSTANT // 2  # the digit of what has not happened
    written: Any = np.uint64(0)
    filled: Any = np.uint64(0)
    turn: Any = np.uint64(0)
    listed = 0
    for customer in range(customers):
        if customer == listed:  # list the steps of as many customers as fit
            while listed < customers and (listed == customer or offset[listed + 1] - offset[customer] <= BLOCK):
                listed += 1
            _find(offset[customer], offset[listed], at, event, keep, only, steps, since, place)
            turn = np.uint64(0)
        first, stop = turn, offset[customer + 1]
        order, best_order = np.uint64(_NONE), np.uint64(_NONE)
        if bounded:
            stop = _border(place, at, turn, stop, window, until)
        digits: Any = np.uint64(0)  # four bits a step of the largest set so far
        end: Any = np.uint64(0)
        while place[turn] < stop:
            spot = np.uint64(place[turn])
            moment, step = at[spot], np.uint64(only[event[spot]])
            when[turn], which[turn] = moment, step
            differs = order ^ (step * np.uint64(_ONES))
            same = (differs - np.uint64(_ONES)) & ~differs & np.uint64(_EIGHTS)
            moved = ((same & (~same + one)) << one) - one  # the digits up to the one that was this step's, or all
            order = (order & ~moved) | (((order << four) | step) & moved)
            latest[step] = moment
            grows = moment - latest[(order >> digits) & digit] <= window
            digits += np.uint64(grows) << np.uint64(2)
            best_order = order if grows else best_order
            end = turn if grows else end
            turn += one
        best = np.int64(digits >> np.uint64(2))
        if bounded:
            while place[turn] < offset[customer + 1]:
                turn += one
        if best == 0 or (chosen and customer_keep[customer] == 0):
            continue
        for i in range(first, end + one):
            latest_turn[which[i]] = i
        oldest = latest_turn[(best_order >> (digits - four)) & digit]
        if bounded and when[oldest] >= until:
            best_order, oldest = _within(place, which, first, end, best, at, when, window, until, latest_turn)
        who[written], start[written], level[written] = customer, place[oldest], best
        written += one
        after = when[end]
        for k in range(best - 1, 0, -1):
            best_order >>= four
            before = when[latest_turn[best_order & digit]]
            step_out[filled], gap_out[filled] = k, after - before
            filled += one
            after = before
        if best == steps:
            step_out[filled], gap_out[filled] = 0, when[end] - when[oldest]
            filled += one
    return written, filled


@compiled
def _within(
    place: Int64s, which: Bytes, first: Any, end: Any, best: int, at: Int64s, when: Int64s, window: int, until: int,
    latest_turn: UInt64s,
) -> tuple[Any, Any]:  # fmt: skip
    """Choose the steps of a set whose latest ones all lie after `until`; give their order and the oldest's turn."""
    rank, picked = np.zeros(STEPS_MOST, np.int64), np.zeros(STEPS_MOST, np.int64)
    while when[end] - when[first] > window:
        first += np.uint64(1)
    pick(place, which, np.int64(first), np.int64(end), best, at, until, rank, picked)
    order: Any = np.uint64(_NONE)
    for k in range(best):
        step = np.uint64(which[picked[k]])
        latest_turn[step] = picked[k]
        order = order << np.uint64(4) | step
    return order, np.uint64(picked[0])


@compiled
def _border(place: Int64s, at: Int64s, turn: Any, stop: int, window: int, until: int) -> Any:
    """Give the place from which no window of a customer reaches back before `until` any more."""
    latest: Any = np.int64(FIRST_INSTANT // 2)
    while place[turn] < stop:
        moment = at[place[turn]]
        if moment < until:
            latest = moment
        elif moment - latest > window:
            break
        turn += np.uint64(1)
    return min(place[turn], stop)


@compiled
def _find(
    first: int, last: int, at: Int64s, event: Codes, keep: Bytes, only: Bytes, steps: int, since: int,
    place: Int64s,
) -> None:  # fmt: skip
    """List the steps of the period and after; each event is written before it is judged: no branch to foresee."""
    masked, bounded = len(keep) > 0, since != np.iinfo(np.int64).min
    found: Any = np.uint64(0)
    for i in range(np.uint64(first), np.uint64(last)):
        step = only[event[i]]
        place[found] = i
        is_step = step < steps
        if masked:
            is_step &= keep[i] != 0
        if bounded:
            is_step &= at[i] >= since
        found += np.uint64(is_step)
    place[found] = np.iinfo(np.int64).max
