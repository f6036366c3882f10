"""Running a bound pattern over customers: the positions reached are one word of bits, moved on event by event.

Matches of a customer are found from the first event on: the first match is the one that ends earliest and, of those,
begins latest; the next is looked for behind it. Taking what ends earliest gives as many matches as can be had without
overlap (Kleinberg and Tardos (2006), "Algorithm Design", section 4.1).

A group with a duration keeps for each position the latest instant at which a walk to it can have entered the group.
Nothing else of the walk matters to what can still follow, and what is in time from an earlier instant is in time from a
later one, so the latest instant stands for them all: the answer is exact. The beginning is found by walking the moves
backwards from the end with time running the other way; the first beginning met is the latest there is. A duration
of the whole pattern is checked there: if the latest beginning is too early, every one is.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from sojourn.engine.kernels import running
from sojourn.engine.kernels.compiling import NO_MASK, compiled, frozen, masks
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns.binding import Bound, Moves
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s, Slice, UInt16s, UInt64s

NO_SETS: UInt64s = np.zeros(0, np.uint64)


def matching(bound: Bound, events: Slice, threads: int = 1) -> Bytes:
    """Say for each customer of a slice (1 or 0) whether the events that its masks let through match a pattern.

    Time is linear in events, but for a whole pattern with a duration: there each end that comes too late costs the
    events within the duration before it.
    """
    needed = {*bound.conditions, *bound.against}
    events = replace(events, dimensions={name: events.dimensions[name] for name in needed})
    parts = running.split(events, 4 * threads) if threads > 1 else [events]
    with ThreadPoolExecutor(threads, thread_name_prefix="pattern") as pool:
        found = list(pool.map(lambda part: scan(bound, part, only_whether=True)[0], parts))
    return np.concatenate([NO_MASK, *(count.astype(np.uint8) for count in found)])


def scan(
    bound: Bound,
    events: Slice,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
    *,
    only_whether: bool = False,
) -> tuple[Int64s, Int64s, int]:
    """Give each customer's number of matches, what the first took in microseconds, and the customers with events.

    With `only_whether` numbers stop at 1 and nothing is taken.
    """
    count, took = np.zeros(events.customers, np.int64), np.zeros(events.customers, np.int64)
    customers = _scan(*asked(bound, events, since_us, until_us), only_whether, count, took)
    return count, took, int(customers)


def asked(bound: Bound, events: Slice, since_us: int, until_us: int) -> tuple[Any, ...]:
    """Give what a kernel is told of events in a period and of a pattern."""
    keep, customer_keep = masks(events)
    if len(bound.passed_over):
        keep = frozen(_both(keep, 1 - bound.passed_over[events.event]))
    if since_us != FIRST_INSTANT or until_us != LAST_INSTANT:
        within = ((events.at >= since_us) & (events.at < until_us)).view(np.uint8)
        keep = frozen(_both(keep, within))
    return (
        frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
        bound.table, _sets(bound, events, keep), np.uint64(bound.begins), np.uint64(bound.ends), bound.whole_us,
        *_flat(bound.forward), bound.limit, *_flat(bound.backward), bound.has_limits,
    )  # fmt: skip


def _both(keep: Bytes, more: Bytes) -> Bytes:
    return more & keep if len(keep) else more


def _flat(moves: Moves) -> tuple[np.uint64, np.uint64, UInt64s, UInt64s, UInt64s]:
    return np.uint64(moves.first), np.uint64(moves.last), moves.after, moves.stay, moves.enter


def _sets(bound: Bound, events: Slice, keep: Bytes) -> UInt64s:
    """Give the positions that each event can be, under conditions; empty when the event's name alone decides."""
    if not events.customers or not (bound.conditions or bound.against):
        return frozen(NO_SETS)
    sets = np.zeros(len(events.at), np.uint64)
    offset = frozen(events.offset)
    first, last = int(offset[0]), int(offset[-1])
    sets[first:last] = bound.table[events.event[first:last]]
    for dimension, table in bound.conditions.items():
        sets[first:last] &= table[events.dimensions[dimension][first:last]]
    for dimension, (same, other, unknown) in bound.against.items():
        codes = frozen(np.asarray(events.dimensions[dimension], np.uint16))
        _compare(offset, codes, keep, np.uint64(same), np.uint64(other), np.uint64(unknown), sets)
    return frozen(sets)


@compiled
def _compare(offset: Int64s, codes: UInt16s, keep: Bytes, same: Any, other: Any, unknown: Any, sets: UInt64s) -> None:
    for customer in range(len(offset) - 1):
        before = np.uint16(NO_CODE)
        for i in range(offset[customer], offset[customer + 1]):
            if len(keep) and keep[i] == 0:
                continue
            code = codes[i]
            if code == NO_CODE or before == NO_CODE:
                sets[i] &= unknown
            else:
                sets[i] &= same if code == before else other
            before = code


@compiled
def moved(reached: Any, after: UInt64s) -> Any:
    """Give the positions that can follow any of those reached."""
    following = np.uint64(0)
    for k in range(after.shape[0]):
        following |= after[k, reached & np.uint64(255)]
        reached >>= np.uint64(8)
    return following


@compiled
def in_time(
    now: Any, reached: Any, starting: Any, instant: int,
    stay: UInt64s, enter: UInt64s, limit: Int64s, entered: Int64s, renewed: Int64s,
) -> Any:  # fmt: skip
    """Give those of the positions `now` that a walk reaches in time, and file in `renewed` when it entered their group.

    `reached` and `entered` are those of the event before; a walk that starts here enters.
    """
    one = np.uint64(1)
    kept = now
    for position in range(len(limit)):
        bit = one << np.uint64(position)
        if bit > now:
            break
        if now & bit == 0 or limit[position] < 0:
            continue
        latest = instant
        if starting & bit == 0 and reached & enter[position] == 0:
            since = reached & stay[position]
            is_first = True
            for other in range(len(limit)):
                if since >> np.uint64(other) == 0:
                    break
                if (since >> np.uint64(other)) & one and (is_first or entered[other] > latest):
                    latest, is_first = entered[other], False
        if instant - latest > limit[position]:
            kept &= ~bit
        else:
            renewed[position] = latest
    return kept


@compiled
def begun(
    end: int, low: int, whole: int, can: UInt64s, instant: Int64s,
    first: Any, last: Any, after: UInt64s, stay: UInt64s, enter: UInt64s, limit: Int64s,
    has_limits: bool, entered: Int64s, renewed: Int64s,
) -> int:  # fmt: skip
    """Walk back from the end of a match to its latest beginning, not before `low`; -1 when it took over `whole`."""
    reached = np.uint64(0)
    starting = first
    for place in range(end, low - 1, -1):
        if whole >= 0 and instant[end] - instant[place] > whole:
            return -1
        now = (moved(reached, after) | starting) & can[place]
        if has_limits:
            now = in_time(now, reached, starting, -instant[place], stay, enter, limit, entered, renewed)
            entered, renewed = renewed, entered
        if now & last:
            return place
        reached, starting = now, np.uint64(0)
        if now == 0:
            return -1
    return -1


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes,
    table: UInt64s, sets: UInt64s, begins: Any, ends: Any, whole: int,
    first: Any, last: Any, after: UInt64s, stay: UInt64s, enter: UInt64s, limit: Int64s,
    back_first: Any, back_last: Any, back_after: UInt64s, back_stay: UInt64s, back_enter: UInt64s,
    has_limits: bool, only_whether: bool, count: Int64s, took: Int64s,
) -> int:  # fmt: skip
    masked, chosen, conditioned = len(keep) > 0, len(customer_keep) > 0, len(sets) > 0
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, offset[customer + 1] - offset[customer])
    can, instant = np.empty(room + 2, np.uint64), np.empty(room + 2, np.int64)
    entered, renewed = np.zeros(64, np.int64), np.zeros(64, np.int64)
    back_entered, back_renewed = np.zeros(64, np.int64), np.zeros(64, np.int64)
    customers = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        # list what each event can be, between the places before the first and after the last; without a branch, which
        # no processor could foresee: each is written before it is judged
        found: Any = np.uint64(1)
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            can[found] = sets[i] if conditioned else table[event[i]]
            instant[found] = at[i]
            found += np.uint64(keep[i] != 0) if masked else np.uint64(1)
        if found == 1:
            continue
        customers += 1
        can[0], instant[0] = begins, instant[1]
        can[found], instant[found] = ends, instant[found - np.uint64(1)]
        low = 0 if begins else 1
        high = np.int64(found) + (1 if ends else 0)
        reached = np.uint64(0)
        for place in range(low, high):
            now = (moved(reached, after) | first) & can[place]
            if has_limits and now:
                now = in_time(now, reached, first, instant[place], stay, enter, limit, entered, renewed)
                entered, renewed = renewed, entered
            reached = now
            if now & last == 0:
                continue
            if only_whether and whole < 0:
                count[customer] = 1
                break
            start = begun(
                place, low, whole, can, instant, back_first, back_last, back_after, back_stay, back_enter, limit,
                has_limits, back_entered, back_renewed,
            )  # fmt: skip
            if start < 0:
                continue
            count[customer] += 1
            if only_whether:
                break
            if count[customer] == 1:
                took[customer] = instant[place] - instant[start]
            low, reached = place + 1, np.uint64(0)
    return customers
