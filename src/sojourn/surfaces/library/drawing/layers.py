"""A layered layout of a directed graph, from left to right, labels of edges included.

The steps are those of Sugiyama, Tagawa and Toda (1981), "Methods for visual understanding of hierarchical system
structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2): edges that close a cycle are turned round,
nodes get layers, long edges get a place in each layer between, layers are put in an order with few crossings, and
each place gets a height. Every second layer holds edges only, so that a label has a place of its own and hides
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sojourn.surfaces.library.drawing.ordering import Neighbours, heights, ordered

Edge = tuple[str, str]
Point = tuple[float, float]
Size = tuple[float, float]

GAP_ACROSS, GAP_DOWN = 26.0, 10.0
LABEL: Size = (64.0, 30.0)
THREAD: Size = (0.0, 10.0)  # a long edge on its way


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Centres of nodes and labels, the points that each edge runs through from its source, and the whole size."""

    nodes: Mapping[str, Point]
    labels: Mapping[Edge, Point]
    lines: Mapping[Edge, tuple[Point, ...]]
    size: Size


def laid_out(nodes: Mapping[str, Size], edges: Mapping[Edge, float]) -> Layout:
    """Place nodes of these sizes and edges of these weights; no edge leads from a node to itself."""
    forward = _forward(list(nodes), edges)
    rank = _ranks(list(nodes), {edge if edge in forward else (edge[1], edge[0]) for edge in edges})
    chains = {edge: _chain(edge, rank) for edge in edges}
    size = dict(nodes) | _sizes(chains)
    layers = _layers(list(nodes), chains, rank)
    neighbours = _neighbours(chains, edges, forward)
    rows = ordered(layers, neighbours)
    down = heights(rows, neighbours, {place: each[1] for place, each in size.items()}, GAP_DOWN)
    across, width = _across(rows, size)
    top = min((down[place] - size[place][1] / 2 for place in down), default=0.0)
    bottom = max((down[place] + size[place][1] / 2 for place in down), default=0.0)
    at = {place: (across[place], down[place] - top) for place in down}
    return Layout(
        nodes={name: at[name] for name in nodes},
        labels={edge: at[_label(edge)] for edge in edges},
        lines={edge: _line(edge, chains[edge], at, nodes, edge not in forward) for edge in edges},
        size=(width, bottom - top),
    )


def _forward(nodes: Sequence[str], edges: Mapping[Edge, float]) -> set[Edge]:
    """Choose the edges that need not be turned round to leave no cycle, heavy ones first.

    Eades, Lin and Smyth (1993), "A fast and effective heuristic for the feedback arc set problem", with weights.
    """
    left = dict.fromkeys(nodes)
    front: list[str] = []
    back: list[str] = []
    while left:
        out = dict.fromkeys(left, 0.0)
        into = dict.fromkeys(left, 0.0)
        for (source, target), weight in edges.items():
            if source in left and target in left:
                out[source] += weight
                into[target] += weight
        sinks = [name for name in left if not out[name]]
        sources = [name for name in left if not into[name]]
        if sinks:
            back += sinks
        elif sources:
            front += sources
        else:
            front.append(max(left, key=lambda name: out[name] - into[name]))
        for name in sinks or sources or front[-1:]:
            del left[name]
    place = {name: at for at, name in enumerate([*front, *reversed(back)])}
    return {edge for edge in edges if place[edge[0]] < place[edge[1]]}


def _ranks(nodes: Sequence[str], joined: set[Edge]) -> dict[str, int]:
    """Give each node an even layer after all that lead to it, as near to what follows as it can be."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(joined):
        before[target].append(source)
        after[source].append(target)
    rank: dict[str, int] = {}
    waiting = list(nodes)
    while waiting:
        ready = [name for name in waiting if all(each in rank for each in before[name])]
        for name in ready:
            rank[name] = max((rank[each] + 2 for each in before[name]), default=0)
        waiting = [name for name in waiting if name not in rank]
    for name in sorted(nodes, key=lambda name: -rank[name]):
        if after[name] and len(after[name]) > len(before[name]):
            rank[name] = max(rank[name], min(rank[each] for each in after[name]) - 2)
    return rank


def _label(edge: Edge) -> str:
    return f"\x00{edge[0]}\x00{edge[1]}"


def _chain(edge: Edge, rank: Mapping[str, int]) -> list[tuple[str, int]]:
    """Give the places between an edge's ends, from left to right, with their layers; the middle one is the label's."""
    low, high = sorted((rank[edge[0]], rank[edge[1]]))
    middle = (low + high) // 2
    middle += 1 - middle % 2
    return [
        (_label(edge) if layer == middle else f"{_label(edge)}\x00{layer}", layer) for layer in range(low + 1, high)
    ]


def _sizes(chains: Mapping[Edge, list[tuple[str, int]]]) -> dict[str, Size]:
    return {place: LABEL if place == _label(edge) else THREAD for edge, chain in chains.items() for place, _ in chain}


def _layers(
    nodes: Sequence[str], chains: Mapping[Edge, list[tuple[str, int]]], rank: Mapping[str, int]
) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    for name in nodes:
        layers[rank[name]].append(name)
    for chain in chains.values():
        for place, layer in chain:
            layers[layer].append(place)
    return layers


def _neighbours(
    chains: Mapping[Edge, list[tuple[str, int]]], edges: Mapping[Edge, float], forward: set[Edge]
) -> Neighbours:
    """Say what lies beside each place in the layers to its left and right, and how strongly it pulls.

    A long edge pulls at its own places more than at nodes: it should run straight.
    """
    left: dict[str, list[tuple[str, float]]] = defaultdict(list)
    right: dict[str, list[tuple[str, float]]] = defaultdict(list)
    heaviest = max(edges.values(), default=1.0) or 1.0
    for edge, chain in chains.items():
        inner = [place for place, _ in chain]
        begins, ends = edge if edge in forward else edge[::-1]
        for one, other in pairwise([begins, *inner, ends]):
            is_inner = one != begins and other != ends
            pull = (4.0 if is_inner else 1.0) * (0.2 + edges[edge] / heaviest)
            right[one].append((other, pull))
            left[other].append((one, pull))
    return Neighbours(left, right)


def _across(rows: Sequence[Sequence[str]], size: Mapping[str, Size]) -> tuple[dict[str, float], float]:
    across: dict[str, float] = {}
    edge = 0.0
    for row in rows:
        width = max((size[place][0] for place in row), default=0.0)
        for place in row:
            across[place] = edge + width / 2
        edge += width + GAP_ACROSS
    return across, edge - GAP_ACROSS


def _line(
    edge: Edge, chain: list[tuple[str, int]], at: Mapping[str, Point], nodes: Mapping[str, Size], is_turned: bool
) -> tuple[Point, ...]:
    """Give an edge's points from its source's side to its target's."""
    inner = [at[place] for place, _ in chain]
    side = -1 if is_turned else 1
    (x0, y0), (x1, y1) = at[edge[0]], at[edge[1]]
    begin = (x0 + side * nodes[edge[0]][0] / 2, y0)
    end = (x1 - side * nodes[edge[1]][0] / 2, y1)
    return (begin, *(reversed(inner) if is_turned else inner), end)
