"""Exact quantiles of many groups at once.

The quantile at `q` of `n` sorted values is the value at rank ``q * (n - 1)``, interpolated between its two neighbours:
SQL's ``percentile_cont`` and definition 7 of Hyndman and Fan (1996), "Sample quantiles in statistical packages".
"""

from __future__ import annotations

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Floats, Int64s

SMALL = 48  # groups up to this size are sorted by insertion in the kernel; larger ones go to NumPy's selection
LOW_BITS = 32
LOW_MASK = (1 << LOW_BITS) - 1


def quantile(values: Int64s, q: float) -> float:
    """Give the exact quantile of whole numbers in any order; NaN of none. Expected time is linear.

    >>> quantile(np.array([4, 1, 2, 3]), 0.5)
    2.5
    """
    if len(values) == 0:
        return float("nan")
    return _quantiles_of(values.copy(), (q,))[0]


def grouped(size: Int64s, values: Int64s, qs: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Give each group's mean and its quantiles, NaN for empty groups.

    `values` holds the groups one after the other, `size[g]` values each, and is reordered in place within
    groups. Returns arrays of shape (groups,) and (groups, len(qs)). Exact: sums are whole numbers in two halves, so
    that neither overflow nor the order of values can change a mean.
    """
    until = np.cumsum(size)
    answers = np.full((len(size), len(qs)), np.nan)
    _small_groups(size, until, values, np.asarray(qs, np.float64), answers)
    for group in np.flatnonzero(size > SMALL):
        answers[group] = _quantiles_of(values[until[group] - size[group] : until[group]], qs)
    return _means(size, until, values), answers


@compiled
def _means(size: Int64s, until: Int64s, values: Int64s) -> Floats:
    means = np.full(len(size), np.nan)
    for group in range(len(size)):
        if size[group] == 0:
            continue
        high, low = np.int64(0), np.int64(0)
        for i in range(until[group] - size[group], until[group]):
            high += values[i] >> LOW_BITS
            low += values[i] & LOW_MASK
        # carry the low half's overflow before dividing; then each part is exact or rounded once
        high += low >> LOW_BITS
        low &= LOW_MASK
        whole, rest = high // size[group], high % size[group]
        means[group] = whole * 4294967296.0 + (rest * 4294967296.0 + low) / size[group]
    return means


@compiled
def _small_groups(size: Int64s, until: Int64s, values: Int64s, qs: Floats, answers: Floats) -> None:
    for group in range(len(size)):
        n = size[group]
        if n == 0 or n > SMALL:
            continue
        first = until[group] - n
        for i in range(first + 1, until[group]):
            value, j = values[i], i
            while j > first and values[j - 1] > value:
                values[j] = values[j - 1]
                j -= 1
            values[j] = value
        for k in range(len(qs)):
            rank = qs[k] * (n - 1)
            below = int(np.floor(rank))
            above = min(below + 1, n - 1)
            low = values[first + below]
            answers[group, k] = low + (rank - below) * (values[first + above] - low)


def _quantiles_of(values: Int64s, qs: tuple[float, ...]) -> list[float]:
    last = len(values) - 1
    ranks = [q * last for q in qs]
    wanted = sorted({k for rank in ranks for k in (int(rank), min(int(rank) + 1, last))})
    values.partition(wanted)
    return [
        float(values[int(rank)] + (rank - int(rank)) * (values[min(int(rank) + 1, last)] - values[int(rank)]))
        for rank in ranks
    ]
