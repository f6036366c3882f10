"""Variants, the whole ways through, as a fold.

A customer's variant is the sequence of events that the lens shows in the period, cut after `longest` of them (a bot's
hundred thousand events are one variant among many, not a memory problem). Equal sequences are found by a
128-bit hash: among a billion variants the chance of one false meeting is about 1e-21.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import quantile
from sojourn.engine.kernels.ranking import most_frequent
from sojourn.engine.kernels.results import Variant, Variants
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s, UInt64s

LONGEST = 256


@dataclass(slots=True)
class VariantBlock:
    """The variants of some customers; arrays of variants, of their codes, and of customers.

    The codes of variant `v` are ``code[offset[v] : offset[v + 1]]``; customer `c` has variant ``variant[c]`` and took
    ``duration[c]`` microseconds from its first to its last event.
    """

    low: UInt64s
    high: UInt64s
    offset: Int64s
    code: UInt16s
    variant: Int64s
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
        keep, customer_keep = masks(events)
        block = _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
            self._lens, self._longest, self._since_us, self._until_us,
        )  # fmt: skip
        partial.blocks.append(VariantBlock(*block))
        return partial

    def merge(self, left: VariantsPartial, right: VariantsPartial) -> VariantsPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: VariantsPartial) -> Variants:
        """Choose the top variants and work out their medians."""
        whole = _joined(partial.blocks)
        customers = np.bincount(whole.variant, minlength=len(whole.low))
        chosen = most_frequent(customers, whole.offset, whole.code, self._top)
        durations = _durations_of(chosen, customers, whole)
        return Variants(
            top=tuple(
                Variant(
                    events=tuple(whole.code[whole.offset[v] : whole.offset[v + 1]].tolist()),
                    customers=int(customers[v]),
                    median_duration=quantile(durations[place], 0.5),
                )
                for place, v in enumerate(chosen)
            ),
            distinct=len(whole.low),
            total_customers=len(whole.variant),
        )


def _joined(blocks: list[VariantBlock]) -> VariantBlock:
    """Bring blocks together: one number for each distinct sequence."""
    if len(blocks) == 1:
        return blocks[0]
    low = np.concatenate([b.low for b in blocks] or [np.zeros(0, np.uint64)])
    high = np.concatenate([b.high for b in blocks] or [np.zeros(0, np.uint64)])
    number, first = _numbered(low, high)
    base = np.cumsum([0, *(len(b.low) for b in blocks)])
    codes = np.cumsum([0, *(len(b.code) for b in blocks)])
    starts = np.concatenate([b.offset[:-1] + at for b, at in zip(blocks, codes, strict=False)] or [first])
    ends = np.concatenate([b.offset[1:] + at for b, at in zip(blocks, codes, strict=False)] or [first])
    code = np.concatenate([b.code for b in blocks] or [np.zeros(0, np.uint16)])
    offset, code = _picked(starts[first], ends[first], code)
    return VariantBlock(
        low[first], high[first], offset, code,
        np.concatenate([number[b.variant + at] for b, at in zip(blocks, base, strict=False)] or [first]),
        np.concatenate([b.duration for b in blocks] or [first]),
    )  # fmt: skip


def _durations_of(chosen: Int64s, customers: Int64s, whole: VariantBlock) -> list[Int64s]:
    """Give the durations of each chosen variant, in one pass over customers."""
    place = np.full(len(whole.low), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    size = customers[chosen]
    return np.split(_by_place(place, size, whole.variant, whole.duration), np.cumsum(size)[:-1])


@compiled
def _by_place(place: Int64s, size: Int64s, variant: Int64s, duration: Int64s) -> Int64s:
    free = np.cumsum(size) - size
    ordered = np.empty(size.sum(), np.int64)
    for customer in range(len(variant)):
        mine = place[variant[customer]]
        if mine >= 0:
            ordered[free[mine]] = duration[customer]
            free[mine] += 1
    return ordered


@compiled
def _slot(table: Int64s, low: UInt64s, high: UInt64s, a: int, b: int) -> int:
    """Find where a hash stands or belongs in an open-addressing table whose size is a power of two."""
    mask = np.uint64(len(table) - 1)
    slot = a & mask
    while table[slot] >= 0 and (low[table[slot]] != a or high[table[slot]] != b):
        slot = (slot + np.uint64(1)) & mask
    return slot  # type: ignore[return-value]


@compiled
def _mixed(a: Any, b: Any, word: Any) -> tuple[Any, Any]:
    """Fold a word into both lanes of a hash: multiply by odd constants and fold the high half down."""
    a = (a ^ word) * np.uint64(0x9FB21C651E98DF25)
    b = (b + word) * np.uint64(0xD6E8FEB86659FD93)
    return a ^ (a >> np.uint64(29)), b ^ (b >> np.uint64(32))


@compiled
def _numbered(low: UInt64s, high: UInt64s) -> tuple[Int64s, Int64s]:
    """Number hashes by their first appearance; give each one's number and where each number first stood."""
    size = 16
    while size < 2 * len(low):
        size *= 2
    table = np.full(size, -1, np.int64)
    number, first = np.empty(len(low), np.int64), np.empty(len(low), np.int64)
    distinct = 0
    for i in range(len(low)):
        slot = _slot(table, low, high, low[i], high[i])
        if table[slot] < 0:
            table[slot] = i
            first[distinct] = i
            number[i] = distinct
            distinct += 1
        else:
            number[i] = number[table[slot]]
    return number, first[:distinct].copy()


@compiled
def _picked(start: Int64s, end: Int64s, code: UInt16s) -> tuple[Int64s, UInt16s]:
    """Copy ranges of codes one after the other."""
    offset = np.zeros(len(start) + 1, np.int64)
    for v in range(len(start)):
        offset[v + 1] = offset[v] + end[v] - start[v]
    picked = np.empty(offset[-1], np.uint16)
    for v in range(len(start)):
        for k in range(end[v] - start[v]):
            picked[offset[v] + k] = code[start[v] + k]
    return offset, picked


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes,
    lens: UInt16s, longest: int, since: int, until: int,
) -> tuple[UInt64s, UInt64s, Int64s, UInt16s, Int64s, Int64s]:  # fmt: skip
    customers = len(offset) - 1
    size = 16
    while size < 2 * customers:
        size *= 2
    table = np.full(size, -1, np.int64)
    low, high = np.empty(customers, np.uint64), np.empty(customers, np.uint64)
    first = np.empty(customers + 1, np.int64)
    variant, duration = np.empty(customers, np.int64), np.empty(customers, np.int64)
    code = np.empty(max(offset[-1] - offset[0], 0), np.uint16)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    distinct, counted, written = 0, 0, 0
    first[0] = 0
    for customer in range(customers):
        if chosen and customer_keep[customer] == 0:
            continue
        begin, end = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        # the period is looked at event by event only where it cuts this customer's history
        cut = begin < end and (at[begin] < since or at[offset[customer + 1] - 1] >= until)
        a: Any = np.uint64(0x9E3779B97F4A7C15)
        b: Any = np.uint64(0xD1B54A32D192ED03)
        word: Any = np.uint64(0)
        length = 0
        first_place: Any = begin
        last_place: Any = begin
        for i in range(begin, end):
            shown = lens[event[i]]
            if shown == 65_535 or (masked and keep[i] == 0) or (cut and (at[i] < since or at[i] >= until)):
                continue
            if length == 0:
                first_place = i
            last_place = i
            length += 1
            word = (word << np.uint64(16)) | np.uint64(shown)
            if length & 3 == 0:  # four codes at a time
                a, b = _mixed(a, b, word)
                word = np.uint64(0)
            if length == longest:
                break
        if length == 0:
            continue
        a, b = _mixed(a, b, word)
        a, b = _mixed(a, b, np.uint64(length))  # tells a last word of few codes from one with zeros
        slot = _slot(table, low, high, a, b)
        if table[slot] < 0:
            table[slot] = distinct
            low[distinct], high[distinct] = a, b
            for i in range(first_place, last_place + np.uint64(1)):
                shown = lens[event[i]]
                if shown != 65_535 and not (masked and keep[i] == 0):
                    code[written] = shown
                    written += 1
            distinct += 1
            first[distinct] = written
        variant[counted] = table[slot]
        duration[counted] = at[last_place] - at[first_place]
        counted += 1
    return (
        low[:distinct].copy(), high[:distinct].copy(), first[: distinct + 1].copy(), code[:written].copy(),
        variant[:counted].copy(), duration[:counted].copy(),
    )  # fmt: skip
