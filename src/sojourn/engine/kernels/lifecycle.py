"""Lifecycle as a fold: in each period, who is new, who stayed, who came back after a pause, who went quiet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT
from sojourn.engine.kernels.periods import Periods, period_of
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s, Slice

NEW, RETAINED, RESURRECTED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Customers by period, from their activity; `new + retained + resurrected` are the active ones.

    New: active for the first time of all. Retained: active in the period before, too. Resurrected: active before, but
    not in the period before. Dormant: active in the period before (`before` counts these) and not in this one.
    """

    new: Int64s
    retained: Int64s
    resurrected: Int64s
    dormant: Int64s
    before: Int64s


class LifecycleFold:
    """Asks how customers come and go; see `Lifecycle`. Time is linear in events.

    `active` are the codes of the events that make a customer active. `edges` (ascending instants) bound one period more
    than are answered: the first only says who was active before. Events before it tell who is new.
    """

    def __init__(self, *, active: Iterable[int], edges: Sequence[int] | Int64s) -> None:
        """Ask; raise ValueError when the edges bound fewer than two periods."""
        self._periods = Periods.between(edges)
        if self._periods.count < 2:
            raise ValueError("a lifecycle needs a period and the one before it")
        shown = np.zeros(CODES, np.uint8)
        shown[np.unique(np.fromiter(active, np.uint16))] = 1
        shown[NO_CODE] = 0
        self._shown = frozen(shown)

    def start(self) -> Int64s:
        """Make the lifecycle of no customers: counts by kind and period's number."""
        return np.zeros((3, self._periods.count + 2), np.int64)

    def fold(self, events: Slice, partial: Int64s) -> Int64s:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        periods = self._periods
        _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep, self._shown,
            periods.base, periods.shift, periods.cell, periods.end, partial,
        )  # fmt: skip
        return partial

    def merge(self, left: Int64s, right: Int64s) -> Int64s:
        """Add the right partial to the left."""
        left += right
        return left

    def finish(self, partial: Int64s) -> Lifecycle:
        """Work out who went quiet: all of the period before who are not retained."""
        active = partial.sum(axis=0)[1:-2]
        new, retained, resurrected = partial[:, 2:-1]
        return Lifecycle(new=new, retained=retained, resurrected=resurrected, dormant=active - retained, before=active)


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, shown: Bytes,
    base: int, shift: int, cell: Int64s, end: Int64s, counts: Int64s,
) -> None:  # fmt: skip
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        before: Any = np.int64(-1)
        until: Any = np.int64(FIRST_INSTANT)
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            # what follows in a period that is counted changes nothing
            if at[i] < until or shown[event[i]] == 0 or (masked and keep[i] == 0):
                continue
            number = period_of(at[i], base, shift, cell, end)
            kind = RETAINED if number == before + 1 else RESURRECTED
            counts[kind if before >= 0 else NEW, np.uint64(number)] += 1
            before, until = number, end[np.uint64(number)]
