"""Chains of a funnel in order, strict or not, with exclusions: one pass over each customer's events that matter.

For each step only one chain need be known: of all chains so far that end there and are not broken, the one with the
latest first event is also within every window that any of them is within, and an event that breaks one of them breaks
all. A strict funnel is one in which every shown event breaks all chains that it does not take further.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt64s


@compiled
def chains(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes,
    role_at: Int64s, role: Bytes, kills: UInt64s, inner: UInt64s, relevant: Bytes, most: int, steps: int,
    window: int, since: int, until: int, by_entry: bool,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write the chain that counts of each customer (or each entry): whose, first place, length, gaps.

    Gaps go to `step_out` and `gap_out`, filed under the step they lead to, and under 0 from the first step to the last
    when all were taken. Give the number of chains and of gaps written.
    """
    one = np.uint64(1)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    longest = 0
    for customer in range(len(offset) - 1):
        longest = max(longest, offset[customer + 1] - offset[customer])
    places = np.empty(longest + 1, np.uint64)  # one more: each event is written before it is judged
    node_place, before = np.empty(longest * most + 1, np.int64), np.empty(longest * most + 1, np.int64)
    latest, begun = np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    written, filled = 0, 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        found: Any = np.uint64(0)
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if masked:
            for i in range(first, last):
                places[found] = i
                found += np.uint64((relevant[event[i]] != 0) & (keep[i] != 0))
        else:
            for i in range(first, last):
                places[found] = i
                found += np.uint64(relevant[event[i]] != 0)
        alive: Any = np.uint64(0)
        end, nodes = 0, 0
        best: Any = 0
        entered: Any = 0
        for turn in range(np.int64(found)):
            place = np.int64(places[turn])
            code, moment = event[place], at[place]
            if by_entry and best > 0 and moment - entered > window:
                filled = _write(best, end, node_place, before, at, steps, customer, written,
                                filled, who, start, level, step_out, gap_out)  # fmt: skip
                written += 1
                best, nodes, alive = 0, 0, np.uint64(0)
            in_period = (moment >= since) & (moment < until)
            made: Any = np.uint64(0)
            for j in range(role_at[code], role_at[code + 1]):  # from the last step back: an event is used once
                s = np.int64(role[j])
                if s == 0:
                    fits, opened = in_period & ((not by_entry) | (best == 0)), moment
                else:
                    opened = begun[s - 1]
                    fits = ((alive >> np.uint64(s - 1)) & one == one) & (moment - opened <= window)
                    fits &= (inner[code] >> np.uint64(s)) & one == 0
                if not fits:
                    continue
                if s == 0:
                    entered = moment
                node_place[nodes] = place
                before[nodes] = latest[s - 1] if s > 0 else -1
                begun[s], latest[s] = opened, nodes
                made |= one << np.uint64(s)
                if s + 1 > best:
                    best, end = s + 1, nodes
                nodes += 1
            alive = (alive & ~kills[code]) | made
            over = by_entry and best > 0 and alive == 0
            if best == steps or over:
                if not by_entry:
                    break
                filled = _write(best, end, node_place, before, at, steps, customer, written,
                                filled, who, start, level, step_out, gap_out)  # fmt: skip
                written += 1
                best, nodes, alive = 0, 0, np.uint64(0)
                # what ended an entry without being of it may begin the next one
                if over and in_period and role_at[code] < role_at[code + 1] and role[role_at[code + 1] - 1] == 0:
                    node_place[0], before[0] = place, -1
                    begun[0], latest[0], entered = moment, 0, moment
                    best, end, nodes, alive = 1, 0, 1, one
        if best > 0:
            filled = _write(best, end, node_place, before, at, steps, customer, written,
                            filled, who, start, level, step_out, gap_out)  # fmt: skip
            written += 1
    return written, filled


@compiled
def _write(
    best: int, end: int, node_place: Int64s, before: Int64s, at: Int64s, steps: int, customer: int, written: int,
    filled: int, who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> int:  # fmt: skip
    """Follow a chain back from its end and write it; give the number of gaps written so far."""
    finish = at[node_place[end]]
    for k in range(best - 1, 0, -1):
        step_out[filled] = k
        gap_out[filled] = at[node_place[end]] - at[node_place[before[end]]]
        end = before[end]
        filled += 1
    who[written], start[written], level[written] = customer, node_place[end], best
    if best == steps:
        step_out[filled] = 0
        gap_out[filled] = finish - at[node_place[end]]
        filled += 1
    return filled
