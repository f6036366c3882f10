"""The tree of paths from an event, or to it, as a fold.

A walk begins at a customer's first event `root` in the period, or at every one, and follows the customer's next (or
previous) events as the lens shows them, up to `depth` of them. It ends before that where nothing more was seen, or
where the next event lies further away than `window_us` from the root or than `gap_us` from the event before it
(another session). Walks that saw the same events so far are at the same node. The period bounds the root only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.hashing import narrowed
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.prefixes import BEFORE, Int32s, collapsed, rooted, shown_behind, timed, united, walked
from sojourn.engine.kernels.projecting import Projected, projected
from sojourn.engine.kernels.pruning import ENDED, OTHERS, STEP, Pruned, pruned
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.words import Bytes, Floats, Int64s, Slice, UInt16s

__all__ = ["ENDED", "OTHERS", "STEP", "PathTree", "PathsFold"]

DEPTH_LIMIT = 20
BREADTH_LIMIT = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PathTree:
    """Nodes in order of reading: each comes before its children, its children before its next sibling.

    Arrays are parallel: `before` (the place of the node before, -1 for the root), `depth`, `kind` (`STEP`, `ENDED`:
    nothing more was seen, `OTHERS`: the children not shown, together), `code` (`NO_CODE` but for steps), `gathered`
    (different steps in others), `times`, `customers` (each once), and `median_time`, microseconds from the root (or to
    it): of an end, of its last event. The children of a step add up to its times.
    """

    before: Int64s
    depth: Int64s
    kind: Bytes
    code: UInt16s
    gathered: Int64s
    times: Int64s
    customers: Int64s
    median_time: Floats


@dataclass(slots=True)
class PathsBlock:
    """The walks of some customers: their tree, where each began, and at which node each came to its end."""

    counts: Int32s  # (nodes, 4), see `prefixes`
    code: UInt16s
    place: Int64s
    who: Int32s
    leaf: Int32s
    at: Int64s


@dataclass(slots=True)
class PathsPartial:
    """Blocks of walks, brought together at the end."""

    blocks: list[PathsBlock] = field(default_factory=list)


class PathsFold:
    """Asks for the tree of paths from or to an event; see `PathTree`.

    Time is linear in events, and in walks times `depth`. A partial result holds on to the events' instants, since only
    the times to nodes that are shown are worth reading: arrays of a slice must not change until the answer is out.
    """

    def __init__(
        self,
        lens: UInt16s,
        *,
        root: int,
        forward: bool = True,
        depth: int = 5,
        breadth: int = 5,
        fewest: int = 1,
        least_share: float = 0.0,
        every: bool = False,
        collapse: bool = False,
        window_us: int = LAST_INSTANT,
        gap_us: int = LAST_INSTANT,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask about the paths from `root` (a code as shown), or to it when not `forward`.

        Of a node's children at most `breadth` are shown, each with at least `fewest` customers and `least_share` of the
        root's. With `every` each occurrence of the root begins a walk; with `collapse` an event that repeats the one
        before it is passed over. Raise ValueError for limits that cannot be.
        """
        if not 1 <= depth <= DEPTH_LIMIT or not 1 <= breadth <= BREADTH_LIMIT:
            raise ValueError(f"depth is between 1 and {DEPTH_LIMIT}, breadth between 1 and {BREADTH_LIMIT:,}")
        if window_us < 0 or gap_us < 0:
            raise ValueError("a window and a gap cannot be negative")
        self._lens = frozen(lens)
        self._root, self._step, self._depth, self._breadth = root, 1 if forward else -1, depth, breadth
        self._fewest, self._least_share, self._every, self._collapse = fewest, least_share, every, collapse
        self._window_us, self._gap_us, self._since_us, self._until_us = window_us, gap_us, since_us, until_us

    def start(self) -> PathsPartial:
        """Make the tree of no customers."""
        return PathsPartial()

    def fold(self, events: Slice, partial: PathsPartial) -> PathsPartial:
        """Add a slice's customers."""
        seen = projected(events, self._lens, FIRST_INSTANT, LAST_INSTANT)
        seen = replace(seen, event=frozen(narrowed(seen.event, self._lens)))
        if self._collapse:
            seen = Projected(*(frozen(array) for array in collapsed(seen.offset, seen.at, seen.event)))
        place, ahead, who = rooted(
            seen.offset, seen.at, seen.event, self._root, self._step == 1, self._every, self._since_us, self._until_us
        )
        is_timed = self._window_us != LAST_INSTANT or self._gap_us != LAST_INSTANT
        counts, code, leaf = walked(
            seen.at, seen.event, place, ahead, who, self._step, self._depth, self._window_us, self._gap_us, is_timed
        )
        partial.blocks.append(PathsBlock(counts, code, place, who, leaf, seen.at))
        return partial

    def merge(self, left: PathsPartial, right: PathsPartial) -> PathsPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: PathsPartial) -> PathTree:
        """Choose what is shown and work out its times."""
        blocks = partial.blocks or self.fold(_NOBODY, self.start()).blocks
        shift = np.cumsum([0, *(len(block.code) for block in blocks)]).tolist()
        whole = np.concatenate([block.counts for block in blocks])
        for first, last in pairwise(shift):
            whole[first + 1 : last, BEFORE] += first
        number, before, times, customers, code = united(whole, np.concatenate([block.code for block in blocks]))
        fewest = max(self._fewest, int(np.ceil(self._least_share * customers[0])))
        shown = pruned(before, customers, times, code, self._root, self._breadth, fewest)
        return self._timed(blocks, shown, number, times, customers, shift)

    def _timed(
        self, blocks: list[PathsBlock], shown: Pruned, number: Int64s, times: Int64s, everyone: Int64s, shift: list[int]
    ) -> PathTree:
        """Read the times to each node shown; all walks are at the root at once."""
        nodes, before = len(shown.before), np.array(shown.before)
        depth = np.zeros(nodes, np.int64)
        for place in range(1, nodes):
            depth[place] = depth[before[place]] + 1
        is_shown = shown.group >= 0
        size = np.bincount(shown.group[is_shown], times[is_shown], nodes).astype(np.int64)
        filed = np.append(0, size[1:])
        free = np.cumsum(filed) - filed
        values, customers = np.empty(int(filed.sum()), np.int64), np.append(everyone[0], np.zeros(nodes - 1, np.int64))
        reach = depth - (np.array(shown.kind) == ENDED)  # an end has the time of its last event
        for block, first in zip(blocks, shift, strict=False):
            group = shown.group[number[first : first + len(block.code)]]
            last = shown_behind(block.counts[:, BEFORE].copy(), group)[block.leaf]
            timed(block.at, block.place, block.who, last, self._step, before, reach, free, values, customers)
        _, median = grouped(filed, values, (0.5,))
        median[0] = 0 if size[0] else np.nan
        order = np.array(shown.in_order())
        place_of = np.append(np.argsort(order), -1)
        return PathTree(
            before=place_of[before[order]],
            depth=depth[order],
            kind=np.array(shown.kind, np.uint8)[order],
            code=np.array(shown.code, np.uint16)[order],
            gathered=np.array(shown.gathered)[order],
            times=size[order],
            customers=customers[order],
            median_time=median[order, 0],
        )


_NONE = np.zeros(0, np.int64)
_NOBODY = Slice(customer=_NONE, offset=np.zeros(1, np.int64), at=_NONE, event=np.zeros(0, np.uint16), row=_NONE)
