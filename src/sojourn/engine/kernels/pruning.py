"""Which nodes of a tree of paths are shown: the most frequent children of each, and the rest together.

From the root on, a level at a time: only walks whose steps are all shown so far are counted, so that what stands behind
steps that are not shown costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.walks import Int32s
from sojourn.engine.kernels.words import NO_CODE, Bytes, Codes, Int64s

STEP, ENDED, OTHERS = 0, 1, 2  # kinds of nodes: an event, nothing more seen, the children not shown
BEFORE, KIND, CODE, GATHERED, TIMES, CUSTOMERS = range(6)  # columns of nodes
ROOM, ROOMY = 65_536, 4  # places that a table of counts may have in any case, and for each walk


@dataclass(frozen=True, slots=True)
class Walks:
    """Walks as the module of that name gives them, those of a customer next to each other."""

    ahead: Bytes
    code: Codes
    who: Int32s  # empty where each customer has but one


@dataclass(frozen=True, slots=True)
class Pruned:
    """The nodes shown, each after the node before it, and the last one that each walk came to."""

    nodes: Int64s  # (nodes, 6)
    chain: Int32s  # (nodes, depth): the nodes on the way to each, itself among them, by level; 0 behind it
    last: Int32s


def pruned(walks: Walks, root: int, people: int, *, breadth: int, fewest: int) -> Pruned:
    """Choose of each node's children at most `breadth`, with at least `fewest` of the customers, who are `people`.

    Most customers first, then most times, then by code; behind them the others together, then the end.
    """
    number, depth = walks.code.shape
    wide = int(walks.code.max(initial=0)) + 2  # the last code is the end
    alive, key, last = np.empty(number, np.int32), np.empty(number, np.int64), np.empty(number, np.int32)
    nodes, chain = np.array([[-1, STEP, root, 0, number, people]]), np.zeros((1, depth), np.int32)
    parents, shown = np.zeros(1, np.int64), 0
    labels = onward = np.zeros(1, np.int32)
    for level in range(depth):
        size = _stepped(walks.ahead, walks.code, level, wide, labels, onward, shown, alive, key, last)
        alive, key = alive[:size], key[:size]
        key, labels, found = _labelled(key, alive, walks.who, len(parents) * wide, wide, breadth, fewest)
        found[:, BEFORE] = parents[found[:, BEFORE]]
        shown = len(nodes)
        ways = chain[found[:, BEFORE]]
        ways[:, level] = shown + np.arange(len(found))
        steps = np.flatnonzero(found[:, KIND] == STEP)
        onward = np.full(len(found), -1, np.int32)
        onward[steps] = np.arange(len(steps))
        parents = shown + steps
        nodes, chain = np.concatenate([nodes, found]), np.concatenate([chain, ways])
    onward[:] = -1
    _stepped(walks.ahead, walks.code, depth, wide, labels, onward, shown, alive, key, last)
    return Pruned(nodes, chain, last)


def _labelled(
    key: Int64s, alive: Int32s, who: Int32s, keys: int, wide: int, breadth: int, fewest: int
) -> tuple[Int64s, Int32s, Int64s]:
    """Count the children, as numbered by `_stepped`, and choose those to be shown: walks' places in a table of nodes.

    Gives each walk's place, the table, and the nodes. The table has a place for each of the `keys` there can be, or, if
    those are too many, for those there are.
    """
    kept = np.arange(keys)
    if keys > max(ROOM, ROOMY * len(key)):
        kept, key = np.unique(key, return_inverse=True)
    every = len(who) > 0
    times, customers = _tallied(key, alive, who, every, len(kept))
    filled = np.flatnonzero(times)
    family, step = np.divmod(kept[filled], wide)
    label, found = _chosen(family, step, times[filled], customers[filled], wide - 1, breadth, fewest)
    labels = np.zeros(len(kept), np.int32)
    labels[filled] = label
    if every:  # a customer may have taken several of the others
        found[:, CUSTOMERS] = _tallied(labels[key].astype(np.int64), alive, who, every, len(found))[1]
    return key, labels, found


@compiled
def _stepped(
    ahead: Bytes, code: Codes, level: int, wide: int, labels: Int32s, onward: Int32s, shown: int,
    alive: Int32s, key: Int64s, last: Int32s,
) -> int:  # fmt: skip
    """Note the node, of those after the `shown`, that each walk came to, and number the children to which it goes.

    A child's number is `wide` times its parent's, from `onward`, and its code or, last, the end. Walks that ended or
    are with others are alive no more. At the root all are, and `alive` and `key` may hold anything.
    """
    there = np.uint64(min(level, code.shape[1] - 1))  # at the end none goes on
    filled: Any = np.uint64(0)
    for a in range(np.uint64(len(alive))):
        j = np.uint64(alive[a]) if level > 0 else np.uint64(a)
        label = labels[np.uint64(key[a])] if level > 0 else np.int32(0)
        last[j] = shown + label
        parent = np.int64(onward[np.uint64(label)])
        seen = np.int64(code[j, there]) if ahead[j] > level else wide - 1
        alive[filled], key[filled] = j, parent * wide + seen
        filled += np.uint64(parent >= 0)
    return filled  # type: ignore[no-any-return]


@compiled
def _tallied(bins: Int64s, alive: Int32s, who: Int32s, every: bool, places: int) -> tuple[Int64s, Int64s]:
    """Count walks and customers by place; the walks of a customer are next to each other."""
    times = np.zeros(places, np.int64)
    if not every:
        for a in range(np.uint64(len(bins))):
            times[np.uint64(bins[a])] += 1
        return times, times
    customers, seen = np.zeros(places, np.int64), np.full(places, -1, np.int32)
    for a in range(np.uint64(len(bins))):
        place, whose = np.uint64(bins[a]), who[np.uint64(alive[a])]
        times[place] += 1
        customers[place] += seen[place] != whose
        seen[place] = whose
    return times, customers


@compiled
def _chosen(
    family: Int64s, code: Int64s, times: Int64s, customers: Int64s, end: int, breadth: int, fewest: int
) -> tuple[Int32s, Int64s]:
    """Choose of each family's children, which come in order of family and code, those that are shown.

    Gives each child's node, and the nodes; for now their `BEFORE` is the family.
    """
    label, nodes = np.empty(len(code), np.int32), np.zeros((len(code), 6), np.int64)
    best = np.empty(breadth + 1, np.int64)
    first, number = 0, 0
    while first < len(code):
        last = first
        while last < len(code) and family[last] == family[first] and code[last] != end:
            last += 1
        held = _best(times, customers, first, last, breadth, fewest, best)
        others = number + held
        label[first:last] = others
        for k in range(held):
            label[best[k]] = number + k
            nodes[number + k, KIND], nodes[number + k, CODE] = STEP, code[best[k]]
        if held < last - first:
            nodes[others, KIND], nodes[others, CODE], nodes[others, GATHERED] = OTHERS, NO_CODE, last - first - held
        behind = others + (held < last - first)
        if last < len(code) and family[last] == family[first]:
            label[last] = behind
            nodes[behind, KIND], nodes[behind, CODE] = ENDED, NO_CODE
            behind += 1
            last += 1
        nodes[number:behind, BEFORE] = family[first]
        first, number = last, behind
    for child in range(len(code)):
        nodes[label[child], TIMES] += times[child]
        nodes[label[child], CUSTOMERS] += customers[child]
    return label, nodes[:number]


@compiled
def _best(times: Int64s, customers: Int64s, first: int, last: int, breadth: int, fewest: int, best: Int64s) -> int:
    """List the best children from first to last, the very best first; of equals the one that comes first."""
    held = 0
    for child in range(first, last):
        if customers[child] < fewest:
            continue
        place = held
        while place > 0 and (
            customers[best[place - 1]] < customers[child]
            or (customers[best[place - 1]] == customers[child] and times[best[place - 1]] < times[child])
        ):
            best[place] = best[place - 1]
            place -= 1
        best[place] = child
        held = min(held + 1, breadth)
    return held


@compiled
def reading_order(before: Int64s) -> Int64s:
    """Give each node its place where each comes before its children, and its children before its next sibling."""
    size, place, free = np.ones(len(before), np.int64), np.zeros(len(before), np.int64), np.ones(len(before), np.int64)
    for node in range(len(before) - 1, 0, -1):
        size[before[node]] += size[node]
    for node in range(1, len(before)):
        place[node] = free[before[node]]
        free[before[node]] += size[node]
        free[node] = place[node] + 1
    return place
