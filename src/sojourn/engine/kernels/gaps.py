"""The distribution of gaps on one edge, or before or after one step, as a fold; edges are those of `graph`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.results import Gaps
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s

ANY = -2  # neither a code nor "nothing before"


@dataclass(slots=True)
class GapsPartial:
    """Gaps in blocks, and the customers who took the edge."""

    customers: int = 0
    blocks: list[Int64s] = field(default_factory=list)


class GapsFold:
    """Asks for the gaps between one step and the next; see `results.Gaps`. Time is linear in events."""

    def __init__(
        self,
        lens: UInt16s,
        *,
        source: int | None,
        target: int | None,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask about the edge from code `source` to code `target`; None stands for any step."""
        self._lens = frozen(lens)
        self._source, self._target = (ANY if code is None else code for code in (source, target))
        self._since_us, self._until_us = since_us, until_us

    def start(self) -> GapsPartial:
        """Make the gaps of no customers."""
        return GapsPartial()

    def fold(self, events: Slice, partial: GapsPartial) -> GapsPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        room = int(events.offset[-1] - events.offset[0]) if events.customers else 0
        gap = np.empty(room, np.int64)
        filled, customers = _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
            self._lens, self._source, self._target, self._since_us, self._until_us, gap,
        )  # fmt: skip
        partial.customers += int(customers)
        partial.blocks.append(gap[:filled].copy())
        return partial

    def merge(self, left: GapsPartial, right: GapsPartial) -> GapsPartial:
        """Add the right partial to the left."""
        left.customers += right.customers
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: GapsPartial) -> Gaps:
        """Sort the gaps."""
        return Gaps(np.sort(np.concatenate([*partial.blocks, np.zeros(0, np.int64)])), partial.customers)


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes,
    lens: UInt16s, source: int, target: int, since: int, until: int, gap: Int64s,
) -> tuple[int, int]:  # fmt: skip
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    filled, customers = 0, 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        before, first = -1, filled
        before_at = at[0] if len(at) else 0
        for i in range(offset[customer], offset[customer + 1]):
            shown = lens[event[i]]
            if shown == 65_535 or (masked and keep[i] == 0) or at[i] < since:
                continue
            if at[i] >= until:
                break
            if before >= 0 and ((source == before) | (source == ANY)) and ((target == shown) | (target == ANY)):
                gap[filled] = at[i] - before_at
                filled += 1
            before, before_at = shown, at[i]
        customers += filled > first
    return filled, customers
