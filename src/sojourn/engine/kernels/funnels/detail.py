"""Funnels in any of the orders, with exclusions, by customer or by entry, broken down and as a trend, as a fold.

`funnel.FunnelFold` is the quick way to the plain question; on it, both give the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from sojourn.engine.kernels.compiling import frozen, masks
from sojourn.engine.kernels.funnels.asked import Exclusion, Order, tables
from sojourn.engine.kernels.funnels.chains import chains
from sojourn.engine.kernels.funnels.recent import STEPS_MOST, recent_sets
from sojourn.engine.kernels.funnels.strict import strict_chains
from sojourn.engine.kernels.funnels.tally import binned, by_step, ranked_groups, tallied
from sojourn.engine.kernels.funnels.unordered import sets
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.results import FunnelDetail, FunnelTally
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s


@dataclass(frozen=True, slots=True)
class FunnelBlock:
    """What counts of one slice: arrays over chains (`who`, `level`, `group`, `span`) and over gaps (`step`, `gap`)."""

    who: Int64s  # place of the customer in the slice, ascending
    level: Bytes  # steps taken
    group: UInt16s  # value of the dimension at the first step
    span: UInt16s  # span of time of the first step
    step: Bytes  # the step that a gap leads to; 0 for the gap from the first step to the last
    gap: Int64s
    cluster: Int64s | None = None  # over chains, ascending: customers who hang together; None where none do

    @property
    def together(self) -> FunnelBlock:
        """The block with each set of customers who hang together as one."""
        return self if self.cluster is None else replace(self, who=self.cluster, cluster=None)


@dataclass(slots=True)
class FunnelDetailPartial:
    """The blocks of the slices folded so far; their customers are disjoint."""

    blocks: list[FunnelBlock] = field(default_factory=list)


class FunnelDetailFold:
    """Asks how many reach each step, and how; see `results.FunnelDetail`, and docs/reference/funnels.md.

    `steps` are the codes of each step. `order` says how they follow each other, `exclusions` what breaks a chain,
    `hidden` which codes a strict funnel passes over. Each customer counts once, or with `by_entry` each entry: one
    begins with the first step while no other runs, and ends when all steps are taken, the window has passed, or
    nothing can go on.
    `by` names a dimension of the first step, whose values read as `texts`; its `top` values with the most at the first
    step and at least `least` customers there are groups of their own. `marks` (ascending instants) cut time into spans,
    the first before the first mark. `edges_us` (ascending from 0) cut times to convert into bins. Time is linear in
    events, times the steps that one event may be.
    """

    def __init__(
        self,
        steps: Sequence[Iterable[int]],
        *,
        window_us: int,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
        order: Order = Order.ORDERED,
        exclusions: Collection[Exclusion] = (),
        hidden: Collection[int] = (),
        by_entry: bool = False,
        by: str | None = None,
        texts: Sequence[str] = (),
        top: int = 5,
        least: int = 0,
        marks: Sequence[int] = (),
        edges_us: Sequence[int] = (0,),
    ) -> None:
        """Ask about these steps; raise ValueError for what `tables` refuses, or a negative window."""
        if window_us < 0:
            raise ValueError("a window cannot be negative")
        self._tables = tables(steps, order, exclusions, hidden)
        self._order, self._by_entry = order, by_entry
        self._is_plain_strict = order is Order.STRICT and not by_entry and self._tables.most == 1
        self._is_plain_strict &= not bool(self._tables.inner.any())
        self._is_plain_any = order is Order.ANY and not by_entry and not exclusions and len(steps) <= STEPS_MOST
        self._window_us, self._since_us, self._until_us = window_us, since_us, until_us
        self._by, self._texts, self._top, self._least = by, tuple(texts), top, least
        self._marks, self._edges_us = np.asarray(marks, np.int64), np.asarray(edges_us, np.int64)

    def start(self) -> FunnelDetailPartial:
        """Make the funnel of no customers."""
        return FunnelDetailPartial()

    @property
    def steps(self) -> int:
        """Number of steps."""
        return self._tables.steps

    def fold(self, events: Slice, partial: FunnelDetailPartial) -> FunnelDetailPartial:
        """Add a slice's customers."""
        partial.blocks.append(self.chains_of(events)[0])
        return partial

    def chains_of(self, events: Slice) -> tuple[FunnelBlock, Int64s]:
        """Give what counts of a slice, and the position of each chain's first event."""
        keep, customer_keep = masks(events)
        # chains share no events and, by customer, there is one each; pages not written to take no memory
        room = int(events.offset[-1] - events.offset[0]) if events.customers else 0
        most = room if self._by_entry else min(room, events.customers)
        who, start, level = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint8)
        room = min(room, most * self.steps)
        step, gap = np.empty(room, np.uint8), np.empty(room, np.int64)
        asked, out = self._tables, (who, start, level, step, gap)
        read = (frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep)
        bounds = (self._window_us, self._since_us, self._until_us)
        if self._is_plain_any:
            found, gaps = recent_sets(*read, asked.only, asked.steps, *bounds, *out)
        elif self._order is Order.ANY:
            found, gaps = sets(
                *read, asked.only, asked.kills, asked.relevant, asked.steps, *bounds, self._by_entry, *out
            )  # fmt: skip
        elif self._is_plain_strict:
            found, gaps = strict_chains(*read, asked.only, asked.relevant, asked.steps, *bounds, *out)
        else:
            found, gaps = chains(
                *read, asked.role_at, asked.role, asked.kills, asked.inner, asked.relevant, asked.most, asked.steps,
                *bounds, self._by_entry, *out,
            )  # fmt: skip
        begun = start[:found]
        nothing = np.zeros(0 if self._by is None and not len(self._marks) else found, np.uint16)
        block = FunnelBlock(
            who=who[:found],
            level=level[:found],
            group=nothing if self._by is None else events.dimensions[self._by][begun],
            span=np.searchsorted(self._marks, events.at[begun], side="right").astype(np.uint16)
            if len(self._marks)
            else nothing,
            step=step[:gaps],
            gap=gap[:gaps],
            cluster=None if events.cluster is None else events.cluster[who[:found]],
        )
        return block, begun

    def merge(self, left: FunnelDetailPartial, right: FunnelDetailPartial) -> FunnelDetailPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: FunnelDetailPartial) -> FunnelDetail:
        """Count, choose the groups, and work out the times."""
        blocks, steps = partial.blocks, self._tables.steps
        sets = [block.together for block in blocks]
        values, place = ranked_groups(sets, self._top, self._least) if self._by else ((), None)
        whole = _tallied(blocks, steps, None, 1, "level")
        size = np.append(whole.times[0, -1], whole.times[0, 1:])  # gaps to each step; the first has the whole times
        ordered = by_step(size, *_gaps(blocks))
        _, quantiles = grouped(size, ordered, (0.5, 0.9))
        parts = _part_times(blocks, steps, place, len(values) + 1) if place is not None else np.zeros((0, 2))
        return FunnelDetail(
            whole=whole,
            parts=_tallied(blocks, steps, place, len(values) + 1 if place is not None else 0, "group"),
            values=values,
            names=tuple(self._texts[value] if value < len(self._texts) else "" for value in values),
            spans=_tallied(blocks, steps, None, len(self._marks) + 1 if len(self._marks) else 0, "span"),
            median_gap=np.concatenate(([np.nan], quantiles[1:, 0])),
            p90_gap=np.concatenate(([np.nan], quantiles[1:, 1])),
            median_total=float(quantiles[0, 0]),
            p90_total=float(quantiles[0, 1]),
            part_median_total=parts[:, 0],
            part_p90_total=parts[:, 1],
            bins=binned(size, ordered, self._edges_us),
        )


def _tallied(
    blocks: Sequence[FunnelBlock], steps: int, place: Int64s | None, groups: int, by: Literal["level", "group", "span"]
) -> FunnelTally:
    """Count chains and customers, with sums over the sets of customers who hang together."""
    each = tallied(blocks, steps, place, groups, by)
    if all(block.cluster is None for block in blocks):
        return each
    sets = tallied([block.together for block in blocks], steps, place, groups, by)
    return replace(sets, customers=each.customers)


def _gaps(blocks: Sequence[FunnelBlock]) -> tuple[Bytes, Int64s]:
    """Bring steps and gaps of blocks together; those of a single one as they are."""
    if len(blocks) == 1:
        return blocks[0].step, blocks[0].gap
    step = np.concatenate([block.step for block in blocks] or [np.zeros(0, np.uint8)])
    return step, np.concatenate([block.gap for block in blocks] or [np.zeros(0, np.int64)])


def _part_times(
    blocks: Sequence[FunnelBlock], steps: int, place: Int64s, groups: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Give the median and 90th percentile of the times from the first step to the last, by group."""
    group = np.concatenate([place[block.group[block.level == steps]] for block in blocks] or [np.zeros(0, np.int64)])
    total = np.concatenate([block.gap[block.step == 0] for block in blocks] or [np.zeros(0, np.int64)])
    _, quantiles = grouped(np.bincount(group, minlength=groups), total[np.argsort(group, kind="stable")], (0.5, 0.9))
    return quantiles
