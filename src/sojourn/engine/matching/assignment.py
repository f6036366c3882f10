"""One to one: where neither side holds anybody twice, a record has one partner at most.

The best set of pairs is the one with the greatest sum of weights (the likeliest under the model). Pairs fall apart into
small groups that share no record; each group is solved exactly by the Hungarian method with potentials (Kuhn 1955;
Jonker and Volgenant 1987), O(n^2 m) for a group of n and m records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sojourn.engine.matching.clusters import clusters
from sojourn.engine.matching.words import Flags, Floats, Int64s

FAR = 1e12


def one_to_one(left: Int64s, right: Int64s, weight: Floats) -> Flags:
    """Mask the pairs of the heaviest set in which no record stands twice; a weight of 0 or less is never worth it.

    >>> one_to_one(np.array([1, 1, 2]), np.array([7, 8, 7]), np.array([5.0, 4.0, 4.0])).tolist()
    [False, True, True]
    """
    keep: Flags = np.zeros(len(left), np.bool_)
    worth = np.flatnonzero(weight > 0)
    group = clusters(np.stack([left[worth] * 2, right[worth] * 2 + 1], axis=1))  # a number may stand on both sides
    members: dict[int, list[int]] = defaultdict(list)
    for pair, key in zip(worth.tolist(), (left[worth] * 2).tolist(), strict=True):
        members[group[key]].append(pair)
    for pairs in members.values():
        keep[pairs if len(pairs) == 1 else _solved(pairs, left, right, weight)] = True
    return keep


def _solved(pairs: Sequence[int], left: Int64s, right: Int64s, weight: Floats) -> list[int]:
    rows = {each: at for at, each in enumerate(dict.fromkeys(left[list(pairs)].tolist()))}
    columns = {each: at for at, each in enumerate(dict.fromkeys(right[list(pairs)].tolist()))}
    # one more column a row: to stay alone, at no cost
    cost = np.full((len(rows), len(columns) + len(rows)), FAR)
    cost[:, len(columns) :] = 0.0
    which: dict[tuple[int, int], int] = {}
    for pair in pairs:
        place = rows[int(left[pair])], columns[int(right[pair])]
        cost[place] = -weight[pair]
        which[place] = pair
    return [which[place] for place in enumerate(_hungarian(cost)) if place in which]


def _hungarian(cost: Floats) -> list[int]:
    """Give each row's column so that the costs' sum is least; no more rows than columns."""
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    taken_by = np.zeros(columns + 1, np.intp)  # row of each column, 1-based; 0 free
    for row in range(1, rows + 1):
        taken_by[0] = row
        at, least = 0, np.full(columns + 1, np.inf)
        seen, way = np.zeros(columns + 1, np.bool_), np.zeros(columns + 1, np.intp)
        while taken_by[at]:
            seen[at] = True
            this = taken_by[at]
            reduced = cost[this - 1] - row_price[this] - column_price[1:]
            better = ~seen[1:] & (reduced < least[1:])
            least[1:][better], way[1:][better] = reduced[better], at
            at = int(np.where(seen[1:], np.inf, least[1:]).argmin()) + 1
            step = least[at]
            row_price[taken_by[seen]] += step
            column_price[seen] -= step
            least[~seen] -= step
        while at:
            taken_by[at], at = taken_by[way[at]], int(way[at])
    found = [0] * rows
    for column in range(1, columns + 1):
        if taken_by[column]:
            found[taken_by[column] - 1] = column - 1
    return found
