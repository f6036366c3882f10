"""Counting a funnel's chains by group, with the sums by customer that an interval needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.results import FunnelTally
from sojourn.engine.kernels.words import Bytes, Int64s, UInt16s

NO_PLACE = np.zeros(0, np.int64)


class Grouped(Protocol):
    """Arrays over chains or cases, those of a customer one after the other."""

    @property
    def who(self) -> Int64s: ...
    @property
    def group(self) -> UInt16s: ...


class Counted(Grouped, Protocol):
    """Arrays over chains."""

    @property
    def level(self) -> Bytes: ...
    @property
    def span(self) -> UInt16s: ...


def tallied(
    blocks: Sequence[Counted], steps: int, place: Int64s | None, groups: int, by: Literal["level", "group", "span"]
) -> FunnelTally:
    """Count chains by an array of theirs, seen through `place` when it is given; by `level` for all as one group."""
    sums = np.zeros((groups, steps, 5), np.int64)
    for block in blocks if groups else ():
        key = np.zeros(len(block.who), np.uint16) if by == "level" else getattr(block, by)
        _tally(frozen(block.who), frozen(block.level), frozen(key), NO_PLACE if place is None else place, sums)
    return FunnelTally(*(sums[:, :, column].copy() for column in (*range(5), 0)))


def ranked_groups(blocks: Sequence[Grouped], top: int, least: int) -> tuple[tuple[int, ...], Int64s]:
    """Choose the values with the most chains (or cases), ties by code; give them and the group of every code.

    The last group is the rest. A value with fewer than `least` customers belongs to it.
    """
    chains, customers = np.zeros(CODES, np.int64), np.zeros(CODES, np.int64)
    for block in blocks:
        chains += np.bincount(block.group, minlength=CODES)
        pairs = np.unique(block.who * CODES + block.group)
        customers += np.bincount(pairs % CODES, minlength=CODES)
    known = np.flatnonzero((chains > 0) & (customers >= least))
    chosen = known[np.lexsort((known, -chains[known]))][:top]
    place = np.full(CODES, len(chosen), np.int64)
    place[chosen] = np.arange(len(chosen))
    return tuple(chosen.tolist()), place


@compiled
def by_step(size: Int64s, step: Bytes, gap: Int64s) -> Int64s:
    """Put gaps in the order of the steps they are filed under, `size` of each."""
    place = np.cumsum(size) - size
    ordered = np.empty(len(gap), np.int64)
    for i in range(len(gap)):
        ordered[place[step[i]]] = gap[i]
        place[step[i]] += 1
    return ordered


def binned(size: Int64s, ordered: Int64s, edges_us: Int64s) -> Int64s:
    """Count each step's gaps, `size` of them one step after the other, between edges; shape (steps, edges).

    The last bin has no end.
    """
    if len(edges_us) < 2:  # no bins, or one for all
        return np.repeat(size[:, None], len(edges_us), axis=1)
    step = np.repeat(np.arange(len(size)), size)
    place = np.searchsorted(edges_us, ordered, side="right") - 1
    counts = np.bincount(step * len(edges_us) + place, minlength=len(size) * len(edges_us))
    return counts.reshape(len(size), len(edges_us))


@compiled
def _tally(who: Int64s, level: Bytes, key: UInt16s, place: Int64s, sums: Any) -> None:
    """Add customers, times, squares, products with the step before and with the first, by group and step."""
    groups, steps = sums.shape[0], sums.shape[1]
    count = np.zeros((groups, steps), np.int64)  # this customer's chains by group and by the steps they took
    alone = np.zeros((groups, steps), np.int64)  # customers with a single chain, whose figures are all 1
    touched = np.zeros(groups, np.int64)
    first = 0
    while first < len(who):
        if first + 1 == len(who) or who[first + 1] != who[first]:
            alone[place[key[first]] if len(place) > 0 else np.int64(key[first]), level[first] - 1] += 1
            first += 1
            continue
        last = first
        seen = 0
        while last < len(who) and who[last] == who[first]:
            g = place[key[last]] if len(place) > 0 else np.int64(key[last])
            if not count[g].any():
                touched[seen] = g
                seen += 1
            count[g, level[last] - 1] += 1
            last += 1
        for t in range(seen):
            g = touched[t]
            for s in range(steps - 2, -1, -1):
                count[g, s] += count[g, s + 1]
            everything = count[g, 0]
            for s in range(steps):
                reached = count[g, s]
                if reached == 0:
                    break
                sums[g, s, 0] += 1
                sums[g, s, 1] += reached
                sums[g, s, 2] += reached * reached
                sums[g, s, 3] += reached * count[g, max(s - 1, 0)]
                sums[g, s, 4] += reached * everything
            count[g] = 0
        first = last
    for g in range(groups):
        reached = 0
        for s in range(steps - 1, -1, -1):
            reached += alone[g, s]
            sums[g, s] += reached
