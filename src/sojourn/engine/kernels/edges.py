"""Counting a graph's edges in two passes over events, so that exact quantiles need no copy of the gaps.

The first pass counts each edge's gaps in log-linear bins (an octave is cut into four), which shows in which bins the
wanted ranks lie. The second takes these bins' values out, one in twenty or so, and `quantiles` chooses among them.
With too many steps for a table of bins to stay in the cache, an octave is one bin, or an edge has one bin only and the
second pass takes all of its gaps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba.cpython.unsafe.numbers import leading_zeros

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.projecting import Projected
from sojourn.engine.kernels.quantiles import SMALL, ranked, workspace
from sojourn.engine.kernels.words import Codes, Floats, Int64s, UInt16s, UInt64s

UInt32s = npt.NDArray[np.uint32]

TABLE = 1 << 20  # bins of all edges together, 4 bytes each
MASK = 0x7FFF_FFFF_FFFF_FFFF
# columns of the table of edges
LOW, HIGH, CUSTOMERS, MARK = 0, 1, 2, 3
EDGE_COLUMNS = 4
# columns of the table of nodes, whose first is the mark too
VISITORS, REPEATERS, STARTS, ENDS = 1, 2, 3, 4
NODE_COLUMNS = 5


def parts_of_octave(steps: int) -> int:
    """Say how finely gaps are counted among some steps: 2 bits of an octave, 0 (whole octaves), or -1: one bin."""
    edges = steps * steps
    return 2 if edges << 8 <= TABLE else 0 if edges << 6 <= TABLE else -1


def bins_of_edge(bits: int) -> int:
    """Give the number of bins of one edge as a power of two."""
    return {2: 8, 0: 6, -1: 0}[bits]


def count(
    seen: Projected, place: UInt16s, numbered: int, bits: int, edges: UInt64s, nodes: Int64s, bins: UInt32s
) -> None:
    """Add the events seen to the tables; customers are numbered on from `numbered`, to tell them apart in marks."""
    _count(seen.offset, seen.at, seen.event, place, numbered, bits, bins_of_edge(bits), edges, nodes, bins)


def add(left: UInt64s, right: UInt64s) -> None:
    """Add one table of edges to another; the left's marks stay."""
    left[:, LOW] += right[:, LOW]
    left[:, HIGH] += right[:, HIGH] + (left[:, LOW] < right[:, LOW])
    left[:, CUSTOMERS] += right[:, CUSTOMERS]


def quantiles(seen: list[Projected], place: UInt16s, bits: int, bins: UInt32s, size: Int64s, qs: Floats) -> Floats:
    """Give each edge's exact quantiles, shape (edges, len(qs)), NaN for edges without gaps.

    `bins` must have counted exactly the events `seen`, `size` is how many gaps each edge has.
    """
    edges = len(size)
    answers = np.full((edges, len(qs)), np.nan)
    if not size.any():
        return answers
    ranges = np.zeros((edges, 2 * len(qs)), np.uint64)
    taken, below = np.zeros((edges, len(qs)), np.int64), np.zeros((edges, len(qs)), np.int64)
    _aim(bins.reshape(edges, -1), size, qs, bits, ranges, taken, below)
    start = np.cumsum(taken).reshape(taken.shape) - taken
    free, values = start.copy(), np.empty(int(taken.sum()), np.int64)
    for each in seen:
        _take(each.offset, each.at, each.event, place, round(edges**0.5), ranges, start + taken, free, values)
    _choose(size, qs, start, free, below, ranges, values, answers)
    return answers


@compiled
def _bin(gap: Any, bits: int) -> Any:
    """Give a gap's bin: its number of binary digits, and the digits after the first as far as `bits` says."""
    if bits < 0:
        return np.uint64(0)
    if gap < np.uint64(1 << bits):
        return gap
    shift = np.uint64(63 - bits) - np.uint64(leading_zeros(gap))  # type: ignore[call-arg]
    return (shift << np.uint64(bits)) + (gap >> shift)


@compiled
def _first_of(place: int, bits: int) -> Any:
    """Give the smallest gap of a bin."""
    if bits < 0:
        return np.uint64(0) if place == 0 else np.uint64(MASK)
    shift = (place >> bits) - 1
    if shift < 0:
        return np.uint64(place)
    return np.uint64(place - (shift << bits)) << np.uint64(shift)


@compiled
def _count(
    offset: Int64s, at: Int64s, event: Codes, place: UInt16s, numbered: int, bits: int, log_bins: int,
    edges: UInt64s, nodes: Int64s, bins: UInt32s,
) -> None:  # fmt: skip
    steps = np.uint64(len(nodes))
    wide = np.uint64(log_bins)
    for customer in range(len(offset) - 1):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if first == last:
            continue
        number = numbered + customer + 1
        once = np.int64(2 * number)  # the mark of a step seen once by this customer; one more when seen again
        before: Any = np.uint64(0)
        earlier: Any = np.int64(0)
        for i in range(first, last):
            node = np.uint64(place[event[i]])
            mark = nodes[node, 0]
            nodes[node, VISITORS] += mark < once
            nodes[node, REPEATERS] += mark == once
            nodes[node, 0] = min(max(mark + 1, once), once + 1)
            moment = at[i]
            if i == first:
                nodes[node, STARTS] += 1
            else:
                gap = np.uint64(moment - earlier) & np.uint64(MASK)
                pair = before * steps + node
                bins[(pair << wide) + _bin(gap, bits)] += np.uint32(1)
                total = edges[pair, LOW] + gap
                edges[pair, LOW] = total
                if total < gap:
                    edges[pair, HIGH] += np.uint64(1)
                edges[pair, CUSTOMERS] += np.uint64(edges[pair, MARK] != np.uint64(number))
                edges[pair, MARK] = np.uint64(number)
            before, earlier = node, moment
        nodes[before, ENDS] += 1


@compiled
def _aim(rows: UInt32s, size: Int64s, qs: Floats, bits: int, ranges: UInt64s, taken: Int64s, below: Int64s) -> None:
    """Find which gaps to take for each quantile: a range's first gap and its width, how many they are, and how many
    are smaller. Edges of few gaps, and ranges that meet, are taken for the first quantile and serve all."""
    for edge in range(len(size)):
        n = size[edge]
        if n == 0:
            continue
        shared = n <= SMALL
        reach = -1
        for k in range(len(qs)):
            rank = int(qs[k] * (n - 1))
            low = _place_of(rows[edge], rank)
            high = _place_of(rows[edge], min(rank + 1, n - 1))
            shared = shared or low <= reach
            reach = high
            _set_range(rows[edge], low, high, bits, k, ranges[edge], taken[edge], below[edge])
        if shared:
            ranges[edge, :], taken[edge, :], below[edge, :] = 0, 0, 0
            ranges[edge, 1], taken[edge, 0] = np.uint64(MASK) + np.uint64(1), n


@compiled
def _place_of(row: UInt32s, rank: int) -> int:
    place = 0
    while rank >= row[place]:
        rank -= row[place]
        place += 1
    return place


@compiled
def _set_range(
    row: UInt32s, low: int, high: int, bits: int, k: int, ranges: UInt64s, taken: Int64s, below: Int64s
) -> None:
    ranges[2 * k] = _first_of(low, bits)
    ranges[2 * k + 1] = _first_of(high + 1, bits) - ranges[2 * k]
    below[k], taken[k] = row[:low].sum(), row[low : high + 1].sum()


@compiled
def _take(
    offset: Int64s, at: Int64s, event: Codes, place: UInt16s, steps: int, ranges: UInt64s,
    full: Int64s, free: Int64s, values: Int64s,
) -> None:  # fmt: skip
    wanted = ranges.shape[1] // 2
    for customer in range(len(offset) - 1):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if first == last:
            continue
        before: Any = np.uint64(place[event[first]])
        for i in range(first + np.uint64(1), last):
            node = np.uint64(place[event[i]])
            pair = before * np.uint64(steps) + node
            gap = np.uint64(at[i] - at[i - np.uint64(1)]) & np.uint64(MASK)
            for k in range(wanted):
                above = gap - ranges[pair, 2 * k]
                if above < ranges[pair, 2 * k + 1]:
                    to = free[pair, k]
                    if to < full[pair, k]:  # else the events have changed since they were counted
                        values[to] = above
                        free[pair, k] = to + 1
            before = node


@compiled
def _choose(
    size: Int64s, qs: Floats, start: Int64s, free: Int64s, below: Int64s, ranges: UInt64s, values: Int64s,
    answers: Floats,
) -> None:  # fmt: skip
    ranks, found = np.empty(2, np.int64), np.empty(2, np.int64)
    bins, scratch, places = workspace((free - start).max() if len(size) else 0)
    for edge in range(len(size)):
        n = size[edge]
        for k in range(len(qs)):
            if n == 0:
                continue
            own = k if ranges[edge, 2 * k + 1] != 0 else 0
            mine = values[start[edge, own] : free[edge, own]]
            if len(mine) == 0:
                continue
            rank = qs[k] * (n - 1)
            first = int(rank)
            # within the values taken, even if they have become fewer since they were counted
            ranks[0] = min(max(first - below[edge, own], 0), len(mine) - 1)
            ranks[1] = min(max(min(first + 1, n - 1) - below[edge, own], 0), len(mine) - 1)
            ranked(mine, ranks, bins, scratch, places, found)
            lowest = np.int64(ranges[edge, 2 * own])
            answers[edge, k] = found[0] + lowest + (rank - first) * (found[1] - found[0])
