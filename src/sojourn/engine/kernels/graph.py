"""The directly-follows graph as a fold.

An edge `a -> b` is counted each time an event seen as `b` is the next event seen after one seen as `a` of the same
customer. Events that the lens, the masks or the period leave out are passed over as if they had not happened.
Definition: van der Aalst (2016), "Process Mining", 2nd edition, section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.results import Graph
from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, Slice, UInt16s

STEPS_LIMIT = 1_024  # edges are counted in a square table: 1,024 steps take 16 MB a thread
CHUNK_EVENTS = 1 << 20  # events looked at before their gaps are sorted into edges, while they are still in the cache
QUANTILES = (0.5, 0.9)


@dataclass(slots=True)
class GraphPartial:
    """Sums over some customers; arrays over nodes and over `width * width` edges, and the gaps of each edge.

    A block is one edge-sorted run of gaps: how many each edge has, and the gaps in microseconds.
    """

    count: Int64s
    customers: Int64s
    visitors: Int64s
    repeaters: Int64s
    starts: Int64s
    ends: Int64s
    blocks: list[tuple[Int64s, Int64s]] = field(default_factory=list)


class GraphFold:
    """Asks for the directly-follows graph; see `results.Graph` for the answer.

    Time is linear in events; a partial result takes 8 bytes for each transition (exact medians need them all)
    and 16 bytes for each pair of steps.
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
        self._lens = frozen(place[lens])
        self._since_us, self._until_us = since_us, until_us

    def start(self) -> GraphPartial:
        """Make the graph of no customers."""
        width = len(self.node)
        nodes = np.zeros((4, width), np.int64)
        edges = np.zeros((2, width * width), np.int64)
        return GraphPartial(edges[0], edges[1], nodes[0], nodes[1], nodes[2], nodes[3])

    def fold(self, events: Slice, partial: GraphPartial) -> GraphPartial:
        """Add a slice's customers."""
        width = len(self.node)
        seen = np.full(width * width, -1, np.int64)  # last customer counted at each edge
        visited = np.full((width, 2), -1, np.int64)  # last customer counted as visitor and as repeater
        keep, customer_keep = masks(events)
        for low, high in _chunks(events.offset):
            room = int(events.offset[high] - events.offset[low])
            edge, gap, size = np.empty(room, np.uint32), np.empty(room, np.int64), np.zeros(width * width, np.int64)
            filled = _scan(
                frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
                self._lens, self._since_us, self._until_us, low, high, seen, visited,
                partial.customers, partial.visitors, partial.repeaters, partial.starts, partial.ends, size, edge, gap,
            )  # fmt: skip
            partial.count += size
            partial.blocks.append((size, _by_edge(size, edge[:filled], gap[:filled])))
        return partial

    def merge(self, left: GraphPartial, right: GraphPartial) -> GraphPartial:
        """Add the right partial to the left."""
        for name in ("count", "customers", "visitors", "repeaters", "starts", "ends"):
            total = getattr(left, name)
            total += getattr(right, name)
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: GraphPartial) -> Graph:
        """Work out means, medians and 90th percentiles."""
        width = len(self.node)
        shown = np.flatnonzero(partial.count)
        mean, quantiles = grouped(partial.count, _joined(partial), QUANTILES)
        times = partial.count.reshape(width, width).sum(axis=0) + partial.starts
        return Graph(
            source=self.node[shown // width] if width else self.node,
            target=self.node[shown % width] if width else self.node,
            count=partial.count[shown],
            customers=partial.customers[shown],
            mean_gap=mean[shown],
            median_gap=quantiles[shown, 0],
            p90_gap=quantiles[shown, 1],
            node=self.node,
            times=times,
            visitors=partial.visitors,
            repeaters=partial.repeaters,
            starts=partial.starts,
            ends=partial.ends,
            total_customers=int(partial.starts.sum()),
            total_events=int(times.sum()),
        )


def _chunks(offset: Int64s) -> list[tuple[int, int]]:
    """Cut customers into runs of about `CHUNK_EVENTS` events."""
    customers = len(offset) - 1
    if customers <= 0:
        return []
    marks = np.arange(offset[0], offset[-1], CHUNK_EVENTS)[1:]
    cuts = np.unique(np.concatenate(([0], np.searchsorted(offset, marks), [customers])))
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))


def _joined(partial: GraphPartial) -> Int64s:
    """Bring the blocks' gaps together edge by edge, giving the blocks up."""
    if len(partial.blocks) == 1:
        return partial.blocks[0][1].copy()
    joined = np.empty(int(partial.count.sum()), np.int64)
    place = np.cumsum(partial.count) - partial.count
    for size, gap in partial.blocks:
        _append(size, gap, place, joined)
    return joined


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes,
    lens: UInt16s, since: int, until: int, low: int, high: int, seen: Int64s, visited: Int64s,
    customers: Int64s, visitors: Int64s, repeaters: Int64s, starts: Int64s, ends: Int64s,
    size: Int64s, edge: Int64s, gap: Int64s,
) -> int:  # fmt: skip
    width = len(visitors)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    filled = 0
    for customer in range(low, high):
        if chosen and customer_keep[customer] == 0:
            continue
        before: Any = -1
        before_at: Any = np.int64(0)
        for i in range(np.uint64(offset[customer]), np.uint64(offset[customer + 1])):
            node = np.int64(lens[event[i]])
            if node == 65_535 or (masked and keep[i] == 0) or at[i] < since:
                continue
            if at[i] >= until:
                break
            if visited[node, 0] != customer:
                visited[node, 0] = customer
                visitors[node] += 1
            elif visited[node, 1] != customer:
                visited[node, 1] = customer
                repeaters[node] += 1
            if before < 0:
                starts[node] += 1
            else:
                pair = before * width + node
                size[pair] += 1
                if seen[pair] != customer:
                    seen[pair] = customer
                    customers[pair] += 1
                edge[filled] = pair
                gap[filled] = at[i] - before_at
                filled += 1
            before, before_at = node, at[i]
        if before >= 0:
            ends[before] += 1
    return filled


@compiled
def _by_edge(size: Int64s, edge: Int64s, gap: Int64s) -> Int64s:
    """Sort gaps by edge, by counting."""
    place = np.cumsum(size) - size
    ordered = np.empty(len(gap), np.int64)
    for i in range(len(gap)):
        ordered[place[edge[i]]] = gap[i]
        place[edge[i]] += 1
    return ordered


@compiled
def _append(size: Int64s, gap: Int64s, place: Int64s, joined: Int64s) -> None:
    """Copy one block's gaps to each edge's next free place."""
    read = 0
    for edge in range(len(size)):
        for _ in range(size[edge]):
            joined[place[edge]] = gap[read]
            place[edge] += 1
            read += 1
