"""The directly-follows graph as a fold.

An edge `a -> b` is counted each time an event seen as `b` is the next event seen after one seen as `a` of the same
customer. Events that the lens, the masks or the period leave out are passed over as if they had not happened.
Definition: van der Aalst (2016), "Process Mining", 2nd edition, section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels import edges
from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.edges import CUSTOMERS, ENDS, HIGH, LOW, REPEATERS, STARTS, VISITORS, UInt32s
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.projecting import Projected, projected
from sojourn.engine.kernels.results import Graph
from sojourn.engine.kernels.words import NO_CODE, Floats, Int64s, Slice, UInt16s, UInt64s

STEPS_LIMIT = 1_024  # edges are counted in a square table: 1,024 steps take 36 MB a thread
QUANTILES = np.array([0.5, 0.9])


@dataclass(slots=True)
class GraphPartial:
    """Sums over some customers, and the events that they come from, for the second pass.

    Tables are those of `edges`; `seen` are views of the slices where nothing was left out, else copies.
    """

    edges: UInt64s
    nodes: Int64s
    bins: UInt32s
    seen: list[Projected] = field(default_factory=list)
    numbered: int = 0


class GraphFold:
    """Asks for the directly-follows graph; see `results.Graph` for the answer.

    Time is linear in events, which are passed over twice: when folded and, for exact quantiles, at the end. A partial
    result holds on to the events folded: arrays of a slice must not change until the answer is out.
    """

    def __init__(self, lens: UInt16s, *, since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT) -> None:
        """Ask about the steps that the lens shows, from `since_us` until (exclusive) `until_us`.

        Raise ValueError for more than `STEPS_LIMIT` steps.
        """
        self.node: UInt16s = np.setdiff1d(lens, np.array([NO_CODE]))
        if len(self.node) > STEPS_LIMIT:
            raise ValueError(f"a graph has at most {STEPS_LIMIT} steps, not {len(self.node)}")
        place = np.full(CODES, NO_CODE, np.uint16)
        place[self.node] = np.arange(len(self.node))
        self._place = frozen(place[lens])
        self._bits = edges.parts_of_octave(len(self.node))
        self._since_us, self._until_us = since_us, until_us

    def start(self) -> GraphPartial:
        """Make the graph of no customers."""
        width = len(self.node)
        return GraphPartial(
            np.zeros((width * width, edges.EDGE_COLUMNS), np.uint64),
            np.zeros((width, edges.NODE_COLUMNS), np.int64),
            np.zeros(width * width << edges.bins_of_edge(self._bits), np.uint32),
        )

    def fold(self, events: Slice, partial: GraphPartial) -> GraphPartial:
        """Add a slice's customers."""
        seen = projected(events, self._place, self._since_us, self._until_us)
        edges.count(seen, self._place, partial.numbered, self._bits, partial.edges, partial.nodes, partial.bins)
        partial.seen.append(seen)
        partial.numbered += events.customers
        return partial

    def merge(self, left: GraphPartial, right: GraphPartial) -> GraphPartial:
        """Add the right partial to the left."""
        edges.add(left.edges, right.edges)
        left.nodes[:, VISITORS:] += right.nodes[:, VISITORS:]
        left.bins += right.bins
        left.seen.extend(right.seen)
        return left

    def finish(self, partial: GraphPartial) -> Graph:
        """Work out means, medians and 90th percentiles."""
        width = len(self.node)
        count = partial.bins.reshape(width * width, -1).sum(axis=1, dtype=np.int64) if width else np.zeros(0, np.int64)
        shown = np.flatnonzero(count)
        quantiles = edges.quantiles(partial.seen, self._place, self._bits, partial.bins, count, QUANTILES)
        starts = partial.nodes[:, STARTS]
        times = count.reshape(width, width).sum(axis=0) + starts
        return Graph(
            source=self.node[shown // width] if width else self.node,
            target=self.node[shown % width] if width else self.node,
            count=count[shown],
            customers=partial.edges[shown, CUSTOMERS].astype(np.int64),
            mean_gap=_means(partial.edges[shown], count[shown]),
            median_gap=quantiles[shown, 0],
            p90_gap=quantiles[shown, 1],
            node=self.node,
            times=times,
            visitors=partial.nodes[:, VISITORS],
            repeaters=partial.nodes[:, REPEATERS],
            starts=starts,
            ends=partial.nodes[:, ENDS],
            total_customers=int(starts.sum()),
            total_events=int(times.sum()),
        )


def _means(sums: UInt64s, count: Int64s) -> Floats:
    """Divide sums of 128 bits; Python's division of whole numbers is rounded once."""
    rows = zip(sums[:, LOW].tolist(), sums[:, HIGH].tolist(), count.tolist(), strict=True)
    return np.array([((high << 64) + low) / times for low, high, times in rows], np.float64)
