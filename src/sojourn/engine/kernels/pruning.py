"""Which nodes of a tree of paths are shown: the most frequent children of each, and the rest together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels.prefixes import END
from sojourn.engine.kernels.words import Int64s, UInt16s

STEP, ENDED, OTHERS = 0, 1, 2  # kinds of nodes: an event, nothing more seen, the children not shown


@dataclass(slots=True)
class Pruned:
    """Nodes shown, each after the node before it; `group` says under which of them a node of the whole tree counts."""

    group: Int64s  # -1: under none, being behind one that is gathered with others
    before: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    gathered: list[int] = field(default_factory=list)  # different steps brought together
    children: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, before: int, kind: int, code: int, gathered: int) -> int:
        """Show one more node; give its place."""
        place = len(self.before)
        self.children[before].append(place)
        for column, value in (
            (self.before, before), (self.kind, kind), (self.code, code), (self.gathered, gathered),
        ):  # fmt: skip
            column.append(value)
        return place

    def in_order(self) -> list[int]:
        """List places so that each node comes before its children, and its children before its next sibling."""
        order, waiting = [], [0]
        while waiting:
            place = waiting.pop()
            order.append(place)
            waiting.extend(reversed(self.children[place]))
        return order


def pruned(
    before: Int64s, customers: Int64s, times: Int64s, code: UInt16s, root: int, breadth: int, fewest: int
) -> Pruned:
    """Choose of each node's children at most `breadth`, with at least `fewest` customers; a level at a time.

    Most customers first, then most times, then by code; the end is shown besides, and after them the others together.
    """
    found = Pruned(np.full(len(before), -1, np.int64))
    found.group[0] = found.add(-1, STEP, root, 0)
    level = np.array([0])
    while len(level):
        is_last = np.zeros(len(before) + 1, bool)  # one more: the root's node before is -1
        is_last[level] = True
        child = np.flatnonzero(is_last[before])
        ends = code[child] == END
        child = child[np.lexsort((code[child], -times[child], -customers[child], ends, before[child]))]
        kept: list[int] = []
        # Python from here on: of each node shown there are as many children as there are different next events
        families = np.split(child, np.flatnonzero(np.diff(before[child])) + 1) if len(child) else []
        for family in families:
            parent = int(found.group[before[family[0]]])
            steps = family[code[family] != END]
            chosen = steps[:breadth]
            chosen = chosen[customers[chosen] >= fewest]
            for node in chosen.tolist():
                found.group[node] = found.add(parent, STEP, int(code[node]), 0)
                kept.append(node)
            rest = steps[len(chosen) :]
            if len(rest):
                found.group[rest] = found.add(parent, OTHERS, END, len(rest))
            if len(steps) < len(family):
                found.group[family[-1]] = found.add(parent, ENDED, END, 0)
        level = np.array(kept, np.int64)
    return found
