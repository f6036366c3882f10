"""Variants, the whole ways through, as a fold.

A customer's variant is the sequence of events that the lens shows in the period, cut after `longest` of them (a bot's
hundred thousand events are one variant among many, not a memory problem). Equal sequences are found by a
128-bit hash: among a billion variants the chance of one false meeting is about 1e-21.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.hashing import BATCH, hashed, narrowed, rehashed, workspace
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.projecting import Projected, projected
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.ranking import most_frequent
from sojourn.engine.kernels.results import Variant, Variants
from sojourn.engine.kernels.words import Codes, Int64s, Slice, UInt16s, UInt64s

Int32s = npt.NDArray[np.int32]

LONGEST = 256
NOWHERE = 65_535  # the place of a variant that was not chosen
FIRST_TABLE = 1 << 12  # slots; it grows with distinct variants, not with customers, to stay in the cache


@dataclass(slots=True)
class VariantBlock:
    """The variants of some customers; arrays of variants, and of customers.

    Variant `v` has ``customers[v]``, the first of whom is ``first[v]``; customer `c` has variant ``variant[c]``, -1
    when nothing is seen of them. `seen` holds their events: views of the slice where nothing was left out, else copies.
    """

    lanes: UInt64s
    customers: Int64s
    first: Int32s
    variant: Int32s
    seen: Projected


@dataclass(slots=True)
class VariantsPartial:
    """Blocks of variants, brought together at the end."""

    blocks: list[VariantBlock] = field(default_factory=list)


class VariantsFold:
    """Asks for the most frequent variants; see `results.Variants`. Time is linear in events.

    A partial result holds on to the events folded, since only the durations of the most frequent are worth reading:
    arrays of a slice must not change until the answer is out.
    """

    def __init__(
        self,
        lens: UInt16s,
        *,
        top: int = 20,
        longest: int = LONGEST,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask for the `top` variants of what the lens shows.

        Raise ValueError when a limit is below 1 or more than 65,534 variants are asked for.
        """
        if not 1 <= top < NOWHERE or longest < 1:
            raise ValueError(f"top is between 1 and {NOWHERE - 1:,}, longest at least 1")
        self._lens = frozen(lens)
        self._top, self._longest, self._since_us, self._until_us = top, longest, since_us, until_us

    def start(self) -> VariantsPartial:
        """Make the variants of no customers."""
        return VariantsPartial()

    def fold(self, events: Slice, partial: VariantsPartial) -> VariantsPartial:
        """Add a slice's customers."""
        seen = projected(events, self._lens, self._since_us, self._until_us)
        seen = replace(seen, event=frozen(narrowed(seen.event, self._lens)))
        lanes, customers, first, variant = _scan(seen.offset, seen.event, self._longest)
        partial.blocks.append(VariantBlock(lanes, customers, first, variant, seen))
        return partial

    def merge(self, left: VariantsPartial, right: VariantsPartial) -> VariantsPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: VariantsPartial) -> Variants:
        """Choose the top variants and work out their medians."""
        if not partial.blocks:
            return Variants(top=(), distinct=0, total_customers=0)
        whole = Whole(partial.blocks, self._longest)
        chosen = most_frequent(whole.customers, whole.start, whole.end, whole.code, self._top)
        _, medians = grouped(*whole.durations_of(chosen), (0.5,))
        columns = (whole.start[chosen], whole.end[chosen], whole.customers[chosen], medians[:, 0])
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return Variants(
            top=tuple(
                Variant(events=tuple(whole.code[start:end].tolist()), customers=customers, median_duration=median)
                for start, end, customers, median in rows
            ),
            distinct=len(whole.customers),
            total_customers=int(whole.customers.sum()),
        )


class Whole:
    """Blocks brought together: one number for each distinct sequence, its customers, and where its codes stand."""

    def __init__(self, blocks: list[VariantBlock], longest: int) -> None:
        self.blocks, self._longest = blocks, longest
        self.code = _joined([block.seen.event for block in blocks])  # as wide as the widest
        shift = np.cumsum([0, *(len(block.seen.event) for block in blocks)])
        begin = [block.seen.offset[block.first] for block in blocks]
        start = _joined([at + by for at, by in zip(begin, shift, strict=False)])
        length = [block.seen.offset[block.first + 1] - at for block, at in zip(blocks, begin, strict=True)]
        end = start + np.minimum(_joined(length), longest)
        lanes = _joined([block.lanes for block in blocks])
        if any(block.seen.event.dtype != self.code.dtype for block in blocks):
            lanes = rehashed(start, end, frozen(self.code))  # hashes are of bytes
        if len(blocks) == 1:
            self.number, self.customers, self.start, self.end = np.arange(len(lanes)), blocks[0].customers, start, end
        else:
            counted = _joined([block.customers for block in blocks])
            self.number, first, self.customers = _numbered(lanes, counted)
            self.start, self.end = start[first], end[first]

    def durations_of(self, chosen: Int64s) -> tuple[Int64s, Int64s]:
        """Give how many durations each chosen variant has, and the durations, one variant's after the other's."""
        place = np.full(len(self.customers) + 1, NOWHERE, np.uint16)  # one more: number -1 is nobody's variant
        place[chosen] = np.arange(len(chosen))
        size = self.customers[chosen]
        free = np.cumsum(size) - size
        ordered = np.empty(int(size.sum()), np.int64)
        base = 0
        for block in self.blocks:
            mine = np.append(place[self.number[base : base + len(block.lanes)]], NOWHERE)
            _put(mine, block.variant, block.seen.offset, block.seen.at, self._longest, free, ordered)
            base += len(block.lanes)
        return size, ordered


def _joined(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Put arrays one after the other; a single one is not copied."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


@compiled
def _put(
    place: UInt16s, variant: Int32s, offset: Int64s, at: Int64s, longest: int, free: Int64s, ordered: Int64s
) -> None:
    """Put the duration of each customer whose variant has a place at that place's next free position."""
    mine, first, last = np.empty(BATCH, np.uint16), np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    for start in range(0, len(variant), BATCH):
        found: Any = np.uint64(0)
        for customer in range(np.uint64(start), np.uint64(min(start + BATCH, len(variant)))):
            begin = offset[customer]
            mine[found] = place[variant[customer]]  # without a branch, as in `projecting`
            first[found], last[found] = begin, min(offset[customer + np.uint64(1)], begin + longest) - 1
            found += np.uint64(mine[found] != NOWHERE)
        for each in range(found):
            to = np.uint64(mine[each])
            ordered[free[to]] = at[last[each]] - at[first[each]]
            free[to] += 1


@compiled
def _slot(table: Any, lanes: UInt64s, a: Any, b: Any) -> Any:
    """Find where a hash stands or belongs in an open-addressing table whose size is a power of two."""
    mask = np.uint64(len(table) - 1)
    slot = a & mask
    while table[slot] >= 0 and (lanes[table[slot], 0] != a or lanes[table[slot], 1] != b):
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _table(lanes: UInt64s, distinct: int, slots: int) -> Any:
    """Make a table of some slots that holds the first `distinct` hashes."""
    table = np.full(slots, -1, np.int32)
    for each in range(distinct):
        table[_slot(table, lanes, lanes[each, 0], lanes[each, 1])] = each
    return table


@compiled
def _numbered(lanes: UInt64s, times: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Number hashes by their first appearance; give each one's number, where each number first stood, and its times."""
    slots = 16
    while slots < 2 * len(lanes):
        slots *= 2
    table = np.full(slots, -1, np.int32)
    number, first = np.empty(len(lanes), np.int64), np.empty(len(lanes), np.int64)
    summed = np.zeros(len(lanes), np.int64)
    distinct = 0
    for i in range(len(lanes)):
        slot = _slot(table, lanes, lanes[i, 0], lanes[i, 1])
        if table[slot] < 0:
            table[slot] = i
            first[distinct] = i
            number[i] = distinct
            distinct += 1
        else:
            number[i] = number[table[slot]]
        summed[number[i]] += times[i]
    return number, first[:distinct].copy(), summed[:distinct].copy()


@compiled
def _scan(offset: Int64s, event: Codes, longest: int) -> tuple[UInt64s, Int64s, Int32s, Int32s]:
    customers = len(offset) - 1
    table = np.full(FIRST_TABLE, -1, np.int32)
    lanes, times = np.empty((customers, 2), np.uint64), np.zeros(customers + 1, np.int64)  # first: without events
    first, variant = np.empty(customers, np.int32), np.empty(customers, np.int32)
    begin, length = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    words, hashes = workspace()
    missing = np.empty(BATCH, np.int64)
    raw, wide = event.view(np.uint8), event.itemsize
    distinct = 0
    for start in range(0, customers, BATCH):
        stop = min(start + BATCH, customers)
        for customer in range(start, stop):
            begin[customer - start] = offset[customer] * wide
            length[customer - start] = min(offset[customer + 1] - offset[customer], longest) * wide
        hashed(raw, begin, length, stop - start, words, hashes)
        mask = np.uint64(len(table) - 1)
        # in rounds without branches, so that the memory's answers to many look-ups overlap; only who is not found at
        # once is looked at one by one
        for customer in range(start, stop):
            variant[customer] = table[hashes[0, customer - start] & mask]
        missed: Any = np.uint64(0)
        for place in range(np.uint64(stop - start)):
            likely = np.uint64(max(variant[np.uint64(start) + place], 0))
            right = (lanes[likely, 0] == hashes[0, place]) & (lanes[likely, 1] == hashes[1, place])
            missing[missed] = place
            missed += np.uint64(not (right & (likely < distinct)))
        for each in range(missed):
            place = missing[each]
            mine = -1
            if length[place] > 0:
                slot = _slot(table, lanes, hashes[0, place], hashes[1, place])
                mine = table[slot]
                if mine < 0:
                    mine = table[slot] = distinct
                    lanes[distinct, 0], lanes[distinct, 1] = hashes[0, place], hashes[1, place]
                    first[distinct] = start + place
                    distinct += 1
                    if 2 * distinct > len(table):
                        table = _table(lanes, distinct, 4 * len(table))
            variant[start + place] = mine
        for customer in range(start, stop):
            times[np.uint64(variant[customer] + 1)] += 1
    # views, not copies: pages never written to take no memory
    return lanes[:distinct], times[1 : distinct + 1], first[:distinct], variant
