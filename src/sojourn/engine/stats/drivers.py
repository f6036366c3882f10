"""How much of what moves a score goes with each driver, when drivers hang together.

A driver is one column (a number) or several that belong together (a category, or a number with a mark for who has
none). Its share is its part of R squared, averaged over all orders in which the drivers could be entered: Lindeman,
Merenda and Gold (1980), "Introduction to Bivariate and Multivariate Analysis", pp. 119 ff.; Groemping (2007),
"Estimators of relative importance in linear regression based on variance decomposition", The American Statistician 61.
That is the Shapley value of the game "R squared of a set of drivers". Beyond `LMG_MOST` drivers, whose sets are too
many, Johnson's relative weights stand in for it, which rank alike: Johnson (2000), "A heuristic method for estimating
the relative weight of predictor variables in multiple regression", Multivariate Behavioral Research 35(1), equations 1
to 8. Shares of either kind are never negative but for rounding, and add up to R squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

LMG_MOST: Final = 12
DRAWS: Final = 200
SEED: Final = 20_000_501
CHUNK: Final = 4_096  # customers whose products are held at once
FLAT: Final = 1e-10  # of a column's variance: what is left of it is explained by the columns before
LMG, JOHNSON = "Shapley value of R squared (LMG)", "Johnson's relative weights"


@dataclass(frozen=True, slots=True)
class Importance:
    """Shares of R squared of G drivers, with 95 % bounds from resampled customers, and the fitted slopes."""

    share: Floats  # (G,), adding up to `r_squared`
    low: Floats
    high: Floats
    r_squared: float
    slopes: Floats  # (K,) of the columns, in units of the score
    first: Floats  # (G,) share of the draws in which the driver was the strongest
    method: str


def importance(
    columns: Floats, score: Floats, groups: Sequence[int], customers: Int64s, *, draws: int = DRAWS, seed: int = SEED
) -> Importance:
    """Share the variance that a linear model explains out among drivers.

    `columns` (N, K) and `score` (N,) have a row an answer, `groups` (K,) says to which driver (0 to G - 1, ascending) a
    column belongs, `customers` (N,) whose answer it is. Bounds are percentiles over Poisson bootstrap draws of
    customers (Hanley and MacGibbon 2006, "Creating non-parametric bootstrap samples using Poisson frequencies",
    Computer Methods and Programs in Biomedicine 83). O(2^G) up to `LMG_MOST` drivers. Raise ValueError when the score
    does not vary.
    """
    moments = _moments(np.column_stack([columns, score]), customers, draws, seed)
    covariance = _covariance(moments)
    if covariance[0, -1, -1] <= 0:
        raise ValueError("the score does not vary")
    many = max(groups) + 1
    share = lmg(covariance, groups) if many <= LMG_MOST else johnson(covariance, groups)
    drawn = share[1:]
    return Importance(
        share=share[0],
        low=np.minimum(np.quantile(drawn, 0.025, axis=0), share[0]),
        high=np.maximum(np.quantile(drawn, 0.975, axis=0), share[0]),
        r_squared=float(share[0].sum()),
        slopes=np.asarray(np.linalg.pinv(covariance[0, :-1, :-1], hermitian=True) @ covariance[0, :-1, -1]),
        first=np.bincount(drawn.argmax(axis=1), minlength=many) / len(drawn),
        method=LMG if many <= LMG_MOST else JOHNSON,
    )


def lmg(covariance: Floats, groups: Sequence[int]) -> Floats:
    """Give the LMG shares (B, G) of R squared from covariances (B, K + 1, K + 1) of columns and, last, the score."""
    many = max(groups) + 1
    sizes = np.bincount(groups, minlength=many).tolist()
    left = np.empty((1 << many, len(covariance)))
    _eliminate(covariance, np.maximum(np.einsum("bii->bi", covariance), 0), sizes, 0, left)
    explained = 1 - left / covariance[:, -1, -1]
    masks = np.arange(1 << many)
    size = np.array([bin(mask).count("1") for mask in masks])
    found = np.empty((len(covariance), many))
    for driver in range(many):
        without = masks[masks >> driver & 1 == 0]
        weight = 1 / (many * np.array([comb(many - 1, each) for each in size[without]]))
        found[:, driver] = weight @ (explained[without | 1 << driver] - explained[without])
    return found


def _eliminate(rest: Floats, variance: Floats, sizes: list[int], mask: int, left: Floats) -> None:
    """Fill what every set of drivers leaves unexplained: each driver's columns are swept out, or merely dropped."""
    place = len(left).bit_length() - 1 - len(sizes)
    if not sizes:
        left[mask] = rest[:, -1, -1]
        return
    size = sizes[0]
    _eliminate(rest[:, size:, size:], variance[:, size:], sizes[1:], mask, left)
    for _ in range(size):
        pivot = rest[:, 0, 0]
        there = pivot > FLAT * variance[:, 0]
        scale = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=there)
        rest = rest[:, 1:, 1:] - rest[:, 1:, :1] * rest[:, :1, 1:] * scale[:, None, None]
        variance = variance[:, 1:]
    _eliminate(rest, variance, sizes[1:], mask | 1 << place, left)


def johnson(covariance: Floats, groups: Sequence[int]) -> Floats:
    """Give Johnson's relative weights (B, G), a driver's columns added up, from covariances as in `lmg`."""
    spread = np.sqrt(np.maximum(np.einsum("bii->bi", covariance), 0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    correlation = covariance * scale[:, :, None] * scale[:, None, :]
    values, vectors = np.linalg.eigh(correlation[:, :-1, :-1])
    root = np.sqrt(np.maximum(values, 0))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > FLAT**0.5)
    loading = np.einsum("bik,bk,bjk->bij", vectors, root, vectors)
    slope = np.einsum("bik,bk,bjk,bj->bi", vectors, inverse, vectors, correlation[:, :-1, -1])
    weight = np.einsum("bij,bj->bi", loading**2, slope**2)
    belongs = np.asarray(groups)[:, None] == np.arange(max(groups) + 1)
    return np.asarray(weight @ belongs)


def _moments(values: Floats, customers: Int64s, draws: int, seed: int) -> Floats:
    """Sum 1, v and v v' over the rows (first) and over draws of customers: (1 + draws, M, M) with M columns and a 1."""
    rows = np.column_stack([np.ones(len(values)), values - values.mean(axis=0)])
    order = np.argsort(customers, kind="stable")
    rows = rows[order]
    begins = np.flatnonzero(np.diff(customers[order], prepend=np.int64(-(2**63))))
    ends = np.append(begins[1:], len(rows))
    random, found = np.random.default_rng(seed), np.zeros((1 + draws, rows.shape[1], rows.shape[1]))
    for first in range(0, len(begins), CHUNK):
        start, until = begins[first], ends[min(first + CHUNK, len(begins)) - 1]
        part = rows[start:until]
        products = np.add.reduceat(part[:, :, None] * part[:, None, :], begins[first : first + CHUNK] - start)
        times = random.poisson(1.0, (draws, len(products))).astype(float)
        found[0] += products.sum(axis=0)
        found[1:] += np.tensordot(times, products, axes=1)
    return found


def _covariance(moments: Floats) -> Floats:
    total = np.maximum(moments[:, :1, :1], 1.0)
    mean = moments[:, :1, 1:] / total
    return np.asarray(moments[:, 1:, 1:] / total - mean.transpose(0, 2, 1) * mean)
