"""Cutting customers' events into sessions, and summing these up by customer and by code."""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt64s

DENSE = 8  # codes a session up to which all codes are summed up, in vector instructions, and not only those there


@compiled
def cut(
    offset: Int64s, at: Int64s, event: Codes, codes: int, cuts: Bytes, cutting: bool, timeout: int,
    sums: Int64s, wide: UInt64s, edges: Int64s, sizes: Int64s, duration: Int64s,
) -> int:  # fmt: skip
    """Cut where more than `timeout` passes, and, when `cutting`, at the codes in `cuts`; add to the sums.

    `sums` has customers, then by customer the sums of n, n * n, b, b * b, n * b, e, e * e and n * e; `wide`, of 128
    bits, those of d, d * d and n * d in seconds and of d in microseconds; `sizes` the sessions by number of events;
    `edges`, (4, 2 * codes), for the codes below `codes` that sessions begin with, then for those that they end with,
    the sessions, customers, and sums of k * k and n * k. Durations above 0 are listed; gives how many.
    """
    begin, long = np.empty(len(sizes) + 1, np.uint64), np.empty(len(sizes) + 1, np.uint64)
    mine = np.zeros(2 * codes, np.int32)  # the customer's sessions by code
    customers, n, nn, b, bb, nb, e, ee, ne = 0, 0, 0, 0, 0, 0, 0, 0, 0
    one, exits = np.uint64(1), np.uint64(codes)
    times, visitors, squares, products = edges[0], edges[1], edges[2], edges[3]
    filled: Any = np.uint64(0)
    for customer in range(np.uint64(len(offset) - 1)):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + one])
        if first == last:
            continue
        found: Any = one
        begin[0] = first
        # without a branch, as in `projecting`
        if cutting:
            for i in range(first + one, last):
                begin[found] = i
                found += np.uint64((at[i] - at[i - one] > timeout) | (cuts[event[i]] != 0))
        else:
            for i in range(first + one, last):
                begin[found] = i
                found += np.uint64(at[i] - at[i - one] > timeout)
        begin[found] = last
        longer: Any = np.uint64(0)  # than one event
        for k in range(found):
            entry, leave = begin[k], begin[k + one] - one
            mine[np.uint64(event[entry])] += 1
            mine[np.uint64(event[leave]) + exits] += 1
            long[longer] = k
            longer += np.uint64(entry < leave)
        sessions: Any = np.int64(found)
        if codes <= DENSE * sessions:
            for code in range(np.uint64(len(mine))):
                count = np.int64(mine[code])
                times[code] += count
                visitors[code] += np.int64(count > 0)
                squares[code] += count * count
                products[code] += sessions * count
                mine[code] = 0
        else:
            for k in range(found):
                for place in (np.uint64(event[begin[k]]), np.uint64(event[begin[k + one] - one]) + exits):
                    count = np.int64(mine[place])  # 0 from the second time on
                    times[place] += count
                    visitors[place] += np.int64(count > 0)
                    squares[place] += count * count
                    products[place] += sessions * count
                    mine[place] = 0
        lasted: Any = np.int64(0)
        for k in range(longer):
            entry, leave = begin[long[k]], begin[long[k] + one] - one
            sizes[leave - entry + one] += 1
            duration[filled] = at[leave] - at[entry]
            lasted += duration[filled]
            filled += np.uint64(duration[filled] > 0)
        bounces = sessions - np.int64(longer)
        events: Any = np.int64(last - first)
        customers, n, nn = customers + 1, n + sessions, nn + sessions * sessions
        b, bb, nb = b + bounces, bb + bounces * bounces, nb + sessions * bounces
        e, ee, ne = e + events, ee + events * events, ne + sessions * events
        seconds = np.uint64(lasted // 1_000_000)
        _add(wide, 0, seconds)
        _add(wide, 1, seconds * seconds)
        _add(wide, 2, seconds * np.uint64(sessions))
        _add(wide, 3, np.uint64(lasted))
    sizes[1] += b
    for column, figure in enumerate((customers, n, nn, b, bb, nb, e, ee, ne)):
        sums[column] += figure
    return filled  # type: ignore[no-any-return]


@compiled
def _add(wide: UInt64s, place: int, value: Any) -> None:
    """Add to a sum of 128 bits, low half and high half."""
    low = wide[place, 0] + value
    wide[place, 1] += np.uint64(low < value)
    wide[place, 0] = low
