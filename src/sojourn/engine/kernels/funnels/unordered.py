"""Sets of a funnel's steps in any order: how many different ones happen within a window.

The window slides over the events that are steps: for each as the last, all those at most the window before it. Its
different steps are counted as events come in and fall out, so time is linear in events. No event is several steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt64s


@compiled
def sets(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, only: Bytes, kills: UInt64s,
    relevant: Bytes, steps: int, window: int, since: int, until: int, by_entry: bool,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write the set that counts of each customer (or each entry), as `funnels.chains.chains` does.

    The steps of a set are numbered in the order in which they happened.
    """
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    longest = 0
    for customer in range(len(offset) - 1):
        longest = max(longest, offset[customer + 1] - offset[customer])
    places, which = np.empty(longest + 1, np.int64), np.empty(longest + 1, np.uint8)
    times, rank, picked = np.zeros(steps, np.int64), np.zeros(steps, np.int64), np.zeros(steps, np.int64)
    written, filled = 0, 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        found: Any = np.uint64(0)
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        for i in range(first, last):  # each event is written before it is judged: no branch to foresee
            places[found], which[found] = i, only[event[i]]
            fits = relevant[event[i]] != 0
            if masked:
                fits &= keep[i] != 0
            found += np.uint64(fits)
        if found == 0:
            continue
        total = np.int64(found)
        if by_entry:
            written, filled = _entries(
                places, which, total, at, event, kills, steps, window, since, until, customer, times, rank, picked,
                written, filled, who, start, level, step_out, gap_out,
            )  # fmt: skip
            continue
        times[:] = 0
        left, distinct, best, best_left, end = 0, 0, 0, 0, 0
        for turn in range(total):
            place, step = places[turn], which[turn]
            moment = at[place]
            is_step = step < steps
            if is_step:
                while left < turn and (moment - at[places[left]] > window or at[places[left]] < since):
                    times[which[left]] -= 1
                    distinct -= times[which[left]] == 0
                    left += 1
                if moment >= since:
                    distinct += times[step] == 0
                    times[step] += 1
                    if at[places[left]] >= until:
                        break  # no later window begins in the period either
                    if distinct > best:
                        best, best_left, end = distinct, left, turn
                        if best == steps:
                            break
                else:
                    left = turn + 1
            if kills[event[place]] != 0:  # no set reaches over it, but it may be one's last event and one's first
                times[:] = 0
                distinct, left = 0, turn + 1
                if is_step and moment >= since:
                    times[step], distinct, left = 1, 1, turn
        if best == 0:
            continue
        pick(places, which, best_left, end, best, at, until, rank, picked)
        filled = _write(picked, best, places, at, steps, customer, written, filled,
                        who, start, level, step_out, gap_out)  # fmt: skip
        written += 1
    return written, filled


@compiled
def _entries(
    places: Int64s, which: Bytes, total: int, at: Int64s, event: Codes, kills: UInt64s, steps: int, window: int,
    since: int, until: int, customer: int, times: Int64s, rank: Int64s, picked: Int64s, written: int, filled: int,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write a customer's entries: each begins with a step while none runs, until all are taken or it breaks."""
    begun, end, distinct = 0, 0, 0
    for turn in range(total + 1):
        past = turn == total
        if distinct > 0 and (past or at[places[turn]] - at[places[begun]] > window):
            _pick_from(which, begun, end, distinct, times, picked)
            filled = _write(picked, distinct, places, at, steps, customer, written, filled,
                            who, start, level, step_out, gap_out)  # fmt: skip
            written += 1
            distinct = 0
        if past:
            break
        step, moment = which[turn], at[places[turn]]
        is_step, is_end = step < steps, kills[event[places[turn]]] != 0
        is_new = False
        if distinct > 0:
            is_new = is_step and rank[step] == 0
            if is_new:
                rank[step] = 1
                distinct += 1
                end = turn
            if is_end or distinct == steps:
                _pick_from(which, begun, end, distinct, times, picked)
                filled = _write(picked, distinct, places, at, steps, customer, written, filled,
                                who, start, level, step_out, gap_out)  # fmt: skip
                written += 1
                distinct = 0
            else:
                continue
        if distinct == 0 and is_step and not is_new and moment >= since and moment < until:
            rank[:] = 0
            rank[step] = 1
            begun, end, distinct = turn, turn, 1
            if steps == 1:
                picked[0] = turn
                filled = _write(picked, 1, places, at, steps, customer, written, filled,
                                who, start, level, step_out, gap_out)  # fmt: skip
                written += 1
                distinct = 0
    return written, filled


@compiled
def pick(
    places: Int64s, which: Bytes, left: int, end: int, count: int, at: Int64s, until: int, rank: Int64s, picked: Int64s
) -> None:
    """Choose the set's events, each as late as it can be, the first within the period; places in `picked`."""
    rank[:] = 0
    seen = 0
    for turn in range(end, left - 1, -1):
        step = which[turn]
        if rank[step] == 0:
            seen += 1
            rank[step] = seen
            picked[count - seen] = turn
            if seen == count:
                break
    if at[places[picked[0]]] < until:
        return
    # all are later than the period: the one that comes earliest of those that happened in it gives its place up
    chosen, best_rank = -1, 0
    for turn in range(end, left - 1, -1):
        if at[places[turn]] < until and rank[which[turn]] > best_rank:
            chosen, best_rank = turn, rank[which[turn]]
    for k in range(count - best_rank, 0, -1):
        picked[k] = picked[k - 1]
    picked[0] = chosen


@compiled
def _pick_from(which: Bytes, begun: int, end: int, count: int, seen: Int64s, picked: Int64s) -> None:
    """Choose an entry's events: its first as it is, each other as late as it can be."""
    seen[:] = 0
    seen[which[begun]] = 1
    picked[0] = begun
    left = count
    for turn in range(end, begun, -1):
        if left == 1:
            break
        step = which[turn]
        if seen[step] == 0:
            seen[step] = 1
            left -= 1
            picked[left] = turn


@compiled
def _write(
    picked: Int64s, best: int, places: Int64s, at: Int64s, steps: int, customer: int, written: int, filled: int,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> int:  # fmt: skip
    for k in range(best - 1, 0, -1):
        step_out[filled] = k
        gap_out[filled] = at[places[picked[k]]] - at[places[picked[k - 1]]]
        filled += 1
    who[written], start[written], level[written] = customer, places[picked[0]], best
    if best == steps:
        step_out[filled] = 0
        gap_out[filled] = at[places[picked[best - 1]]] - at[places[picked[0]]]
        filled += 1
    return filled
