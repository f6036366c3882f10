"""One funnel on two sides, customer by customer, as a fold.

A chain is that of `funnel`. Only first steps whose window has closed count: a rate that counts them earlier has quick
successes before slow failures, and the younger of two periods would look worse than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.funnels.ordered import STEPS_LIMIT
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.sides.words import FunnelSides, bits
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice, UInt64s

Span = tuple[int, int]  # from, until (exclusive)
NEVER = int(np.iinfo(np.int64).min)


@dataclass(slots=True)
class FunnelSidesPartial:
    """Customers by the steps reached on each side, and those still open on each."""

    reached: Int64s
    open: Int64s


class FunnelSidesFold:
    """Asks how far customers of two sides get; see `words.FunnelSides`.

    `spans` bound the first step on each side; `closed_us` is the first instant whose window is still open. Slices are
    those of `sides.both`. Time is linear in events, times the steps that one event may be.
    """

    def __init__(
        self, steps: Sequence[Iterable[int]], *, window_us: int, spans: tuple[Span, Span], closed_us: int
    ) -> None:
        """Ask about these steps; raise ValueError for none, for more than `STEPS_LIMIT`, or a negative window."""
        if not 1 <= len(steps) <= STEPS_LIMIT:
            raise ValueError(f"a funnel has 1 to {STEPS_LIMIT} steps, not {len(steps)}")
        if window_us < 0:
            raise ValueError("a window cannot be negative")
        roles = np.zeros(CODES, np.uint64)
        for step, codes in enumerate(steps):
            roles[np.unique(np.fromiter(codes, np.uint16))] |= np.uint64(1 << step)
        self._roles, self._steps, self._window_us = frozen(roles), len(steps), window_us
        self._spans, self._closed_us = frozen(np.array(spans, np.int64)), closed_us

    def start(self) -> FunnelSidesPartial:
        """Make the comparison of no customers."""
        return FunnelSidesPartial(np.zeros((self._steps + 1, self._steps + 1), np.int64), np.zeros(2, np.int64))

    def fold(self, events: Slice, partial: FunnelSidesPartial) -> FunnelSidesPartial:
        """Add a slice's customers."""
        keep, chosen = bits(events)
        _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), frozen(keep), frozen(chosen), self._roles,
            self._steps, self._window_us, self._spans, self._closed_us, partial.reached, partial.open,
        )  # fmt: skip
        return partial

    def merge(self, left: FunnelSidesPartial, right: FunnelSidesPartial) -> FunnelSidesPartial:
        """Add the right partial to the left."""
        left.reached += right.reached
        left.open += right.open
        return left

    def finish(self, partial: FunnelSidesPartial) -> FunnelSides:
        """Give the counts."""
        return FunnelSides(partial.reached, int(partial.open[0]), int(partial.open[1]))


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, chosen: Bytes, roles: UInt64s, steps: int, window: int,
    spans: Int64s, closed: int, reached: Int64s, opened: Int64s,
) -> None:  # fmt: skip
    begun = np.empty(steps, np.int64)  # the latest first instant of any chain so far that ends at each step
    depth = np.zeros(2, np.int64)
    for customer in range(len(offset) - 1):
        if chosen[customer] == 0:
            continue
        depth[0], depth[1] = 0, 0
        for which in range(2):
            bit = 1 << which
            if chosen[customer] & bit == 0:
                continue
            begun[:] = NEVER
            is_open = False
            for i in range(offset[customer], offset[customer + 1]):
                role = roles[event[i]]
                if role == 0 or keep[i] & bit == 0:
                    continue
                moment: Any = at[i]
                for s in range(steps - 1, -1, -1):  # from the last step back: an event is used once in a chain
                    if (role >> np.uint64(s)) & np.uint64(1) == 0:
                        continue
                    if s > 0:
                        if begun[s - 1] != NEVER and moment - begun[s - 1] <= window:
                            begun[s] = begun[s - 1]
                            depth[which] = max(depth[which], s + 1)
                    elif spans[which, 0] <= moment < spans[which, 1]:
                        if moment < closed:
                            begun[0] = moment
                            depth[which] = max(depth[which], 1)
                        else:
                            is_open = True
            if is_open and depth[which] == 0:
                opened[which] += 1
        if depth[0] + depth[1] > 0:
            reached[depth[0], depth[1]] += 1
