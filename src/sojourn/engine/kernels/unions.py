"""Making sets of nodes one, edge after edge, where sets with a number may not meet.

The quick twin of `domains.identity.graph`: union-find with path halving, one pass over the edges in the order given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Flags, Int64s


@compiled
def joined(parent: Int64s, numbered: Flags, first: Int64s, second: Int64s, always: bool) -> Any:
    """Join the sets of `first[i]` and `second[i]` in order; give which edges were refused.

    `parent` (nodes) and `numbered` (by root) are changed in place. An edge between two sets that both have a number
    is refused unless `always`. Nearly linear in the number of edges.
    """
    refused = np.zeros(len(first), np.bool_)
    for at in range(len(first)):
        one, two = first[at], second[at]
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        while parent[two] != two:
            parent[two] = parent[parent[two]]
            two = parent[two]
        if one == two:
            continue
        if numbered[one] and numbered[two] and not always:
            refused[at] = True
            continue
        parent[two] = one
        numbered[one] = numbered[one] or numbered[two]
    return refused


@compiled
def roots(parent: Int64s) -> Any:
    """Give the root of every node."""
    found = np.empty(len(parent), np.int64)
    for node in range(len(parent)):
        root = node
        while parent[root] != root:
            parent[root] = parent[parent[root]]
            root = parent[root]
        found[node] = root
    return found


@compiled
def holders_joined(
    parent: Int64s, numbered: Flags, before: Int64s, was_numbered: Flags, starts: Int64s, holder: Int64s, proved: Flags
) -> Any:
    """Join the holders of identifiers, one identifier after the other; give which identifiers are shared.

    `starts` (identifiers + 1) cuts `holder` and `proved` into identifiers in the order of their priority, each with its
    holders in the log's order. `before` and `was_numbered` are the roots of the nodes, and which of those have a
    number, before any identifier joins. An identifier of several numbers joins only holders who proved it, if they
    are of one number.
    """
    shared = np.zeros(len(starts) - 1, np.bool_)
    for at in range(len(starts) - 1):
        low, high = starts[at], starts[at + 1]
        number, sure_number = -1, -1
        several, several_sure = False, False
        for place in range(low, high):
            root = before[holder[place]]
            if was_numbered[root]:
                several = several or number not in (-1, root)
                number = root
                if proved[place]:
                    several_sure = several_sure or sure_number not in (-1, root)
                    sure_number = root
        shared[at] = several
        if several and (several_sure or sure_number == -1):
            continue
        anchor = -1
        for place in range(low, high):
            if (proved[place] or not several) and (
                anchor == -1 or (was_numbered[before[holder[place]]] and not was_numbered[before[holder[anchor]]])
            ):
                anchor = place
        one = holder[anchor]
        for place in range(low, high):
            if place == anchor or (several and not proved[place]):
                continue
            while parent[one] != one:
                parent[one] = parent[parent[one]]
                one = parent[one]
            two = holder[place]
            while parent[two] != two:
                parent[two] = parent[parent[two]]
                two = parent[two]
            if one != two and not (numbered[one] and numbered[two]):
                parent[two] = one
                numbered[one] = numbered[one] or numbered[two]
    return shared
