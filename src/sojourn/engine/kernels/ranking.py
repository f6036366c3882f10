"""Choosing the most frequent sequences without sorting all of them."""

from __future__ import annotations

import numpy as np

from sojourn.engine.kernels.words import Codes, Int64s

FEW = 4_096  # candidates that are cheap to sort as Python tuples


def most_frequent(customers: Int64s, start: Int64s, end: Int64s, code: Codes, top: int) -> Int64s:
    """Give the `top` sequences by customers, most first, ties by sequence, shorter first.

    Sequence `v` is ``code[start[v] : end[v]]``. Ties at the border (singletons, as a rule) are narrowed
    code by code, so only those that can still be chosen are looked at.
    """
    top = min(top, len(customers))
    if top == 0:
        return np.zeros(0, np.int64)
    border = _border(customers, top)
    above = np.flatnonzero(customers > border)
    tied = _narrowed(np.flatnonzero(customers == border), start, end, code, top - len(above))

    mine = np.concatenate([above, tied])
    rows = zip((-customers[mine]).tolist(), start[mine].tolist(), end[mine].tolist(), mine.tolist(), strict=True)
    ordered = sorted((fewer, code[first:last].tolist(), v) for fewer, first, last, v in rows)
    return np.array([v for _, _, v in ordered[:top]], np.int64)


def _border(customers: Int64s, top: int) -> int:
    """Give the `top`-th largest number; most sequences are of one customer, and are put aside by halving."""
    floor = 1
    while np.count_nonzero(customers >= 2 * floor) >= top:
        floor *= 2
    left = customers[customers >= floor]
    return int(np.partition(left, len(left) - top)[len(left) - top])


def _narrowed(tied: Int64s, start: Int64s, end: Int64s, code: Codes, wanted: int) -> Int64s:
    """Drop sequences that cannot be among the `wanted` smallest, looking at one position after the other."""
    kept: list[Int64s] = []
    position = 0
    while len(tied) > max(FEW, wanted):
        at = start[tied] + position
        there = at < end[tied]
        key = np.where(there, code[np.where(there, at, 0)].astype(np.int64), -1)
        border = np.partition(key, wanted - 1)[wanted - 1]
        kept.append(tied[key < border])
        wanted -= len(kept[-1])
        tied = tied[key == border]
        if border < 0:
            break
        position += 1
    return np.concatenate([*kept, tied])
