"""Which steps and paths make a graph that can be read."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

Edge = tuple[str, str]


def top_steps(visitors: Mapping[str, int], wanted: int) -> tuple[str, ...]:
    """Choose the steps that most customers had, ties by name."""
    return tuple(sorted(visitors, key=lambda name: (-visitors[name], name))[:wanted])


def kept_paths(
    count: Mapping[Edge, int], starts: Mapping[str, int], ends: Mapping[str, int], part: float, most: int | None = None
) -> set[Edge]:
    """Choose the most frequent paths that carry `part` of all transitions, and those that keep the graph whole.

    At most `most` of the frequent ones, as a picture of thousands cannot be read.

    However few are asked for, every step stays on a way from a start to an end: of all ways there, the one whose
    rarest path is most frequent. Ties go by name.
    """
    kept: set[Edge] = set()
    carried, wanted = 0, part * sum(count.values())
    for edge in sorted(count, key=lambda edge: (-count[edge], edge)):
        if carried >= wanted or len(kept) == most:
            break
        kept.add(edge)
        carried += count[edge]
    backwards = {(target, source): times for (source, target), times in count.items()}
    kept |= _widest_tree(count, starts)
    kept |= {(source, target) for target, source in _widest_tree(backwards, ends)}
    return kept


def _widest_tree(count: Mapping[Edge, int], roots: Mapping[str, int]) -> set[Edge]:
    """Reach every step from the roots by the way whose narrowest edge is widest (Dijkstra's search, maximin)."""
    leaving: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (source, target), times in count.items():
        leaving[source].append((target, times))
    tree: set[Edge] = set()
    reached: set[str] = set()
    queue = [(-times, "", name) for name, times in roots.items() if times]
    heapq.heapify(queue)
    while queue:
        narrowest, came_from, step = heapq.heappop(queue)
        if step in reached:
            continue
        reached.add(step)
        if came_from:
            tree.add((came_from, step))
        for target, times in leaving[step]:
            if target not in reached:
                heapq.heappush(queue, (max(narrowest, -times), step, target))
    return tree
