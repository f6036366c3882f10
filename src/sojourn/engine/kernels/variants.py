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

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import quantile
from sojourn.engine.kernels.ranking import most_frequent
from sojourn.engine.kernels.results import Variant, Variants
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s, UInt64s

Int32s = npt.NDArray[np.int32]

LONGEST = 256
LANE_A, LANE_B = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03  # where the two lanes of a hash begin
BATCH = 1_024  # customers hashed before they are looked up
FIRST_TABLE = 1 << 12  # slots; it grows with distinct variants, not with customers, to stay in the cache


@dataclass(slots=True)
class VariantBlock:
    """The variants of some customers; arrays of variants, of their codes, and of customers.

    Variant `v` is ``code[offset[v] : offset[v + 1]]`` and has ``customers[v]``; customer `c` has variant ``variant[c]``
    and took ``duration[c]`` microseconds from its first to its last event.
    """

    low: UInt64s
    high: UInt64s
    customers: Int64s
    offset: Int64s
    code: UInt16s
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
        keep, customer_keep = masks(events)
        block = _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
            self._lens, self._longest, self._since_us, self._until_us, self._is_plain(events),
        )  # fmt: skip
        partial.blocks.append(VariantBlock(*block))
        return partial

    def _is_plain(self, events: Slice) -> bool:
        """Say whether every event is shown as it is: then codes are hashed straight from memory."""
        if events.keep is not None or not events.customers:
            return False
        mine = events.event[events.offset[0] : events.offset[-1]]
        codes = int(mine.max()) + 1 if len(mine) else 0
        return bool(np.array_equal(self._lens[:codes], np.arange(codes)))

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
        self.code = np.concatenate([block.code for block in blocks])
        shift = np.cumsum([0, *(len(block.code) for block in blocks)])
        start = np.concatenate([block.offset[:-1] + at for block, at in zip(blocks, shift, strict=False)])
        end = np.concatenate([block.offset[1:] + at for block, at in zip(blocks, shift, strict=False)])
        low, high, times = (
            np.concatenate([getattr(block, name) for block in blocks]) for name in ("low", "high", "customers")
        )
        self.number, first, self.customers = _numbered(low, high, times)
        self.start, self.end = start[first], end[first]

    def durations_of(self, chosen: Int64s) -> list[Int64s]:
        """Give the durations of each chosen variant, in one pass over customers."""
        place = np.full(len(self.customers), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        size = self.customers[chosen]
        free = np.cumsum(size) - size
        ordered = np.empty(int(size.sum()), np.int64)
        base = 0
        for block in self.blocks:
            mine = place[self.number[base : base + len(block.low)]]
            _put(mine, free, block.variant, block.duration, ordered)
            base += len(block.low)
        return np.split(ordered, np.cumsum(size)[:-1])


@compiled
def _put(place: Int64s, free: Int64s, variant: Int32s, duration: Int64s, ordered: Int64s) -> None:
    """Put each customer's duration at the next free place of its variant."""
    for customer in range(len(variant)):
        mine = place[variant[customer]]
        if mine >= 0:
            ordered[free[mine]] = duration[customer]
            free[mine] += 1


@compiled
def _slot(table: Any, low: UInt64s, high: UInt64s, a: Any, b: Any) -> Any:
    """Find where a hash stands or belongs in an open-addressing table whose size is a power of two."""
    mask = np.uint64(len(table) - 1)
    slot = a & mask
    while table[slot] >= 0 and (low[table[slot]] != a or high[table[slot]] != b):
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def _table(low: UInt64s, high: UInt64s, distinct: int, slots: int) -> Any:
    """Make a table of some slots that holds the first `distinct` hashes."""
    table = np.full(slots, -1, np.int32)
    for each in range(distinct):
        table[_slot(table, low, high, low[each], high[each])] = each
    return table


@compiled
def _numbered(low: UInt64s, high: UInt64s, times: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Number hashes by their first appearance; give each one's number, where each number first stood, and its times."""
    slots = 16
    while slots < 2 * len(low):
        slots *= 2
    table = np.full(slots, -1, np.int32)
    number, first = np.empty(len(low), np.int64), np.empty(len(low), np.int64)
    summed = np.zeros(len(low), np.int64)
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
        summed[number[i]] += times[i]
    return number, first[:distinct].copy(), summed[:distinct].copy()


@compiled
def _mixed(a: Any, b: Any, word: Any) -> tuple[Any, Any]:
    """Fold a word into both lanes of a hash: multiply by odd constants and fold the high half down."""
    a = (a ^ word) * np.uint64(0x9FB21C651E98DF25)
    b = (b + word) * np.uint64(0xD6E8FEB86659FD93)
    return a ^ (a >> np.uint64(29)), b ^ (b >> np.uint64(32))


@compiled
def _hashed(code: UInt16s, begin: Any, end: Any) -> tuple[Any, Any]:
    """Hash codes in two lanes, four at a time: what `_hashed_under` gives when it passes nothing over."""
    a: Any = np.uint64(LANE_A)
    b: Any = np.uint64(LANE_B)
    at = begin
    while at + np.uint64(4) <= end:  # one load of eight bytes
        word: Any = (
            np.uint64(code[at])
            | np.uint64(code[at + np.uint64(1)]) << np.uint64(16)
            | np.uint64(code[at + np.uint64(2)]) << np.uint64(32)
            | np.uint64(code[at + np.uint64(3)]) << np.uint64(48)
        )
        a, b = _mixed(a, b, word)
        at += np.uint64(4)
    word = np.uint64(0)
    shift = np.uint64(0)
    while at < end:
        word |= np.uint64(code[at]) << shift
        shift += np.uint64(16)
        at += np.uint64(1)
    a, b = _mixed(a, b, word)
    a, b = _mixed(a, b, end - begin)  # tells a last word of few codes from one with zeros
    return a, b


@compiled
def _hashed_under(
    at: Int64s, event: UInt16s, keep: Bytes, lens: UInt16s, begin: Any, end: Any,
    longest: int, since: int, until: int, cut: bool,
) -> tuple[Any, Any, Any, Any, int]:  # fmt: skip
    """Hash the codes shown; give the first and the last place shown and how many there are, too."""
    a: Any = np.uint64(LANE_A)
    b: Any = np.uint64(LANE_B)
    word: Any = np.uint64(0)
    first, last, length = begin, begin, 0
    masked = len(keep) > 0
    for i in range(begin, end):
        shown = lens[event[i]]
        if shown == 65_535 or (masked and keep[i] == 0) or (cut and (at[i] < since or at[i] >= until)):
            continue
        if length == 0:
            first = i
        last = i
        word |= np.uint64(shown) << np.uint64(16 * (length & 3))
        length += 1
        if length & 3 == 0:
            a, b = _mixed(a, b, word)
            word = np.uint64(0)
        if length == longest:
            break
    a, b = _mixed(a, b, word)
    a, b = _mixed(a, b, np.uint64(length))
    return a, b, first, last, length


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes,
    lens: UInt16s, longest: int, since: int, until: int, plain: bool,
) -> tuple[UInt64s, UInt64s, Int64s, Int64s, UInt16s, Int32s, Int64s]:  # fmt: skip
    customers = len(offset) - 1
    table = np.full(FIRST_TABLE, -1, np.int32)
    low, high = np.empty(customers, np.uint64), np.empty(customers, np.uint64)
    times, begins = np.zeros(customers, np.int64), np.empty(customers + 1, np.int64)
    variant, duration = np.empty(customers, np.int32), np.empty(customers, np.int64)
    code = np.empty(offset[-1] - offset[0], np.uint16)
    lane_a, lane_b = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    firsts, lasts, lengths = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64), np.empty(BATCH, np.int64)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    distinct, counted, written = 0, 0, 0
    begins[0] = 0
    for start in range(0, customers, BATCH):
        stop = min(start + BATCH, customers)
        # hashing first, looking up afterwards: then the memory's answers to many look-ups overlap
        for customer in range(start, stop):
            place = customer - start
            lengths[place] = 0
            if (chosen and customer_keep[customer] == 0) or offset[customer] == offset[customer + 1]:
                continue
            begin, end = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
            # the period is looked at event by event only where it cuts this customer's history
            cut = at[begin] < since or at[offset[customer + 1] - 1] >= until
            if plain and not cut and offset[customer + 1] - offset[customer] <= longest:
                lane_a[place], lane_b[place] = _hashed(event, begin, end)
                firsts[place], lasts[place], lengths[place] = begin, end - np.uint64(1), end - begin
            else:
                found = _hashed_under(at, event, keep, lens, begin, end, longest, since, until, cut)
                lane_a[place], lane_b[place], firsts[place], lasts[place], lengths[place] = found
        for place in range(stop - start):
            if lengths[place] == 0:
                continue
            slot = _slot(table, low, high, lane_a[place], lane_b[place])
            if table[slot] < 0:
                table[slot] = distinct
                low[distinct], high[distinct] = lane_a[place], lane_b[place]
                for i in range(firsts[place], lasts[place] + np.uint64(1)):
                    if lens[event[i]] != 65_535 and not (masked and keep[i] == 0):
                        code[written] = lens[event[i]]
                        written += 1
                distinct += 1
                begins[distinct] = written
                if 2 * distinct > len(table):
                    table = _table(low, high, distinct, 4 * len(table))
                    slot = _slot(table, low, high, lane_a[place], lane_b[place])
            times[table[slot]] += 1
            variant[counted] = table[slot]
            duration[counted] = at[lasts[place]] - at[firsts[place]]
            counted += 1
    return (
        low[:distinct].copy(), high[:distinct].copy(), times[:distinct].copy(), begins[: distinct + 1].copy(),
        code[:written].copy(), variant[:counted].copy(), duration[:counted].copy(),
    )  # fmt: skip
