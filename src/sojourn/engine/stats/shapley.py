"""Shapley values of touchpoints: each one's mean marginal contribution over all orders in which they could join.

Two games are known. In `of_conversions` a coalition of touchpoints is worth the conversions of the paths that touch
nothing else: Zhao, Mahboobi and Bagheri (2018), "Shapley value methods for attribution modeling in online advertising",
arXiv:1804.05327, whose simplified formula gives it exactly for any number of touchpoints: every path's conversion is
shared equally by the touchpoints in it. In `of_rates` each path plays a game of its own among the touchpoints that it
touched, where a coalition is worth the share of paths with exactly these touchpoints that converted (Dalessandro,
Perlich, Stitelman and Provost 2012, "Causally motivated attribution for online advertising", ADKDD): paths
without a conversion count as well. Rates need not grow with the coalition, so a touchpoint can get less than nothing,
as theirs can: where paths with it converted less often than the same without it, and also where a coalition with it
was never seen, which is worth nothing. Values are not cut off at 0: they would no longer add up.
"""

from __future__ import annotations

from math import factorial
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EXACT_MOST: Final = 2_000  # sets of touchpoints up to which every coalition in every path is looked at
ORDERS: Final = 20_000  # sampled beyond, shared out among the sets: 1 to 16 for each, each with its reverse
SEED: Final = 20_180_414


def of_conversions(members: Flags, conversions: Floats) -> Floats:
    """Give each touchpoint's conversions.

    Row `s` of `members` (S, T) says which touchpoints the paths of set `s` touch, and `conversions` (S, ...) how many
    converted. Gives (T, ...); the sum over touchpoints is the sum of conversions. O(S T).
    """
    part = np.asarray(members, float) / np.maximum(members.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.tensordot(part.T, conversions, axes=1))


def of_rates(
    members: Flags, conversions: Floats, paths: Floats, *, exact_most: int = EXACT_MOST, seed: int = SEED
) -> Floats:
    """Give each touchpoint's conversions when paths that did not convert count as well.

    `paths` (S, ...) counts all paths of each set; a coalition that no path has is worth nothing. Gives (T, ...); the
    sum over touchpoints is the sum of conversions. Exact up to `exact_most` sets, O(S^2 T); beyond, each set's
    value is the mean over some random orders and their reverses (Castro, Gomez and Tejada 2009, "Polynomial
    calculation of the Shapley value based on sampling"), the same for the same `seed`: the sum stays exact.
    """
    shape = np.shape(paths)[1:]
    every = np.asarray(paths, float).reshape(len(members), -1)
    hit = np.asarray(conversions, float).reshape(len(members), -1)
    rate = np.divide(hit, every, out=np.zeros_like(every), where=every > 0)
    if len(members) <= exact_most:
        found = _exact(members, every, rate)
    else:
        found = _sampled(members, every, rate, np.random.default_rng(seed))
    return found.reshape(members.shape[1], *shape)


def _exact(members: Flags, every: Floats, rate: Floats) -> Floats:
    inside = np.asarray(members, float)
    size = members.sum(axis=1)
    subset = inside @ inside.T == size[:, None]  # (coalition, set of a path)
    most = int(size.max(initial=0)) + 1
    joined, left = np.zeros((most, most)), np.zeros((most, most))
    for q in range(most):
        for r in range(q, most):
            if q:
                joined[q, r] = factorial(q - 1) * factorial(r - q) / factorial(r)
            if r > q:
                left[q, r] = factorial(q) * factorial(r - q - 1) / factorial(r)
    gained = (
        np.where(subset, joined[size[:, None], size], 0.0) @ every * rate
    )  # where the touchpoint is in the coalition
    found = inside.T @ gained
    lost = np.where(subset, left[size[:, None], size], 0.0)
    for touchpoint in range(members.shape[1]):
        mine = members[:, touchpoint]
        found[touchpoint] -= ((lost[np.ix_(~mine, mine)] @ every[mine]) * rate[~mine]).sum(axis=0)
    return found


def _sampled(members: Flags, every: Floats, rate: Floats, random: np.random.Generator) -> Floats:
    touchpoints = members.shape[1]
    keys = members @ (1 << np.arange(touchpoints, dtype=np.int64))
    order = np.argsort(keys)
    found = np.zeros((touchpoints, every.shape[1]))
    path, touched = np.nonzero(members)  # the touchpoints of each set, set by set
    begins = np.append(True, path[1:] != path[:-1])
    orders = min(max(ORDERS // len(members), 1), 16)
    for _ in range(orders):
        luck = random.random(len(path))
        for each in (luck, -luck):
            place = np.lexsort((each, path))
            who = touched[place]
            bit = 1 << who.astype(np.int64)
            running = np.cumsum(bit)
            coalition = running - np.maximum.accumulate(np.where(begins, running - bit, 0))
            at = np.minimum(np.searchsorted(keys[order], coalition), len(keys) - 1)
            worth = np.where((keys[order[at]] == coalition)[:, None], rate[order[at]], 0.0)
            gain = worth.copy()
            gain[1:] -= np.where(begins[1:, None], 0.0, worth[:-1])
            gain *= every[path]
            for touchpoint in range(touchpoints):
                found[touchpoint] += gain[who == touchpoint].sum(axis=0)
    return found / (2 * orders)
