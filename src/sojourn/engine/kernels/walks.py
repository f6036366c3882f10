"""Walks from the places where an event stands: where they begin, which codes lie ahead, and how long they took."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.lanes import LANES, equal_mask, lowest_bit
from sojourn.engine.kernels.words import Bytes, Codes, Int64s

Int32s = npt.NDArray[np.int32]

BATCH = 1_024
ALL = 0xFFFFFFFFFFFFFFFF


@compiled
def collapsed(offset: Int64s, at: Int64s, event: Codes) -> tuple[Int64s, Int64s, Codes]:
    """Leave out each event that repeats the one before it: the first of a run stays. Offset, at and event."""
    kept_offset = np.zeros_like(offset)
    kept_at, kept_event = np.empty_like(at), np.empty_like(event)
    filled: Any = np.uint64(0)
    one = np.uint64(1)
    for customer in range(len(offset) - 1):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if first < last:
            kept_at[filled], kept_event[filled] = at[first], event[first]
            filled += one
            for i in range(first + one, last):  # written before it is judged, as in `projecting`
                kept_at[filled], kept_event[filled] = at[i], event[i]
                filled += np.uint64(event[i] != event[i - one])
        kept_offset[customer + 1] = filled
    return kept_offset, kept_at[:filled], kept_event[:filled]


def roots(
    offset: Int64s, at: Int64s, event: Codes, root: int, depth: int, forward: bool, every: bool,
    bounds: tuple[int, int] | None,
) -> tuple[Int64s, Bytes, Int32s]:  # fmt: skip
    """Find each customer's first event `root` within bounds (until exclusive), or every one.

    Gives places, how many events, up to `depth`, are ahead of each (behind it when not `forward`), and whose they are:
    nothing for the latter unless `every`, as each has one.
    """
    wide = event if len(event) >= LANES else np.concatenate([event, np.zeros(LANES, event.dtype)])
    if bounds is None and not every:
        place, ahead = _firsts(offset, frozen(wide), root, depth, forward)
        return place, ahead, np.zeros(0, np.int32)
    place, ahead, who = _all(offset, frozen(wide), root, depth, forward, int(np.count_nonzero(event == root)))
    if bounds is not None:
        inside = (at[place] >= bounds[0]) & (at[place] < bounds[1])
        place, ahead, who = place[inside], ahead[inside], who[inside]
    if every:
        return place, ahead, who
    is_first = np.diff(who, prepend=-1) != 0
    return place[is_first], ahead[is_first], np.zeros(0, np.int32)


@compiled
def _firsts(offset: Int64s, event: Codes, root: int, depth: int, forward: bool) -> tuple[Int64s, Bytes]:
    place, ahead = np.empty(len(offset), np.int64), np.empty(len(offset), np.uint8)
    filled: Any = np.uint64(0)
    one, lanes, code, safe = np.uint64(1), np.uint64(LANES), np.uint64(root), np.uint64(len(event) - LANES)
    for customer in range(np.uint64(len(offset) - 1)):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + one])
        start: Any = first
        found: Any = np.uint64(0)
        while start < last:
            seen, left = min(start, safe), min(last - start, lanes)
            found = equal_mask(event, seen, code) >> (start - seen)  # type: ignore[call-arg]
            found &= np.uint64(ALL) >> (lanes - left)
            if (found != 0) | (left == last - start):
                break
            start += lanes
        # without a branch: when there is none, the next customer's stands here
        here = start + lowest_bit(found)  # type: ignore[call-arg]
        place[filled], ahead[filled] = here, min(last - here - one if forward else here - first, np.uint64(depth))
        filled += np.uint64(found != 0)
    return place[:filled], ahead[:filled]


@compiled
def _all(
    offset: Int64s, event: Codes, root: int, depth: int, forward: bool, number: int
) -> tuple[Int64s, Bytes, Int32s]:
    place, ahead, who = np.empty(number, np.int64), np.empty(number, np.uint8), np.empty(number, np.int32)
    filled: Any = np.uint64(0)
    one, lanes, code, safe = np.uint64(1), np.uint64(LANES), np.uint64(root), np.uint64(len(event) - LANES)
    for customer in range(np.uint64(len(offset) - 1)):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + one])
        start: Any = first
        while start < last:
            seen, left = min(start, safe), min(last - start, lanes)
            found = equal_mask(event, seen, code) >> (start - seen)  # type: ignore[call-arg]
            found &= np.uint64(ALL) >> (lanes - left)
            while found != 0:
                here = start + lowest_bit(found)
                place[filled], who[filled] = here, customer
                ahead[filled] = min(last - here - one if forward else here - first, np.uint64(depth))
                filled += one
                found &= found - one
            start += lanes
    return place[:filled], ahead[:filled], who[:filled]


@compiled
def shorten(at: Int64s, place: Int64s, ahead: Bytes, step: int, window: int, gap: int) -> None:
    """End walks where the next event is further than `window` from the place or than `gap` from the one before."""
    for j in range(len(place)):
        on = 0
        while on < ahead[j]:
            before, there = at[place[j] + step * on], at[place[j] + step * (on + 1)]
            if abs(there - at[place[j]]) > window or abs(there - before) > gap:
                break
            on += 1
        ahead[j] = on


@compiled
def codes_ahead(event: Codes, place: Int64s, ahead: Bytes, step: int, depth: int) -> Codes:
    """List the codes on each walk, (walks, depth); what stands there after its end means nothing."""
    code = np.empty((len(place), depth), event.dtype)
    for j in range(np.uint64(len(place))):
        for k in range(np.uint64(depth)):
            code[j, k] = event[np.uint64(place[j] + step * min(np.int64(k) + 1, np.int64(ahead[j])))]
    return code


@compiled
def timed(
    at: Int64s, place: Int64s, ahead: Bytes, last: Int32s, step: int, chain: Int32s, free: Int64s, values: Int64s
) -> None:
    """File the time from each walk's place to each node that it came through, but the root, at the next free place.

    `last` is the last node of each walk; `chain`, (nodes, depth), gives of a node those on the way to it, itself among
    them, by level, and 0 behind it. An end has the time of the last event. A batch of walks at a time, so that their
    instants are read from memory once and not once a level.
    """
    begun, ended = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    for start in range(0, len(place), BATCH):
        size: Any = np.uint64(min(BATCH, len(place) - start))
        first = np.uint64(start)
        # both ends of a walk, so that the memory's answers to many walks overlap; the last is read for that only
        for a in range(size):
            here, most = place[first + a], np.int64(ahead[first + a])
            begun[a], ended[a] = at[np.uint64(here)], at[np.uint64(here + step * most)]
        for level in range(np.uint64(chain.shape[1])):
            for a in range(size):
                on = min(np.int64(level) + 1, np.int64(ahead[first + a]))
                there = at[np.uint64(place[first + a] + step * on)]
                to = np.uint64(chain[np.uint64(last[first + a]), level])
                slot = free[to]
                values[np.uint64(slot)] = abs(there - begun[a])  # written before it is judged, as in `projecting`
                free[to] = slot + np.int64(to != 0)
