"""A funnel on two sides that is strict, in any order or broken by exclusions, customer by customer, as a fold.

Chains are those of `funnels.detail`. As in `sides.funnel` only first steps count whose window has closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from sojourn.engine.kernels.funnels.asked import Exclusion, Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.sides.funnel import FunnelSidesPartial, Span
from sojourn.engine.kernels.sides.words import A, B, FunnelSides, side
from sojourn.engine.kernels.words import Int64s, Slice


class FunnelChainsSidesFold:
    """Asks how far customers of two sides get; see `words.FunnelSides` and `funnels.detail.FunnelDetailFold`.

    `spans` bound the first step on each side; `closed_us` is the first instant whose window is still open. Slices are
    those of `sides.both`. Time is linear in events, twice for each side whose span is partly open.
    """

    def __init__(
        self,
        steps: Sequence[Iterable[int]],
        *,
        window_us: int,
        spans: tuple[Span, Span],
        closed_us: int,
        order: Order,
        exclusions: Collection[Exclusion] = (),
        hidden: Collection[int] = (),
    ) -> None:
        """Ask about these steps; raise ValueError for what a funnel cannot be."""
        sets = [frozenset(codes) for codes in steps]

        def fold(codes: Sequence[Iterable[int]], since_us: int, until_us: int) -> FunnelDetailFold:
            return FunnelDetailFold(
                codes, window_us=window_us, since_us=since_us, until_us=until_us, order=order, exclusions=exclusions,
                hidden=hidden,
            )  # fmt: skip

        self._steps = len(sets)
        self._closed = [fold(sets, since, min(until, closed_us)) for since, until in spans]
        self._open = [fold(sets, max(since, closed_us), until) if until > closed_us else None for since, until in spans]

    def start(self) -> FunnelSidesPartial:
        """Make the comparison of no customers."""
        return FunnelSidesPartial(np.zeros((self._steps + 1, self._steps + 1), np.int64), np.zeros(2, np.int64))

    def fold(self, events: Slice, partial: FunnelSidesPartial) -> FunnelSidesPartial:
        """Add a slice's customers."""
        depth = np.zeros((2, events.customers), np.int64)
        for which, bit in enumerate((A, B)):
            mine = side(events, bit)
            depth[which] = _depth(self._closed[which], mine)
            later = self._open[which]
            if later is not None:
                partial.open[which] += np.count_nonzero((_depth(later, mine) > 0) & (depth[which] == 0))
        there = depth.any(axis=0)
        np.add.at(partial.reached, (depth[0][there], depth[1][there]), 1)
        return partial

    def merge(self, left: FunnelSidesPartial, right: FunnelSidesPartial) -> FunnelSidesPartial:
        """Add the right partial to the left."""
        left.reached += right.reached
        left.open += right.open
        return left

    def finish(self, partial: FunnelSidesPartial) -> FunnelSides:
        """Give the counts."""
        return FunnelSides(partial.reached, int(partial.open[0]), int(partial.open[1]))


def _depth(fold: FunnelDetailFold, events: Slice) -> Int64s:
    """Give the steps that each customer of a slice takes."""
    depth = np.zeros(events.customers, np.int64)
    if events.customers:
        chains, _ = fold.chains_of(events)
        depth[chains.who] = chains.level
    return depth
