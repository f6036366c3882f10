"""Cutting customers' events into cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.completion import ABANDONED
from sojourn.engine.kernels.roles import START
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt16s

OPEN = 255  # the ending of a case whose window has not passed


@compiled
def cut(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, place: UInt16s, role: Int64s,
    window: int, idle: int, as_of: int, since: int, until: int,
    who: Int64s, first: Int64s, last: Int64s, ending: Bytes,
) -> int:  # fmt: skip
    """Find the cases begun in the period: customer, places of the first and the last event, and how they ended.

    Events are those with a `place`; a case holds the events from its first to its last. The last four arrays must
    have room for one case an event. Returns the number of cases.
    """
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    filled = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        running = False
        begun: Any = np.int64(0)
        before: Any = np.int64(0)  # place of the last event of the case that runs
        for i in range(offset[customer], offset[customer + 1] + 1):
            is_past = i == offset[customer + 1]  # one turn more, to end the case that may still run
            if not is_past and (place[event[i]] == 65_535 or (masked and keep[i] == 0)):
                continue
            closes = -1
            if running:
                if is_past or at[i] - at[begun] > window or at[i] - at[before] > idle:
                    closes = ABANDONED
                else:
                    before = i
                    closes = role[event[i]]
            if running and closes >= 0:
                running = False
                if at[begun] >= since and at[begun] < until:
                    who[filled], first[filled], last[filled] = customer, begun, before
                    ending[filled] = closes if at[begun] + window < as_of else OPEN
                    filled += 1
                if closes != ABANDONED:
                    continue
            if not is_past and not running and role[event[i]] == START:
                running, begun, before = True, i, i
    return filled
