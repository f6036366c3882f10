"""How often each event happened and to how many customers, as a fold; it chooses the steps of a graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.results import Steps
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s


@dataclass(slots=True)
class StepsPartial:
    """Counts by event code: rows are times and visitors; customers seen."""

    counts: Int64s  # (2, CODES)
    customers: int = 0


class StepsFold:
    """Asks which events there are in a period; see `results.Steps`. Time is linear in events."""

    def __init__(self, *, since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT) -> None:
        """Ask about the events from `since_us` until (exclusive) `until_us`."""
        self._since_us, self._until_us = since_us, until_us

    def start(self) -> StepsPartial:
        """Make the counts of no customers."""
        return StepsPartial(np.zeros((2, CODES), np.int64))

    def fold(self, events: Slice, partial: StepsPartial) -> StepsPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        partial.customers += _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
            self._since_us, self._until_us, partial.counts,
        )  # fmt: skip
        return partial

    def merge(self, left: StepsPartial, right: StepsPartial) -> StepsPartial:
        """Add the right partial to the left."""
        left.counts += right.counts
        left.customers += right.customers
        return left

    def finish(self, partial: StepsPartial) -> Steps:
        """List the events that happened."""
        node = np.flatnonzero(partial.counts[0])
        return Steps(
            node=node.astype(np.uint16),
            times=partial.counts[0, node],
            visitors=partial.counts[1, node],
            total_customers=int(partial.customers),
            total_events=int(partial.counts[0].sum()),
        )


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes,
    since: int, until: int, counts: Int64s,
) -> int:  # fmt: skip
    seen = np.full(counts.shape[1], -1, np.int64)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    customers = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        is_there = False
        for i in range(offset[customer], offset[customer + 1]):
            if (masked and keep[i] == 0) or at[i] < since:
                continue
            if at[i] >= until:
                break
            is_there = True
            counts[0, event[i]] += 1
            if seen[event[i]] != customer:
                seen[event[i]] = customer
                counts[1, event[i]] += 1
        customers += is_there
    return customers
