"""Did a score change because its parts did, or because other parts answer now?

A score is the mean of its parts' scores, weighted by their shares of the answers. Its change is exactly the sum over
parts of a rate part (the part's own change, at its mean share) and a mix part (the change of its share, at its mean
score against the whole): Kitagawa (1955), "Components of a difference between two rates", JASA 50, section 3, which has
no interaction left over. Mix parts are counted from the mean of both scores, so that a part above it that grows adds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.engine.stats.distributions import t_quantile
from sojourn.engine.stats.jackknife import errors

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
GROUPS = 64  # of customers, left out one after the other


@dataclass(frozen=True, slots=True)
class Decomposed:
    """A change as rate and mix by part (P,), with the half widths of their 95 % intervals; both sums are exact."""

    change: float
    rate: Floats
    mix: Floats
    rate_half: Floats
    mix_half: Floats
    rate_sum_half: float
    mix_sum_half: float


def decompose(
    part: Int64s, is_after: npt.NDArray[np.bool_], score: Floats, customers: Int64s, parts: int
) -> Decomposed:
    """Split the change of a mean score into rate and mix.

    Rows are answers of both periods (N,): the part 0 to P - 1, whether of the later period, the score, the customer.
    Intervals leave out one of 64 groups of customers after the other (Kott 2001, as in `jackknife`), so that a
    customer in both periods counts as one. Raise ValueError when a period has no answers. O(N + 64 P).
    """
    fold = (customers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(58)).astype(np.int64)
    place = (fold * 2 + is_after) * parts + part
    n = np.bincount(place, minlength=GROUPS * 2 * parts).reshape(GROUPS, 2, parts).astype(float)
    k = np.bincount(place, score, minlength=GROUPS * 2 * parts).reshape(GROUPS, 2, parts)
    if (n.sum(axis=(0, 2)) == 0).any():
        raise ValueError("a period has no answers")
    rate, mix = _split(n.sum(axis=0), k.sum(axis=0))
    without = [_split(n.sum(axis=0) - n[each], k.sum(axis=0) - k[each]) for each in range(GROUPS)]
    rates, mixes = (np.stack([each[side] for each in without]) for side in (0, 1))
    reach = t_quantile(0.975, GROUPS - 1)
    return Decomposed(
        change=float(rate.sum() + mix.sum()),
        rate=rate,
        mix=mix,
        rate_half=reach * errors(rates),
        mix_half=reach * errors(mixes),
        rate_sum_half=float(reach * errors(rates.sum(axis=1))),
        mix_sum_half=float(reach * errors(mixes.sum(axis=1))),
    )


def _split(n: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Split by part from counts and sums of scores (2, P), before and after.

    A part of one period alone has no change of its own: all that it brings is mix.
    """
    share = n / np.maximum(n.sum(axis=1, keepdims=True), 1.0)
    mean = np.divide(k, n, out=np.zeros_like(k), where=n > 0)
    mean = np.where(n > 0, mean, mean[::-1])
    middle = (k.sum(axis=1) / np.maximum(n.sum(axis=1), 1.0)).mean()
    rate = share.mean(axis=0) * (mean[1] - mean[0])
    mix = (share[1] - share[0]) * (mean.mean(axis=0) - middle)
    return rate, mix
