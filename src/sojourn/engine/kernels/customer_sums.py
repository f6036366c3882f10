"""Sums over customers, from which `stats.clusters` makes intervals whose unit is the customer."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Int64s, UInt64s

COLUMNS = 5  # n, k, nn, kk, nk
Numbers = npt.NDArray[Any]  # whole numbers or truths, of any width


class CustomerSums(NamedTuple):
    """Sums over customers with `n` units that score `k` together, in the order of `stats.clusters.Clusters`."""

    customers: int
    n: int
    k: int
    nn: int  # sum of n * n
    kk: int  # sum of k * k
    nk: int  # sum of n * k


NOBODY = CustomerSums(0, 0, 0, 0, 0, 0)


def sums_by_group(
    who: Numbers, group: Numbers, groups: int, *, score: Numbers, weight: Numbers | None = None
) -> tuple[CustomerSums, ...]:
    """Give the sums of each group over units: of which customer, in which group, how much each scores and weighs (1).

    A customer's units stand one after the other. Exact: sums are whole numbers of 128 bits. A customer's own sums must
    stay below 2 ** 32 (seconds of 136 years).

    >>> one, two = np.array([7, 7, 9]), np.array([1, 0, 1])
    >>> sums_by_group(one, np.zeros(3, np.int64), 1, score=two)
    (CustomerSums(customers=2, n=3, k=2, nn=5, kk=2, nk=3),)
    """
    customers, wide = np.zeros(groups, np.int64), np.zeros((groups, COLUMNS, 2), np.uint64)
    units = np.ones(len(who), np.int64) if weight is None else weight
    as_int = (each.astype(np.int64, copy=False) for each in (who, group, units, score))
    _tally(*(frozen(each) for each in as_int), customers, wide)
    return tuple(
        CustomerSums(met, *((high << 64) + low for low, high in columns))
        for met, columns in zip(customers.tolist(), wide.tolist(), strict=True)
    )


@compiled
def _tally(who: Int64s, group: Int64s, weight: Int64s, score: Int64s, customers: Int64s, wide: UInt64s) -> None:
    groups = len(customers)
    mine = np.zeros((groups, 2), np.uint64)  # this customer's n and k by group
    met, last = np.zeros(groups, np.int64), np.full(groups, -1, np.int64)
    first = 0
    while first < len(who):
        until, seen = first, 0
        while until < len(who) and who[until] == who[first]:
            g = group[until]
            if last[g] != first:
                last[g], met[seen] = first, g
                seen += 1
            mine[g, 0] += np.uint64(weight[until])
            mine[g, 1] += np.uint64(score[until])
            until += 1
        for t in range(seen):
            g = met[t]
            n, k = mine[g, 0], mine[g, 1]
            customers[g] += 1
            for place, value in enumerate((n, k, n * n, k * k, n * k)):
                add_wide(wide[g], place, value)
            mine[g, 0] = mine[g, 1] = 0
        first = until


@compiled
def add_wide(wide: UInt64s, place: int, value: Any) -> None:
    """Add to a sum of 128 bits, low half and high half."""
    low = wide[place, 0] + value
    wide[place, 1] += np.uint64(low < value)
    wide[place, 0] = low
