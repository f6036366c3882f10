"""Sorts rows by (customer, time, event id): a counting sort over customers, then each customer's few events."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Int64s

Int32s = npt.NDArray[np.int32]
SMALL = 48  # up to here insertion sort wins, and rows come almost in order


@compiled
def numbered(person: Int64s) -> tuple[Int32s, Int64s]:
    """Number the different persons in order of appearance; tokens are never 0. O(n)."""
    capacity = 1 << 12
    keys = np.zeros(capacity, np.int64)
    numbers = np.empty(capacity, np.int32)
    found = np.empty(capacity, np.int64)
    codes = np.empty(len(person), np.int32)
    count, last, last_code = 0, np.int64(0), np.int32(0)
    for at in range(len(person)):
        token = person[at]
        if token != last:
            slot = mixed(token) & (capacity - 1)
            while keys[slot] not in (0, token):
                slot = (slot + 1) & (capacity - 1)
            if keys[slot] == 0:
                keys[slot], numbers[slot], found[count] = token, count, token
                count += 1
            last, last_code = token, numbers[slot]
            if count * 2 > capacity:
                capacity *= 2
                keys, numbers = np.zeros(capacity, np.int64), np.empty(capacity, np.int32)
                wider = np.empty(capacity, np.int64)
                wider[:count] = found[:count]
                found = wider
                for number in range(count):
                    slot = mixed(found[number]) & (capacity - 1)
                    while keys[slot] != 0:
                        slot = (slot + 1) & (capacity - 1)
                    keys[slot], numbers[slot] = found[number], number
        codes[at] = last_code
    return codes, found[:count].copy()


@compiled
def mixed(token: np.int64) -> np.int64:
    """Mix a token's bits (tests and imports may use small numbers)."""
    state = np.uint64(token) * np.uint64(0x9E37_79B9_7F4A_7C15)
    return np.int64((state ^ (state >> np.uint64(29))) & np.uint64(0x7FFF_FFFF_FFFF_FFFF))


@compiled
def offsets(place: Int32s, pid: Int32s, offset: Int64s) -> None:
    """Count each customer's events and write where they begin; `place` is the customer of each person."""
    for at in range(len(pid)):
        offset[place[pid[at]] + 1] += 1
    for customer in range(1, len(offset)):
        offset[customer] += offset[customer - 1]


@compiled
def scattered(
    place: Int32s, pid: Int32s, offset: Int64s, at: Int64s, row: Int64s, at_out: Int64s, row_out: Int64s, source: Int32s
) -> None:
    """Put each event among its customer's; `source` says from which row it came."""
    free = offset[:-1].copy()
    for index in range(len(pid)):
        customer = place[pid[index]]
        to = free[customer]
        free[customer] = to + 1
        at_out[to], row_out[to], source[to] = at[index], row[index], index


@compiled
def ordered(offset: Int64s, first: int, last: int, at: Int64s, row: Int64s, source: Int32s) -> None:
    """Sort the events of customers `first` to `last` (exclusive) by (time, event id), in place."""
    for customer in range(first, last):
        low, high = offset[customer], offset[customer + 1]
        if high - low <= SMALL:
            insertion(low, high, at, row, source)
        elif disorder(low, high, at, row) < high:
            order = np.argsort(row[low:high], kind="mergesort")
            order = order[np.argsort(at[low:high][order], kind="mergesort")]
            at[low:high] = at[low:high][order]
            row[low:high] = row[low:high][order]
            source[low:high] = source[low:high][order]


@compiled
def insertion(low: int, high: int, at: Int64s, row: Int64s, source: Int32s) -> None:
    """Sort a short stretch in place."""
    for index in range(low + 1, high):
        when, which, origin = at[index], row[index], source[index]
        to = index
        while to > low and (at[to - 1] > when or (at[to - 1] == when and row[to - 1] > which)):
            at[to], row[to], source[to] = at[to - 1], row[to - 1], source[to - 1]
            to -= 1
        at[to], row[to], source[to] = when, which, origin


@compiled
def disorder(low: int, high: int, at: Int64s, row: Int64s) -> int:
    """Give the first position whose event does not come after the one before; `high` when all do."""
    for index in range(low + 1, high):
        if at[index] < at[index - 1] or (at[index] == at[index - 1] and row[index] <= row[index - 1]):
            return index
    return high


@compiled
def first_disorder(offset: Int64s, at: Int64s, row: Int64s) -> int:
    """Give the first event that is out of order or there twice; -1 when there is none."""
    for customer in range(len(offset) - 1):
        found = disorder(offset[customer], offset[customer + 1], at, row)
        if found < offset[customer + 1]:
            return int(found)
    return -1


@compiled
def gathered(values: npt.NDArray[Any], source: Int32s, out: npt.NDArray[Any]) -> None:
    """Bring a column into the order of the events."""
    for index in range(len(source)):
        out[index] = values[source[index]]


@compiled
def gathered_by_person(values: npt.NDArray[Any], pid: Int32s, source: Int32s, out: npt.NDArray[Any]) -> None:
    """Spread a value of each person over the events, in their order."""
    for index in range(len(source)):
        out[index] = values[pid[source[index]]]


@compiled
def money_order(slot: Int32s, source: Int32s, position: npt.NDArray[Any], origin: Int32s) -> None:
    """List the events that carry money in order: their positions and where their amounts were (`slot` - 1)."""
    found = 0
    for index in range(len(source)):
        held = slot[source[index]]
        if held:
            position[found], origin[found] = index, held - 1
            found += 1
