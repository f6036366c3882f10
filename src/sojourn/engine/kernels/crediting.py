"""The compiled part of attribution's rules: each conversion's touches, and its credit shared out among them.

Customers are taken in blocks and each block in four plain passes (its outcomes; their touches; the touches' weights;
the credits), so that what one pass writes is still in the processor's cache when the next one reads it. Only touches
that a window reaches are looked at, backwards from each conversion; customers without one cost next to nothing.
"""

from __future__ import annotations

from math import factorial, log
from typing import Any, Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Floats, Int64s, UInt16s, UInt64s

GROUPS: Final = 64  # of customers, for the jackknife; a power of two
GROUP_BITS: Final = 6
UNIT: Final = 1 << 30  # a conversion: credits are whole numbers of it, so that sums do not depend on order
RULES: Final = ("first", "last", "linear", "decay", "position")
TOUCHED: Final = len(RULES)  # place, after the rules, of the conversions that a touchpoint touched at all
NO_TOUCH: Final = 255
OUTCOME: Final = 254
CREDITED, DIRECT, UNVALUED, VALUE, CONVERTED, TOTALS = 0, 1, 2, 3, 4, 5
BLOCK: Final = 1 << 14  # events
_HASH: Final = 0x9E3779B97F4A7C15
_TERMS: Final = tuple(log(2) ** k / factorial(k) for k in range(1, 10))  # of 2 ** x, to 1e-11 for x up to a half
_ROUNDS: Final = 1.5 * 2.0**52  # added and taken away again, it leaves the nearest whole number


@compiled
def credit(
    number: Int64s, offset: Int64s, at: Int64s, event: Codes, code: UInt16s, keep: Bytes, customer_keep: Bytes,
    amount: Int64s, role: Bytes, touch: Bytes, collapse: bool, window: int, since: int, until: int, half_life: float,
    shares: Int64s, worth: Int64s, total: Int64s,
) -> None:  # fmt: skip
    """Add a slice's conversions to the sums: `shares` and `worth` (groups, touchpoints, rules + 1), and `total`."""
    customers = len(offset) - 1
    room = BLOCK
    for customer in range(customers):
        room = max(room, offset[customer + 1] - offset[customer])
    place, moment = np.empty(room + 1, np.int64), np.empty(room + 1, np.int64)
    late, weight, which = np.empty(room + 1, np.int64), np.empty(room + 1, np.float64), np.empty(room + 1, np.uint8)
    end, group, money = np.empty(room + 1, np.uint64), np.empty(room + 1, np.uint64), np.empty(room + 1, np.int64)
    first = 0
    while first < customers:
        last = first + 1
        while last < customers and offset[last + 1] - offset[first] <= BLOCK:
            last += 1
        _find(offset[first], offset[last], at, event, keep, role, place, moment, late)
        paths = _gather(
            first, last, number, offset, at, event, code, keep, customer_keep, amount, role, touch, collapse,
            window, since, until, place, moment, late, which, end, group, money, total,
        )  # fmt: skip
        if paths > 0:
            _weigh(late, end[paths - np.uint64(1)], half_life, weight, weight.view(np.int64))
            _share(paths, which, weight, end, group, money, len(amount) > 0, shares, worth)
        first = last


@compiled
def group_of(number: int) -> Any:
    """Give the group of a customer by a hash of their number."""
    return (np.uint64(number) * np.uint64(_HASH)) >> np.uint64(64 - GROUP_BITS)


@compiled
def _find(
    first: int, last: int, at: Int64s, event: Codes, keep: Bytes, role: Bytes, place: Int64s, moment: Int64s,
    ahead: Int64s,
) -> None:  # fmt: skip
    """List the outcomes between two events; each event is written before it is judged: no branch to foresee."""
    masked = len(keep) > 0
    found: Any = np.uint64(0)
    for i in range(np.uint64(first), np.uint64(last)):
        place[found] = i
        is_outcome = role[event[i]] == OUTCOME
        if masked:
            is_outcome &= keep[i] != 0
        found += np.uint64(is_outcome)
    for k in range(found):
        moment[k] = at[np.uint64(place[k])]
        ahead[k] = at[np.uint64(max(place[k] - 8, first))]  # only so that memory is fetched before it is waited for
    place[found] = np.iinfo(np.int64).max


@compiled
def _gather(
    first: int, last: int, number: Int64s, offset: Int64s, at: Int64s, event: Codes, code: UInt16s, keep: Bytes,
    customer_keep: Bytes, amount: Int64s, role: Bytes, touch: Bytes, collapse: bool, window: int, since: int,
    until: int, place: Int64s, moment: Int64s, late: Int64s, which: Bytes, end: UInt64s, group: UInt64s,
    money: Int64s, total: Int64s,
) -> Any:  # fmt: skip
    """List the touches of each conversion, the last one first, with their time before it (not above 0).

    Gives the number of conversions that have any; path `k` ends at place `end[k]`, where the next begins.
    """
    masked, chosen, coded, valued = len(keep) > 0, len(customer_keep) > 0, len(code) > 0, len(amount) > 0
    is_plain = not (masked or collapse)
    turn, paths, touches = np.uint64(0), np.uint64(0), np.uint64(0)
    for customer in range(first, last):
        border, stop = offset[customer], offset[customer + 1]
        mine: Any = group_of(number[customer])
        before: Any = paths
        while place[turn] < stop:
            outcome = place[turn]
            when = moment[turn]
            turn += np.uint64(1)
            if when < since or when >= until or (chosen and customer_keep[customer] == 0):
                border = outcome + 1
                continue
            begun: Any = touches
            nearest, latest = when, np.uint8(NO_TOUCH)
            i = outcome - 1
            while i >= border and when - at[np.uint64(i)] <= window:
                what = role[event[np.uint64(i)]]
                if coded:
                    what = touch[code[np.uint64(i)]] if what == 0 else what
                is_touch = what < OUTCOME
                if not is_plain:  # one test instead of two for each event
                    if masked:
                        is_touch &= keep[np.uint64(i)] != 0
                    if collapse:
                        is_touch &= what != latest
                        latest = what if is_touch else latest
                nearest = at[np.uint64(i)] if touches == begun else nearest
                late[touches], which[touches] = at[np.uint64(i)] - nearest, what
                touches += np.uint64(is_touch)
                i -= 1
            border = outcome + 1
            if touches == begun:
                total[mine, DIRECT] += 1
                continue
            end[paths], group[paths] = touches, mine
            total[mine, CREDITED] += 1
            if valued:
                money[paths] = amount[outcome]
                total[mine, UNVALUED] += amount[outcome] == 0
                total[mine, VALUE] += amount[outcome]
            paths += np.uint64(1)
        total[mine, CONVERTED] += paths != before
    return paths


@compiled
def _weigh(late: Int64s, count: Any, half_life: float, weight: Floats, bits: Int64s) -> None:
    """Weigh touches by 2 to the power of their time before the last in half-lives; `bits` are those of `weight`.

    The power is a whole one, which is the exponent of a floating-point number, times one of at most a half, by
    Taylor's polynomial: arithmetic alone, which the compiler does on several touches at once.
    """
    for i in range(count):
        power = max(late[i] / half_life, -1_000.0)
        whole = power + _ROUNDS - _ROUNDS
        part = power - whole
        total = _TERMS[8] * part + _TERMS[7]
        total = (total * part + _TERMS[6]) * part + _TERMS[5]
        total = (total * part + _TERMS[4]) * part + _TERMS[3]
        total = (total * part + _TERMS[2]) * part + _TERMS[1]
        weight[i] = (total * part + _TERMS[0]) * part + 1.0
        late[i] = np.int64(whole) << 52
    for i in range(count):
        bits[i] += late[i]


@compiled
def _share(
    paths: Any, which: Bytes, weight: Floats, end: UInt64s, group: UInt64s, money: Int64s, valued: bool,
    shares: Int64s, worth: Int64s,
) -> None:  # fmt: skip
    begin: Any = np.uint64(0)
    for path in range(paths):
        whole = 0.0
        for i in range(begin, end[path]):
            whole += weight[i]
        _share_one(which, weight, whole, begin, end[path], UNIT, shares[group[path]])
        if valued and money[path] != 0:
            _share_one(which, weight, whole, begin, end[path], money[path], worth[group[path]])
        begin = end[path]


@compiled
def _share_one(which: Bytes, weight: Floats, whole: float, begin: Any, end: Any, unit: int, mine: Int64s) -> None:
    """Share `unit` out among a path's touches by each rule; what rounding leaves goes to the last touch."""
    one, touches = np.uint64(1), np.int64(end - begin)
    last, first = np.uint64(which[begin]), np.uint64(which[end - one])
    part: Any = np.int64(unit / touches)
    between: Any = np.int64(unit / (5 * touches - 10)) if touches > 2 else np.int64(0)
    ends = unit * 2 // 5 if touches > 2 else unit // 2
    to_first = ends - between if touches > 1 else 0  # the loop gives a path's first touch a share for those between
    decayed: Any = 0
    touched = np.uint64(1) << last
    scale = unit / whole
    for i in range(begin + one, end):
        row = np.uint64(which[i])
        decay = np.int64(weight[i] * scale)
        decayed += decay
        mine[row, 2] += part
        mine[row, 3] += decay
        mine[row, 4] += between
        mine[row, TOUCHED] += np.int64(~touched >> row & one)
        touched |= one << row
    mine[first, 0] += unit
    mine[last, 1] += unit
    mine[last, 2] += unit - (touches - 1) * part
    mine[last, 3] += unit - decayed
    mine[first, 4] += to_first
    mine[last, 4] += unit - to_first - (touches - 1) * between
    mine[last, TOUCHED] += 1
