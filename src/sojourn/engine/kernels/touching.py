"""The compiled part of attribution by paths, converting or not: their steps and their sets of touchpoints."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.crediting import GROUP_BITS, NO_TOUCH, OUTCOME, group_of
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt16s

UInt32s = npt.NDArray[np.uint32]

SET_SHIFT: Final = GROUP_BITS  # of a set of touchpoints in a key, after the group
FAILED, OPEN, CUSTOMERS, TOTALS = 0, 1, 2, 3


@compiled
def scan(
    number: Int64s, offset: Int64s, at: Int64s, event: Codes, code: UInt16s, keep: Bytes, customer_keep: Bytes,
    amount: Int64s, role: Bytes, touch: Bytes, collapse: bool, window: int, since: int, until: int, as_of: int,
    step: Int64s, total: Int64s,
) -> tuple[UInt32s, Int64s]:  # fmt: skip
    """Add a slice's customers to the sums; give each path's key and, where money is asked for, its money.

    A key is the set of touchpoints, the group of customers and, in the lowest bit, whether the path converted.
    """
    masked, chosen, coded, valued = len(keep) > 0, len(customer_keep) > 0, len(code) > 0, len(amount) > 0
    lowest = since - window if since > np.iinfo(np.int64).min + window else np.iinfo(np.int64).min
    highest = until + window if until < np.iinfo(np.int64).max - window else np.iinfo(np.int64).max
    bounded = since != np.iinfo(np.int64).min or until != np.iinfo(np.int64).max
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, offset[customer + 1] - offset[customer])
    when, which = np.empty(room + 2, np.int64), np.empty(room + 2, np.uint8)
    worths = np.empty(room + 2 if valued else 1, np.int64)
    which[0] = NO_TOUCH
    paths = len(at) if len(offset) < 2 else offset[-1] - offset[0]  # pages not written to take no memory
    keys, monies = np.empty(paths, np.uint32), np.empty(paths if valued else 0, np.int64)
    one, filled = np.uint64(1), 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        # first list the customer's touches and conversions; without a branch, which no processor could foresee
        found: Any = one
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            mine = role[event[i]]
            if coded:
                mine = touch[code[i]] if mine == 0 else mine
            seen = mine != NO_TOUCH
            if bounded:
                seen &= (at[i] >= lowest) & (at[i] < highest)
            if masked:
                seen &= keep[i] != 0
            slot = found
            if collapse:
                slot -= np.uint64(seen & (mine == which[found - one]) & (mine < OUTCOME))
            when[slot], which[slot] = at[i], mine
            if valued:
                worths[slot] = amount[i]
            found = slot + np.uint64(seen)
        if found == one:
            continue
        group: Any = group_of(number[customer])
        is_there = False
        begin: Any = one
        for turn in range(one, found + one):
            is_past = turn == found  # one turn past the last, for the touches after the last conversion
            if not is_past and which[turn] != OUTCOME:
                continue
            path: Any = turn
            if not is_past:
                while path > begin and when[turn] - when[path - one] <= window:
                    path -= one
            # touches too old for the conversion: paths that did not convert, each at most a window long
            while begin < path:
                end: Any = begin + one
                while end < path and when[end] - when[begin] <= window:
                    end += one
                last = when[end - one]
                if last >= since and last < until:
                    is_there = True
                    if last < as_of - window:
                        keys[filled] = _walked(which, begin, end, np.uint64(0), group, step) << one
                        if valued:
                            monies[filled] = 0
                        filled += 1
                        total[group, FAILED] += 1
                    else:
                        total[group, OPEN] += 1
                begin = end
            if is_past:
                break
            if when[turn] >= since and when[turn] < until:
                is_there = True
                if path < turn:
                    keys[filled] = _walked(which, path, turn, np.uint64(step.shape[3] - 1), group, step) << one | one
                    if valued:
                        monies[filled] = worths[turn]
                    filled += 1
            begin = turn + one
        total[group, CUSTOMERS] += is_there
    return keys[:filled], monies[: filled if valued else 0]


@compiled
def _walked(which: Bytes, begin: Any, end: Any, ending: Any, group: Any, step: Int64s) -> Any:
    """Count a path's steps, each after the two before it; give its key."""
    before: Any = np.uint64(0)
    here: Any = np.uint64(0)
    touched: Any = np.uint64(0)
    mine_step = step[group]
    for i in range(begin, end):
        mine = np.uint64(which[i])
        mine_step[before, here, mine + np.uint64(1)] += 1
        before, here = here, mine + np.uint64(1)
        touched |= np.uint64(1) << mine
    mine_step[before, here, ending] += 1
    return touched << np.uint64(SET_SHIFT) | group
