"""Prefixes of sequences as a tree of nodes: a node is found by the node before it and a code, without false meetings.

A node is a number; its row in `counts` says how many walks came there, of how many customers, and which node is before
it. Node 0 is the root. Nodes before always have smaller numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Codes, Int64s, UInt16s, UInt64s

Int32s = npt.NDArray[np.int32]

TIMES, CUSTOMERS, LAST, BEFORE = range(4)  # columns of `counts`: the last customer seen there tells new ones from old
END = 65_535  # the code of the node that a walk comes to when nothing more was seen
FACTOR = 0x9FB21C651E98DF25
FREE = 0xFFFFFFFFFFFFFFFF
FIRST_BITS = 12  # of the number of slots; it grows with distinct prefixes, not with walks, to stay in the cache
BATCH = 1_024


@compiled
def collapsed(offset: Int64s, at: Int64s, event: Codes) -> tuple[Int64s, Int64s, Codes]:
    """Leave out each event that repeats the one before it: the first of a run stays. Offset, at and event."""
    kept_offset = np.zeros_like(offset)
    kept_at, kept_event = np.empty_like(at), np.empty_like(event)
    filled: Any = np.uint64(0)
    one = np.uint64(1)
    for customer in range(len(offset) - 1):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if first < last:
            kept_at[filled], kept_event[filled] = at[first], event[first]
            filled += one
            for i in range(first + one, last):  # written before it is judged, as in `projecting`
                kept_at[filled], kept_event[filled] = at[i], event[i]
                filled += np.uint64(event[i] != event[i - one])
        kept_offset[customer + 1] = filled
    return kept_offset, kept_at[:filled], kept_event[:filled]


@compiled
def rooted(
    offset: Int64s, at: Int64s, event: Codes, root: int, forward: bool, every: bool, since: int, until: int
) -> tuple[Int64s, Int32s, Int32s]:
    """Find where walks begin: at each customer's first event `root` in the period, or at every one.

    Gives places, how many events lie ahead of each (behind it, when not `forward`), and whose they are.
    """
    room = 1_024
    place, ahead, who = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
    bounded = since > np.iinfo(np.int64).min or until < np.iinfo(np.int64).max
    filled: Any = np.uint64(0)
    one = np.uint64(1)
    for customer in range(len(offset) - 1):
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        while filled + (last - first) > np.uint64(room):
            room *= 2
            place, ahead, who = _longer(place, room), _longer32(ahead, room), _longer32(who, room)
        begun: Any = filled
        if bounded:
            for i in range(first, last):
                place[filled] = i
                filled += np.uint64((event[i] == root) & (at[i] >= since) & (at[i] < until))
        else:
            for i in range(first, last):
                place[filled] = i
                filled += np.uint64(event[i] == root)
        if every:
            while begun < filled:
                ahead[begun] = last - np.uint64(place[begun]) - one if forward else np.uint64(place[begun]) - first
                who[begun] = customer
                begun += one
        elif first < last:  # written before it is judged: when there is none, the next customer's stands here
            ahead[begun] = last - np.uint64(place[begun]) - one if forward else np.uint64(place[begun]) - first
            who[begun] = customer
            filled = min(filled, begun + one)
    return place[:filled].copy(), ahead[:filled].copy(), who[:filled].copy()


@compiled
def _longer(array: Int64s, room: int) -> Int64s:
    more = np.empty(room, np.int64)
    more[: len(array)] = array
    return more


@compiled
def _longer32(array: Int32s, room: int) -> Int32s:
    more = np.empty(room, np.int32)
    more[: len(array)] = array
    return more


@compiled
def _slot(table: UInt64s, shift: Any, key: Any) -> Any:
    """Find where a key stands or belongs in an open-addressing table whose size is a power of two."""
    mask = np.uint64(len(table) - 1)
    slot = (key * np.uint64(FACTOR)) >> shift
    while table[slot, 0] != key and table[slot, 0] != np.uint64(FREE):
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _table(counts: Int32s, code: UInt16s, nodes: int, bits: int) -> UInt64s:
    """Make a table of 2 ** bits slots, of key and node, that holds the first nodes (but the root)."""
    table = np.full((1 << bits, 2), FREE, np.uint64)
    for node in range(1, nodes):
        key = (np.uint64(counts[node, 3]) << np.uint64(16)) | np.uint64(code[node])
        slot = _slot(table, np.uint64(64 - bits), key)
        table[slot, 0], table[slot, 1] = key, node
    return table


@compiled
def walked(
    at: Int64s, event: Codes, place: Int64s, ahead: Int32s, who: Int32s,
    step: int, depth: int, window: int, gap: int, timed: bool,
) -> tuple[Int32s, UInt16s, Int32s]:  # fmt: skip
    """Walk from each place up to `depth` events on (`step` 1) or back (-1); count at each node.

    A walk ends, at a node of code `END`, where no event is ahead, or where, when `timed`, the next one is further than
    `window` from the place or than `gap` from the one before. Gives counts (nodes, 4), the nodes' codes, and the node
    that each walk came to last. A level at a time over a batch of walks, without branches, so that the memory's
    answers to many look-ups overlap; only what is not found at once is looked at one by one.
    """
    bits, nodes, room = FIRST_BITS, 1, 1 << (FIRST_BITS - 1)
    counts, code = np.zeros((room, 4), np.int32), np.zeros(room, np.uint16)
    counts[:, 2] = -1
    counts[0, 3] = -1
    table = _table(counts, code, nodes, bits)
    leaf = np.zeros(len(place), np.int32)
    alive, goes = np.empty(BATCH, np.int64), np.empty(BATCH, np.uint8)
    key, missing = np.empty(BATCH, np.uint64), np.empty(BATCH, np.int64)
    child = np.empty(BATCH, np.int64)
    for start in range(0, len(place), BATCH):
        size: Any = np.uint64(min(BATCH, len(place) - start))
        for a in range(size):
            alive[a] = np.uint64(start) + a
            counts[0, 0] += 1
            counts[0, 1] += counts[0, 2] != who[alive[a]]
            counts[0, 2] = who[alive[a]]
        for level in range(1, depth + 1):
            shift = np.uint64(64 - bits)
            missed: Any = np.uint64(0)
            for a in range(size):
                j = alive[a]
                is_on = level <= ahead[j]
                there = place[j] + step * min(level, ahead[j])
                if timed:
                    moment = at[there]
                    is_on &= (abs(moment - at[place[j]]) <= window) & (abs(moment - at[there - step * is_on]) <= gap)
                seen = np.uint64(event[there]) if is_on else np.uint64(END)
                goes[a] = is_on
                key[a] = (np.uint64(leaf[j]) << np.uint64(16)) | seen
            for a in range(size):
                slot = (key[a] * np.uint64(FACTOR)) >> shift
                child[a] = table[slot, 1]
                missing[missed] = a
                missed += np.uint64(table[slot, 0] != key[a])
            for m in range(missed):
                a = missing[m]
                slot = _slot(table, np.uint64(64 - bits), key[a])
                if table[slot, 0] != key[a]:
                    if nodes == room:
                        room *= 2
                        bits += 1
                        more, more_code = np.zeros((room, 4), np.int32), np.zeros(room, np.uint16)
                        more[:nodes], more_code[:nodes] = counts, code
                        more[nodes:, 2] = -1
                        counts, code = more, more_code
                        table = _table(counts, code, nodes, bits)
                        slot = _slot(table, np.uint64(64 - bits), key[a])
                    table[slot, 0], table[slot, 1] = key[a], nodes
                    code[nodes] = key[a] & np.uint64(65_535)
                    counts[nodes, 3] = key[a] >> np.uint64(16)
                    nodes += 1
                child[a] = table[slot, 1]
            left: Any = np.uint64(0)
            for a in range(size):
                j, to = alive[a], child[a]
                leaf[j] = to
                counts[to, 0] += 1
                counts[to, 1] += counts[to, 2] != who[j]
                counts[to, 2] = who[j]
                alive[left] = j
                left += np.uint64(goes[a])
            size = left
    return counts[:nodes].copy(), code[:nodes].copy(), leaf


@compiled
def united(counts: Int32s, code: UInt16s) -> tuple[Int64s, Int64s, Int64s, Int64s, UInt16s]:
    """Bring several trees, one after the other, into one. `BEFORE` points into the whole; -1 marks each root.

    Gives each node's number in the one tree; then, by number: node before, walks, customers, code. The trees' customers
    must be disjoint.
    """
    total, bits = len(code), FIRST_BITS
    while 1 << bits < 2 * total:
        bits += 1
    table = np.full((1 << bits, 2), FREE, np.uint64)
    number, before = np.zeros(total, np.int64), np.empty(total, np.int64)
    times, customers = np.zeros(total, np.int64), np.zeros(total, np.int64)
    codes = np.empty(total, np.uint16)
    before[0], codes[0] = -1, 0
    nodes = 1
    for node in range(total):
        if counts[node, 3] >= 0:
            root = number[counts[node, 3]]
            key = (np.uint64(root) << np.uint64(16)) | np.uint64(code[node])
            slot = _slot(table, np.uint64(64 - bits), key)
            if table[slot, 0] != key:
                table[slot, 0], table[slot, 1] = key, nodes
                before[nodes], codes[nodes] = root, code[node]
                nodes += 1
            number[node] = table[slot, 1]
        times[number[node]] += counts[node, 0]
        customers[number[node]] += counts[node, 1]
    return number, before[:nodes].copy(), times[:nodes].copy(), customers[:nodes].copy(), codes[:nodes].copy()


@compiled
def shown_behind(before: Int32s, group: Int64s) -> Int32s:
    """Give, by node, the group of the nearest node shown from it back to the root; `group` is -1 where none is."""
    found = np.empty(len(before), np.int32)
    for node in range(len(before)):
        found[node] = group[node] if group[node] >= 0 else found[before[node]]
    return found


@compiled
def timed(
    at: Int64s, place: Int64s, who: Int32s, last: Int32s, step: int,
    before: Int64s, reach: Int64s, free: Int64s, values: Int64s, customers: Int64s,
) -> None:  # fmt: skip
    """File the time from each walk's place to each group that it came through, but the root, at the next free place.

    `last` is the last group of each walk; `before` and `reach` (how many events it is from the place) are by group.
    """
    seen = np.full(len(customers), -1, np.int64)
    for j in range(len(place)):
        to = np.int64(last[j])
        begun = at[place[j]]
        while to > 0:
            values[free[to]] = abs(at[place[j] + step * reach[to]] - begun)
            free[to] += 1
            customers[to] += seen[to] != who[j]
            seen[to] = who[j]
            to = before[to]
