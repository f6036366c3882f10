"""Where matches lie: the first and last event of each, by the rules of `matching`.

A kernel of its own: who only counts matches need not remember which event stands where.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns.binding import Bound
from sojourn.engine.kernels.patterns.matching import asked, begun, in_time, moved
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice, UInt64s


def places(
    bound: Bound,
    events: Slice,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
    *,
    only_first: bool = False,
) -> tuple[Int64s, Int64s, Int64s]:
    """Give matches in order: the customer's place in the slice, and the positions of the first and the last event.

    `^` and `$` lie at the customer's first and last event. With `only_first` each customer's first match alone.
    """
    room = int(events.offset[-1] - events.offset[0]) if events.customers else 0
    who, first, last = (np.empty(room, np.int64) for _ in range(3))  # pages not written to take no memory
    filled = _places(*asked(bound, events, since_us, until_us), only_first, who, first, last)
    return who[:filled].copy(), first[:filled].copy(), last[:filled].copy()


@compiled
def _places(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes,
    table: UInt64s, sets: UInt64s, begins: Any, ends: Any, whole: int,
    first: Any, last: Any, after: UInt64s, stay: UInt64s, enter: UInt64s, limit: Int64s,
    back_first: Any, back_last: Any, back_after: UInt64s, back_stay: UInt64s, back_enter: UInt64s,
    has_limits: bool, only_first: bool, who_out: Int64s, first_out: Int64s, last_out: Int64s,
) -> int:  # fmt: skip
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, offset[customer + 1] - offset[customer])
    can, instant, place_of = np.empty(room + 2, np.uint64), np.empty(room + 2, np.int64), np.empty(room + 2, np.int64)
    entered, renewed = np.zeros(64, np.int64), np.zeros(64, np.int64)
    back_entered, back_renewed = np.zeros(64, np.int64), np.zeros(64, np.int64)
    filled = 0
    for customer in range(len(offset) - 1):
        if len(customer_keep) and customer_keep[customer] == 0:
            continue
        found = 1
        for i in range(offset[customer], offset[customer + 1]):
            if len(keep) and keep[i] == 0:
                continue
            can[found] = sets[i] if len(sets) else table[event[i]]
            instant[found], place_of[found] = at[i], i
            found += 1
        if found == 1:
            continue
        can[0], instant[0], place_of[0] = begins, instant[1], place_of[1]
        can[found], instant[found], place_of[found] = ends, instant[found - 1], place_of[found - 1]
        low, high = 0 if begins else 1, found + (1 if ends else 0)
        reached = np.uint64(0)
        for place in range(low, high):
            now = (moved(reached, after) | first) & can[place]
            if has_limits and now:
                now = in_time(now, reached, first, instant[place], stay, enter, limit, entered, renewed)
                entered, renewed = renewed, entered
            reached = now
            if now & last == 0:
                continue
            start = begun(
                place, low, whole, can, instant, back_first, back_last, back_after, back_stay, back_enter, limit,
                has_limits, back_entered, back_renewed,
            )  # fmt: skip
            if start < 0:
                continue
            who_out[filled], first_out[filled], last_out[filled] = customer, place_of[start], place_of[place]
            filled += 1
            if only_first:
                break
            low, reached = place + 1, np.uint64(0)
    return filled
