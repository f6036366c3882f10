"""Variants, the whole ways through, as a fold.

A customer's variant is the sequence of events that the lens shows in the period, cut after `longest` of them (a bot's
hundred thousand events are one variant among many, not a memory problem). Equal sequences are found by a
128-bit hash: among a billion variants the chance of one false meeting is about 1e-21.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.hashing import hashed, narrowed, rehashed
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.projecting import projected
from sojourn.engine.kernels.quantiles import quantile
from sojourn.engine.kernels.ranking import most_frequent
from sojourn.engine.kernels.results import Variant, Variants
from sojourn.engine.kernels.words import Codes, Int64s, Slice, UInt16s, UInt64s

Int32s = npt.NDArray[np.int32]

LONGEST = 256
BATCH = 1_024  # customers hashed before they are looked up
FIRST_TABLE = 1 << 12  # slots; it grows with distinct variants, not with customers, to stay in the cache


@dataclass(slots=True)
class VariantBlock:
    """The variants of some customers; arrays of variants, of their codes, and of customers.

    Variant `v` is ``code[offset[v] : offset[v + 1]]`` and has ``customers[v]``; customer `c` has variant ``variant[c]``
    and took ``duration[c]`` microseconds from its first to its last event.
    """

    lanes: UInt64s
    customers: Int64s
    offset: Int64s
    code: Codes
    variant: Int32s
    duration: Int64s


@dataclass(slots=True)
class VariantsPartial:
    """Blocks of variants, brought together at the end."""

    blocks: list[VariantBlock] = field(default_factory=list)


class VariantsFold:
    """Asks for the most frequent variants; see `results.Variants`. Time is linear in events."""

    def __init__(
        self,
        lens: UInt16s,
        *,
        top: int = 20,
        longest: int = LONGEST,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask for the `top` variants of what the lens shows; raise ValueError when a limit is below 1."""
        if top < 1 or longest < 1:
            raise ValueError("top and longest are at least 1")
        self._lens = frozen(lens)
        self._top, self._longest, self._since_us, self._until_us = top, longest, since_us, until_us

    def start(self) -> VariantsPartial:
        """Make the variants of no customers."""
        return VariantsPartial()

    def fold(self, events: Slice, partial: VariantsPartial) -> VariantsPartial:
        """Add a slice's customers."""
        seen = projected(events, self._lens, self._since_us, self._until_us)
        code = narrowed(seen.event, self._lens)
        partial.blocks.append(VariantBlock(*_scan(seen.offset, seen.at, frozen(code), self._longest)))
        return partial

    def merge(self, left: VariantsPartial, right: VariantsPartial) -> VariantsPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: VariantsPartial) -> Variants:
        """Choose the top variants and work out their medians."""
        if not partial.blocks:
            return Variants(top=(), distinct=0, total_customers=0)
        whole = _Whole(partial.blocks)
        chosen = most_frequent(whole.customers, whole.start, whole.end, whole.code, self._top)
        durations = whole.durations_of(chosen)
        return Variants(
            top=tuple(
                Variant(
                    events=tuple(whole.code[whole.start[v] : whole.end[v]].tolist()),
                    customers=int(whole.customers[v]),
                    median_duration=quantile(durations[place], 0.5),
                )
                for place, v in enumerate(chosen)
            ),
            distinct=len(whole.customers),
            total_customers=int(whole.customers.sum()),
        )


class _Whole:
    """Blocks brought together: one number for each distinct sequence, its customers, and where its codes stand."""

    def __init__(self, blocks: list[VariantBlock]) -> None:
        self.blocks = blocks
        self.code = np.concatenate([block.code for block in blocks])  # as wide as the widest
        shift = np.cumsum([0, *(len(block.code) for block in blocks)])
        start = np.concatenate([block.offset[:-1] + at for block, at in zip(blocks, shift, strict=False)])
        end = np.concatenate([block.offset[1:] + at for block, at in zip(blocks, shift, strict=False)])
        lanes = np.concatenate([self._lanes_of(block) for block in blocks])
        self.number, first, self.customers = _numbered(lanes, np.concatenate([block.customers for block in blocks]))
        self.start, self.end = start[first], end[first]

    def _lanes_of(self, block: VariantBlock) -> UInt64s:
        """Give a block's hashes; made anew where its codes are narrower than others', as hashes are of bytes."""
        if block.code.dtype == self.code.dtype:
            return block.lanes
        lanes: UInt64s = rehashed(block.offset, block.code.astype(self.code.dtype))
        return lanes

    def durations_of(self, chosen: Int64s) -> list[Int64s]:
        """Give the durations of each chosen variant, in one pass over customers."""
        place = np.full(len(self.customers), len(chosen), np.int64)
        place[chosen] = np.arange(len(chosen))
        size = self.customers[chosen]
        free = np.append(np.cumsum(size) - size, size.sum())
        ordered = np.empty(int(size.sum()) + 1, np.int64)  # the last place takes everyone else's
        base = 0
        for block in self.blocks:
            mine = place[self.number[base : base + len(block.lanes)]]
            _put(mine, free, block.variant, block.duration, ordered)
            base += len(block.lanes)
        return np.split(ordered[:-1], np.cumsum(size)[:-1])


@compiled
def _put(place: Int64s, free: Int64s, variant: Int32s, duration: Int64s, ordered: Int64s) -> None:
    """Put each customer's duration at the next free place of its variant; those of no place in the last."""
    for customer in range(len(variant)):
        mine = place[variant[customer]]
        ordered[free[mine]] = duration[customer]
        free[mine] += mine < len(free) - 1


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
def _scan(
    offset: Int64s, at: Int64s, event: Codes, longest: int
) -> tuple[UInt64s, Int64s, Int64s, Codes, Int32s, Int64s]:
    customers = len(offset) - 1
    table = np.full(FIRST_TABLE, -1, np.int32)
    lanes = np.empty((customers, 2), np.uint64)
    times, begins = np.zeros(customers, np.int64), np.empty(customers + 1, np.int64)
    variant, duration = np.empty(customers, np.int32), np.empty(customers, np.int64)
    code = np.empty(len(event), event.dtype)
    batch, lengths = np.empty((BATCH, 2), np.uint64), np.empty(BATCH, np.int64)
    guess = np.empty(BATCH, np.int32)
    raw = event.view(np.uint8)
    wide = np.uint64(event.itemsize)
    distinct, counted, written = 0, 0, 0
    begins[0] = 0
    for start in range(0, customers, BATCH):
        stop = min(start + BATCH, customers)
        # hashing first, looking up afterwards: then the memory's answers to many look-ups overlap
        for customer in range(start, stop):
            place = customer - start
            length = min(offset[customer + 1] - offset[customer], longest)
            begin = np.uint64(offset[customer])
            lengths[place] = length
            batch[place, 0], batch[place, 1] = hashed(raw, begin * wide, (begin + np.uint64(length)) * wide)
        mask = np.uint64(len(table) - 1)
        for place in range(stop - start):
            guess[place] = max(table[batch[place, 0] & mask], 0)
        for place in range(stop - start):
            each = guess[place]
            right = (lanes[each, 0] == batch[place, 0]) & (lanes[each, 1] == batch[place, 1])
            guess[place] = each if right & (each < distinct) else -1
        for place in range(stop - start):
            length = lengths[place]
            if length == 0:
                continue
            begin = np.uint64(offset[start + place])
            mine = guess[place]
            if mine < 0:
                slot = _slot(table, lanes, batch[place, 0], batch[place, 1])
                mine = table[slot]
            if mine < 0:
                mine = table[slot] = distinct
                lanes[distinct] = batch[place]
                for i in range(begin, begin + np.uint64(length)):
                    code[written] = event[i]
                    written += 1
                distinct += 1
                begins[distinct] = written
                if 2 * distinct > len(table):
                    table = _table(lanes, distinct, 4 * len(table))
            times[mine] += 1
            variant[counted] = mine
            duration[counted] = at[begin + np.uint64(length - 1)] - at[begin]
            counted += 1
    # views, not copies: pages never written to take no memory
    return (
        lanes[:distinct], times[:distinct], begins[: distinct + 1],
        code[:written], variant[:counted], duration[:counted],
    )  # fmt: skip
