"""Levels of abstraction: events seen as their groups, and repeats in a row as one, before any question is asked.

The log is relabelled and what is left is mined, as abstraction by a mapping of labels has it (van der Aalst, 2016,
"Process Mining", 2nd edition, section 14.2; van Zelst et al., 2021, "Event abstraction in process mining", Granular
Computing 6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice, UInt16s

NOTHING = 65_536  # no event has this code


def relabelled(events: Slice, shown_as: UInt16s) -> Slice:
    """Give a slice whose events have the codes that they are shown as; other arrays are shared.

    `shown_as` has one entry for each of the 65,536 codes; a code must be shown as one that fits the slice's width.
    """
    return replace(events, event=shown_as.astype(events.event.dtype)[events.event])


def joined(events: Slice, passed_over: Collection[int] = ()) -> Slice:
    """Mask each event that repeats the one seen before it; of events in a row the first stays.

    Events `passed_over` stay as they are and part nothing. Time is linear in events.
    """
    first, last = (int(events.offset[0]), int(events.offset[-1])) if events.customers else (0, 0)
    over = np.zeros(NOTHING, np.uint8)
    over[list(passed_over)] = 1
    keep, customer_keep = masks(events)
    seen = np.zeros(len(events.event), np.uint8)
    if first < last:
        _join(frozen(events.offset), frozen(events.event), keep, customer_keep, frozen(over), seen)
    return replace(events, keep=seen)


@compiled
def _join(offset: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, over: Bytes, seen: Bytes) -> None:
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        before: Any = NOTHING
        for i in range(offset[customer], offset[customer + 1]):
            if masked and keep[i] == 0:
                continue
            code = np.int64(event[i])
            if over[code] != 0:
                seen[i] = 1
                continue
            seen[i] = np.uint8(code != before)
            before = code
