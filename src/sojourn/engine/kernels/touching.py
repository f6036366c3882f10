"""The compiled part of attribution: paths of touches, and what each adds to the sums."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Floats, Int64s, UInt16s, UInt64s

GROUPS: Final = 64  # of customers, for the jackknife; a power of two
SET_SHIFT: Final = 6  # a key is a set of touchpoints, then the group
UNIT: Final = 1 << 30  # a conversion: credits are whole numbers of it, so that sums do not depend on order
MODELS: Final = 5
NO_TOUCH: Final = 255
OUTCOME: Final = 254
CREDITED, DIRECT, OPEN, UNVALUED, VALUE, CUSTOMERS, CONVERTED, TOTALS = 0, 1, 2, 3, 4, 5, 6, 7
FIRST_TABLE: Final = 1 << 12
_HASH: Final = 0x9E3779B97F4A7C15


@compiled
def scan(
    number: Int64s, offset: Int64s, at: Int64s, event: Codes, code: UInt16s, keep: Bytes, customer_keep: Bytes,
    amount: Int64s, role: Bytes, touch: Bytes, collapse: bool, window: int, half_life: float,
    since: int, until: int, as_of: int, credit: Int64s, worth: Int64s, step: Int64s, total: Int64s,
) -> tuple[UInt64s, Int64s]:  # fmt: skip
    """Add a slice's customers to the sums; give keys of (set, group) and (converted, not converted, money) of each."""
    masked, chosen, coded = len(keep) > 0, len(customer_keep) > 0, len(code) > 0
    lowest = since - window if since > np.iinfo(np.int64).min + window else np.iinfo(np.int64).min
    highest = until + window if until < np.iinfo(np.int64).max - window else np.iinfo(np.int64).max
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, offset[customer + 1] - offset[customer])
    place, which, weight = np.empty(room + 2, np.int64), np.empty(room + 2, np.uint8), np.empty(room + 2, np.float64)
    which[0] = NO_TOUCH
    table = np.full(FIRST_TABLE, -1, np.int32)
    keys, taken, distinct = np.empty(FIRST_TABLE, np.uint64), np.zeros((FIRST_TABLE, 3), np.int64), 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        # first list the customer's touches and conversions; without a branch, which no processor could foresee
        found: Any = np.uint64(1)
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            mine = role[event[i]]
            if coded:
                mine = touch[code[i]] if mine == 0 else mine
            seen = (mine != NO_TOUCH) & (at[i] >= lowest) & (at[i] < highest)
            if masked:
                seen &= keep[i] != 0
            slot = found - np.uint64(collapse & seen & (mine == which[found - np.uint64(1)]) & (mine < OUTCOME))
            place[slot], which[slot] = i, mine
            found = slot + np.uint64(seen)
        if found == 1:
            continue
        group: Any = np.int64((np.uint64(number[customer]) * np.uint64(_HASH)) >> np.uint64(64 - SET_SHIFT))
        is_there, has_converted = False, False
        begin = 1
        for turn in range(1, np.int64(found) + 1):
            is_past = turn == np.int64(found)  # one turn past the last, for the touches after the last conversion
            if not is_past and which[turn] != OUTCOME:
                continue
            path = turn
            if not is_past:
                moment = at[place[turn]]
                while path > begin and moment - at[place[path - 1]] <= window:
                    path -= 1
            # touches too old for the conversion: paths that did not convert, each at most a window long
            while begin < path:
                end = begin + 1
                while end < path and at[place[end]] - at[place[begin]] <= window:
                    end += 1
                last = at[place[end - 1]]
                if last >= since and last < until:
                    is_there = True
                    if last < as_of - window:
                        key = _walked(which, begin, end, 0, group, step)
                        table, keys, taken, distinct, row = _row(table, keys, taken, distinct, key)
                        taken[row, 1] += 1
                    else:
                        total[group, OPEN] += 1
                begin = end
            if is_past:
                break
            if moment >= since and moment < until:
                is_there = True
                if path == turn:
                    total[group, DIRECT] += 1
                else:
                    has_converted = True
                    money = amount[place[turn]] if len(amount) > 0 else 0
                    total[group, CREDITED] += 1
                    total[group, UNVALUED] += money == 0
                    total[group, VALUE] += money
                    key = _walked(which, path, turn, step.shape[3] - 1, group, step)
                    table, keys, taken, distinct, row = _row(table, keys, taken, distinct, key)
                    taken[row, 0] += 1
                    taken[row, 2] += money
                    whole = _weigh(at, place, path, turn, half_life, weight)
                    _credit(which, weight, whole, path, turn, UNIT, credit[group])
                    if money != 0:
                        _credit(which, weight, whole, path, turn, money, worth[group])
            begin = turn + 1
        total[group, CUSTOMERS] += is_there
        total[group, CONVERTED] += has_converted
    return keys[:distinct].copy(), taken[:distinct].copy()


@compiled
def _walked(which: Bytes, begin: int, end: int, ending: int, group: int, step: Int64s) -> Any:
    """Count a path's steps, each after the two before it; give its key."""
    before: Any = 0
    here: Any = 0
    touched: Any = np.uint64(0)
    for i in range(begin, end):
        mine = np.int64(which[i])
        step[group, before, here, mine + 1] += 1
        before, here = here, mine + 1
        touched |= np.uint64(1) << np.uint64(mine)
    step[group, before, here, ending] += 1
    return touched << np.uint64(SET_SHIFT) | np.uint64(group)


@compiled
def _weigh(at: Int64s, place: Int64s, begin: int, end: int, half_life: float, weight: Floats) -> float:
    """Weigh a path's touches by their time before the last of them; give the sum."""
    last = at[place[end - 1]]
    whole = 0.0
    for i in range(begin, end):
        weight[i] = np.exp2((at[place[i]] - last) / half_life)
        whole += weight[i]
    return whole


@compiled
def _credit(which: Bytes, weight: Floats, whole: float, begin: int, end: int, unit: int, credit: Int64s) -> None:
    """Share `unit` out among a path's touches by each rule; what rounding leaves goes to the last."""
    touches, last = end - begin, which[end - 1]
    part, between = unit // touches, 0
    ends = unit if touches == 1 else unit // 2
    if touches > 2:
        ends = unit * 2 // 5
        between = (unit - 2 * ends) // (touches - 2)
    decayed: Any = 0
    for i in range(begin, end - 1):
        row = credit[which[i]]
        mine = np.int64(np.floor(unit * (weight[i] / whole)))
        decayed += mine
        row[2] += part
        row[3] += mine
        row[4] += between
    credit[which[begin], 0] += unit
    credit[last, 1] += unit
    credit[last, 2] += unit - (touches - 1) * part
    credit[last, 3] += unit - decayed
    if touches == 1:
        credit[last, 4] += unit
    else:
        # the loop gave the first a share for those between
        credit[which[begin], 4] += ends - between
        credit[last, 4] += unit - ends - (touches - 2) * between


@compiled
def _slot(table: Any, keys: UInt64s, key: Any) -> Any:
    """Find where a key stands or belongs in an open-addressing table whose size is a power of two."""
    mask = np.uint64(len(table) - 1)
    slot = (key * np.uint64(_HASH)) >> np.uint64(32) & mask
    while table[slot] >= 0 and keys[table[slot]] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _row(table: Any, keys: UInt64s, taken: Int64s, distinct: int, key: Any) -> Any:
    """Give the row of a key, new where it was not seen before, with the arrays, which may have grown."""
    slot = _slot(table, keys, key)
    row = table[slot]
    if row >= 0:
        return table, keys, taken, distinct, row
    row = table[slot] = distinct
    keys[row] = key
    distinct += 1
    if 2 * distinct > len(table):
        size = 4 * len(table)
        table, more, further = np.full(size, -1, np.int32), np.empty(size, np.uint64), np.zeros((size, 3), np.int64)
        more[:distinct], further[:distinct] = keys[:distinct], taken[:distinct]
        keys, taken = more, further
        for each in range(distinct):
            table[_slot(table, keys, keys[each])] = each
    return table, keys, taken, distinct, np.int32(row)
