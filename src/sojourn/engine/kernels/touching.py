"""The compiled part of attribution: paths of touches, and what each adds to the sums."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Floats, Int64s, UInt16s

UInt32s = npt.NDArray[np.uint32]

GROUPS: Final = 64  # of customers, for the jackknife; a power of two
SET_SHIFT: Final = 6  # of a set of touchpoints in a key, after the group
UNIT: Final = 1 << 30  # a conversion: credits are whole numbers of it, so that sums do not depend on order
MODELS: Final = 5
NO_TOUCH: Final = 255
OUTCOME: Final = 254
CREDITED, DIRECT, OPEN, UNVALUED, VALUE, CUSTOMERS, CONVERTED, TOTALS = 0, 1, 2, 3, 4, 5, 6, 7
_HASH: Final = 0x9E3779B97F4A7C15


@compiled
def scan(
    number: Int64s, offset: Int64s, at: Int64s, event: Codes, code: UInt16s, keep: Bytes, customer_keep: Bytes,
    amount: Int64s, role: Bytes, touch: Bytes, collapse: bool, window: int, half_life: float,
    since: int, until: int, as_of: int, credit: Int64s, worth: Int64s, step: Int64s, total: Int64s,
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
    when, which, weight = np.empty(room + 2, np.int64), np.empty(room + 2, np.uint8), np.empty(room + 2, np.float64)
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
        group: Any = (np.uint64(number[customer]) * np.uint64(_HASH)) >> np.uint64(64 - SET_SHIFT)
        is_there, has_converted = False, False
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
                    else:
                        total[group, OPEN] += 1
                begin = end
            if is_past:
                break
            if when[turn] >= since and when[turn] < until:
                is_there = True
                if path == turn:
                    total[group, DIRECT] += 1
                else:
                    has_converted = True
                    money = worths[turn] if valued else 0
                    total[group, CREDITED] += 1
                    total[group, UNVALUED] += money == 0
                    total[group, VALUE] += money
                    keys[filled] = _walked(which, path, turn, np.uint64(step.shape[3] - 1), group, step) << one | one
                    if valued:
                        monies[filled] = money
                    filled += 1
                    whole = _weigh(when, path, turn, half_life, weight)
                    _credit(which, weight, whole, path, turn, UNIT, credit[group])
                    if money != 0:
                        _credit(which, weight, whole, path, turn, money, worth[group])
            begin = turn + one
        total[group, CUSTOMERS] += is_there
        total[group, CONVERTED] += has_converted
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


@compiled
def _weigh(when: Int64s, begin: Any, end: Any, half_life: float, weight: Floats) -> float:
    """Weigh a path's touches by their time before the last of them; give the sum."""
    last = when[end - np.uint64(1)]
    whole = 0.0
    for i in range(begin, end):
        weight[i] = np.exp2((when[i] - last) / half_life)
        whole += weight[i]
    return whole


@compiled
def _credit(which: Bytes, weight: Floats, whole: float, begin: Any, end: Any, unit: int, credit: Int64s) -> None:
    """Share `unit` out among a path's touches by each rule; what rounding leaves goes to the last."""
    touches: Any = np.int64(end - begin)
    first, last = np.uint64(which[begin]), np.uint64(which[end - np.uint64(1)])
    part, between = unit // touches, 0
    ends = unit if touches == 1 else unit // 2
    if touches > 2:
        ends = unit * 2 // 5
        between = (unit - 2 * ends) // (touches - 2)
    decayed: Any = 0
    scale = unit / whole
    for i in range(begin, end - np.uint64(1)):
        row = np.uint64(which[i])
        mine = np.int64(np.floor(weight[i] * scale))
        decayed += mine
        credit[row, 2] += part
        credit[row, 3] += mine
        credit[row, 4] += between
    credit[first, 0] += unit
    credit[last, 1] += unit
    credit[last, 2] += unit - (touches - 1) * part
    credit[last, 3] += unit - decayed
    if touches == 1:
        credit[last, 4] += unit
    else:
        # the loop gave the first a share for those between
        credit[first, 4] += ends - between
        credit[last, 4] += unit - ends - (touches - 2) * between
