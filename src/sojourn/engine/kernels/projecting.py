"""Projecting a slice: what a lens, the masks and a period leave of it, so that a fold need not ask event by event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s, Slice, UInt16s


@dataclass(frozen=True, slots=True)
class Projected:
    """The events that a question sees: those of customer `c` are at positions `offset[c]` to `offset[c + 1]`."""

    offset: Int64s
    at: Int64s
    event: Codes  # as stored, before the lens: as narrow as it came


def projected(events: Slice, lens: UInt16s, since_us: int, until_us: int) -> Projected:
    """Give what is seen of a slice: the slice's own arrays, not copied, where that is everything.

    Otherwise 9 or 10 bytes for each event seen; customers of whom nothing is seen stand there without events.
    """
    first, last = (int(events.offset[0]), int(events.offset[-1])) if events.customers else (0, 0)
    at, event = events.at[first:last], events.event[first:last]
    offset = events.offset - first if first else events.offset
    if first == last:
        return Projected(frozen(np.zeros(1, np.int64)), frozen(at), frozen(event))
    bounded = since_us != FIRST_INSTANT or until_us != LAST_INSTANT
    if events.keep is None and events.customer_keep is None and not bounded and _all_shown(lens, event):
        return Projected(frozen(offset), frozen(at), frozen(event))
    keep, customer_keep = masks(events)
    seen_at, seen_event = np.empty(last - first, np.int64), np.empty(last - first, event.dtype)
    seen_offset = np.zeros(len(offset), np.int64)
    filled = _project(
        frozen(offset), frozen(at), frozen(event), frozen(keep[first:last]), customer_keep, lens,
        bounded, since_us, until_us, seen_offset, seen_at, seen_event,
    )  # fmt: skip
    return Projected(frozen(seen_offset), frozen(seen_at[:filled]), frozen(seen_event[:filled]))


def _all_shown(lens: UInt16s, event: Codes) -> bool:
    return not bool((lens[: int(event.max()) + 1] == NO_CODE).any())


@compiled
def _project(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, lens: UInt16s,
    bounded: bool, since: int, until: int, seen_offset: Int64s, seen_at: Int64s, seen_event: Codes,
) -> int:  # fmt: skip
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    filled: Any = np.uint64(0)
    for customer in range(len(offset) - 1):
        if not chosen or customer_keep[customer] != 0:
            # without a branch, which no processor could foresee: each event is written before it is judged
            for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
                seen_at[filled], seen_event[filled] = at[i], event[i]
                shown = lens[event[i]] != 65_535
                if masked:
                    shown &= keep[i] != 0
                if bounded:
                    shown &= (at[i] >= since) & (at[i] < until)
                filled += np.uint64(shown)
        seen_offset[customer + 1] = filled
    return filled  # type: ignore[no-any-return]
