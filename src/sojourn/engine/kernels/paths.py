"""The tree of paths from an event, or to it, as a fold.

A walk begins at a customer's first event `root` in the period, or at every one, and follows the customer's next (or
previous) events as the lens shows them, up to `depth` of them. It ends before that where nothing more was seen, or
where the next event lies further away than `window_us` from the root or than `gap_us` from the event before it
(another session). Walks that saw the same events so far are at the same node. The period bounds the root only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.hashing import narrowed
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.projecting import Projected, projected
from sojourn.engine.kernels.pruning import (
    BEFORE,
    CODE,
    CUSTOMERS,
    ENDED,
    GATHERED,
    KIND,
    OTHERS,
    STEP,
    TIMES,
    Pruned,
    Walks,
    pruned,
    reading_order,
)
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.walks import Int32s, codes_ahead, collapsed, roots, shorten, timed
from sojourn.engine.kernels.words import Bytes, Codes, Floats, Int64s, Slice, UInt16s

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
    """The walks of some customers: where each began and what lies ahead, see `walks`."""

    at: Int64s
    place: Int64s
    ahead: Bytes
    code: Codes
    who: Int32s  # empty where each customer has but one walk


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
        bounds = (self._since_us, self._until_us)
        bounded = bounds != (FIRST_INSTANT, LAST_INSTANT)
        place, ahead, who = roots(
            seen.offset, seen.at, seen.event, self._root, self._depth, self._step == 1, self._every,
            bounds if bounded else None,
        )  # fmt: skip
        if self._window_us != LAST_INSTANT or self._gap_us != LAST_INSTANT:
            shorten(seen.at, place, ahead, self._step, self._window_us, self._gap_us)
        code = codes_ahead(seen.event, place, ahead, self._step, self._depth)
        partial.blocks.append(PathsBlock(seen.at, place, ahead, code, who))
        return partial

    def merge(self, left: PathsPartial, right: PathsPartial) -> PathsPartial:
        """Add the right partial to the left."""
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: PathsPartial) -> PathTree:
        """Choose what is shown and work out its times."""
        blocks = partial.blocks or self.fold(_NOBODY, self.start()).blocks
        ahead, code = (_joined([getattr(block, name) for block in blocks]) for name in ("ahead", "code"))
        who, seen = [], 0
        for block in blocks:  # customers are numbered anew in each
            who.append(block.who + seen if seen else block.who)
            seen += int(block.who.max(initial=-1)) + 1
        walks = Walks(ahead, code, _joined(who))
        people = int(np.count_nonzero(np.diff(walks.who, prepend=-1))) if self._every else len(ahead)
        fewest = max(self._fewest, int(np.ceil(self._least_share * people)))
        shown = pruned(walks, self._root, people, breadth=self._breadth, fewest=fewest)
        return _tree(shown, self._timed(blocks, shown))

    def _timed(self, blocks: list[PathsBlock], shown: Pruned) -> Floats:
        """Read the times to each node shown, and give their medians; all walks are at the root at once."""
        size = shown.nodes[:, TIMES].copy()
        size[0] = 0
        free = np.cumsum(size) - size
        free[0] = size.sum()
        values = np.empty(int(free[0]) + 1, np.int64)
        first = 0
        for block in blocks:
            last = shown.last[first : first + len(block.place)]
            timed(frozen(block.at), block.place, block.ahead, last, self._step, shown.chain, free, values)
            first += len(block.place)
        _, median = grouped(size, values[:-1], (0.5,))
        median[0] = 0 if len(shown.last) else np.nan
        return median[:, 0]


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _tree(shown: Pruned, median: Floats) -> PathTree:
    """Bring nodes into the order of reading."""
    place = reading_order(shown.nodes[:, BEFORE].copy())
    order = np.argsort(place)
    nodes = shown.nodes[order]
    return PathTree(
        before=np.append(place, -1)[nodes[:, BEFORE]],
        depth=(shown.chain[order] > 0).sum(axis=1),
        kind=nodes[:, KIND].astype(np.uint8),
        code=nodes[:, CODE].astype(np.uint16),
        gathered=nodes[:, GATHERED],
        times=nodes[:, TIMES],
        customers=nodes[:, CUSTOMERS],
        median_time=median[order],
    )


_NONE = np.zeros(0, np.int64)
_NOBODY = Slice(customer=_NONE, offset=np.zeros(1, np.int64), at=_NONE, event=np.zeros(0, np.uint16), row=_NONE)
