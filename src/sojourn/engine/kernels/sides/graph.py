"""Two directly-follows graphs compared, customer by customer, as a fold.

Each side is projected and mined on its own, as `graph` does; what is added is who is on both. A customer counts once
for a step and an edge, however often it happened. An edge's time is the customer's own mean of logarithms, so that one
customer with a hundred thousand gaps is one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.sides.words import (
    COLUMNS,
    K_A,
    K_B,
    K_K,
    N_A,
    N_B,
    N_N,
    GraphSides,
    add_one,
    bits,
    count_one,
    with_everybody,
)
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s, Slice, UInt16s

STEPS_LIMIT = 300  # rows of edges are wide: 300 steps take 23 MB a thread
PACE = 1_024  # of these make a doubling of a gap


@dataclass(slots=True)
class GraphSidesPartial:
    """Rows of sums over customers; see `sides.GraphSides`."""

    step: Int64s
    edge: Int64s
    pace: Int64s
    total: Int64s


class GraphSidesFold:
    """Asks how the graphs of two sides differ; see `sides.GraphSides`. Time is linear in events.

    Slices are those of `sides.both`: their masks alone say what is on which side.
    """

    def __init__(self, lens: UInt16s) -> None:
        """Ask about the steps that the lens shows; raise ValueError for more than `STEPS_LIMIT`."""
        self.node: UInt16s = np.setdiff1d(lens, np.array([NO_CODE]))
        if len(self.node) > STEPS_LIMIT:
            raise ValueError(f"a comparison of graphs has at most {STEPS_LIMIT} steps, not {len(self.node)}")
        place = np.full(CODES, NO_CODE, np.uint16)
        place[self.node] = np.arange(len(self.node))
        self._place = frozen(place[lens])

    def start(self) -> GraphSidesPartial:
        """Make the comparison of no customers."""
        width = len(self.node)
        return GraphSidesPartial(
            np.zeros((width, COLUMNS), np.int64),
            np.zeros((width * width, COLUMNS), np.int64),
            np.zeros((width * width, COLUMNS), np.int64),
            np.zeros(COLUMNS, np.int64),
        )

    def fold(self, events: Slice, partial: GraphSidesPartial) -> GraphSidesPartial:
        """Add a slice's customers."""
        keep, chosen = bits(events)
        _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), frozen(keep), frozen(chosen), self._place,
            len(self.node), partial.step, partial.edge, partial.pace, partial.total,
        )  # fmt: skip
        return partial

    def merge(self, left: GraphSidesPartial, right: GraphSidesPartial) -> GraphSidesPartial:
        """Add the right partial to the left."""
        left.step += right.step
        left.edge += right.edge
        left.pace += right.pace
        left.total += right.total
        return left

    def finish(self, partial: GraphSidesPartial) -> GraphSides:
        """List the steps and the edges that somebody had; everybody of a side is in each step's n."""
        width = len(self.node)
        step = with_everybody(partial.step, partial.total[N_A], partial.total[N_B], partial.total[N_N])
        who_a, who_b, who_both = (np.repeat(partial.step[:, column], width) for column in (K_A, K_B, K_K))
        edge = with_everybody(partial.edge, who_a, who_b, who_both)
        shown, taken = np.flatnonzero(step[:, K_A] + step[:, K_B]), np.flatnonzero(edge[:, K_A] + edge[:, K_B])
        return GraphSides(
            node=self.node[shown],
            step=step[shown],
            source=self.node[taken // max(width, 1)],
            target=self.node[taken % max(width, 1)],
            edge=edge[taken],
            pace=partial.pace[taken],
            total=partial.total,
        )


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, chosen: Bytes, place: UInt16s, width: int,
    step: Int64s, edge: Int64s, pace: Int64s, total: Int64s,
) -> None:  # fmt: skip
    had, on = np.zeros((2, width), np.int64), np.zeros(2, np.int64)  # 1 where this customer had the step, or anything
    gaps, logs = np.zeros((2, width * width), np.int64), np.zeros((2, width * width), np.int64)
    steps, edges = np.empty(2 * width, np.int64), np.empty(2 * width * width, np.int64)
    for customer in range(len(offset) - 1):
        if chosen[customer] == 0:
            continue
        many_steps, many_edges = 0, 0
        on[0], on[1] = 0, 0
        for which in range(2):
            bit = 1 << which
            if chosen[customer] & bit == 0:
                continue
            before = -1
            earlier: Any = np.int64(0)
            for i in range(offset[customer], offset[customer + 1]):
                node: Any = np.int64(place[event[i]])
                if node == 65_535 or keep[i] & bit == 0:
                    continue
                on[which] = 1
                if had[which, node] == 0:
                    had[which, node] = 1
                    steps[many_steps] = node
                    many_steps += 1
                if before >= 0:
                    pair = before * width + node
                    if gaps[which, pair] == 0:
                        edges[many_edges] = pair
                        many_edges += 1
                    gaps[which, pair] += 1
                    logs[which, pair] += np.int64(np.log2(max(at[i] - earlier, 1.0)) * PACE + 0.5)
                before, earlier = node, at[i]
        count_one(total, on[0], on[1])
        for each in range(many_edges):
            pair = edges[each]
            n_a, n_b = min(gaps[0, pair], 1), min(gaps[1, pair], 1)
            if n_a + n_b > 0:  # else met on the other side already
                add_one(edge[pair], had[0, pair // width], had[1, pair // width], n_a, n_b)
                count_one(pace[pair], n_a, n_b)
                mean_a, mean_b = logs[0, pair] // max(gaps[0, pair], 1), logs[1, pair] // max(gaps[1, pair], 1)
                add_one(pace[pair], n_a, n_b, mean_a, mean_b)
                gaps[0, pair], gaps[1, pair], logs[0, pair], logs[1, pair] = 0, 0, 0, 0
        for each in range(many_steps):
            node = steps[each]
            if had[0, node] + had[1, node] > 0:
                add_one(step[node], on[0], on[1], had[0, node], had[1, node])
                had[0, node], had[1, node] = 0, 0
