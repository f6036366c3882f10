"""Weights that make answers look like the population: raking, and what it costs.

Who answers is seldom who was asked about: the young answer less, the app's users more. Raking gives each answer a
weight so that the weighted shares equal known ones in every margin at once: Deming and Stephan (1940), "On a least
squares adjustment of a sampled frequency table when the expected marginal totals are known", Annals of Mathematical
Statistics 11(4). It takes away bias of what the margins tell, and adds spread: the design effect of unequal weights is
Kish's 1 + cv^2 (Kish 1965, "Survey Sampling", section 11.7; 1992, "Weighting for unequal P_i", Journal of Official
Statistics 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import t_quantile
from sojourn.engine.stats.intervals import LEVEL, Interval

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

ROUNDS: Final = 1_000
CLOSE: Final = 1e-10  # of a share of the population
TRIM_AT: Final = 5.0  # times the mean weight, no more
TRIMS: Final = 50


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights of mean 1, how far the margins are from the population, and what the weighting costs."""

    weights: Floats
    worst: float  # largest distance of a weighted share from the population's
    is_trimmed: bool
    design_effect: float
    effective: float  # as many answers with equal weights would say as much of the mean


def rake(groups: Sequence[Int64s], shares: Sequence[Floats], trim_at: float | None = TRIM_AT) -> Raked:
    """Give weights whose shares in each margin equal the population's.

    `groups` are M margins, each with the group of every answer (N,), 0 to G_m - 1, and `shares` (G_m,) of the
    population, adding up to 1. Weights over `trim_at` times their mean are cut there and the rest raked again
    (Potter 1990, "A study of procedures to identify and trim extreme sampling weights", ASA Survey Research Methods):
    margins may then miss the population by a little, which `worst` says. O(rounds N M). Raise ValueError when a group
    of the population has no answers, or when no weights fit all margins.
    """
    margins = [np.asarray(each, float) / np.sum(each) for each in shares]
    for group, share in zip(groups, margins, strict=True):
        if (np.bincount(group, minlength=len(share))[share > 0] == 0).any() or (share[np.unique(group)] <= 0).any():
            raise ValueError("a group has answers or a share of the population, but not both")
    weights = _raked(np.ones(len(groups[0])), groups, margins)
    if _worst(weights, groups, margins) > 1e-6:
        raise ValueError("no weights fit all margins at once")
    is_trimmed = trim_at is not None and bool(weights.max() > trim_at)
    if is_trimmed and trim_at is not None:
        weights = _trimmed(weights, groups, margins, trim_at)
    effect = float(len(weights) * (weights**2).sum() / weights.sum() ** 2)
    return Raked(weights, _worst(weights, groups, margins), is_trimmed, effect, len(weights) / effect)


def _trimmed(weights: Floats, groups: Sequence[Int64s], margins: Sequence[Floats], trim_at: float) -> Floats:
    for _ in range(TRIMS):
        weights = _raked(np.minimum(weights, trim_at), groups, margins, rounds=20)
        if weights.max() <= trim_at:
            return weights
    for _ in range(TRIMS):  # it cannot be had: what is cut goes to the others in equal parts, and the margins miss
        capped = weights >= trim_at
        left = len(weights) - trim_at * capped.sum()
        weights = np.where(capped, trim_at, weights * left / weights[~capped].sum())
    return np.minimum(weights, trim_at)


def weighted(clusters: Clusters, effective: float, level: float = LEVEL) -> Interval | None:
    """Give Student's interval of a weighted mean, share or net score from sums of weights by customer.

    `clusters` have each customer's sum of weights as n and of weights times scores as k: linearisation, as of a ratio
    (Cochran 1977, chapter 6), holds what the weighting costs. Degrees of freedom are the effective customers less one.
    None when fewer than two tell nothing.
    """
    if clusters.variance is None or effective < 2:
        return None
    half = t_quantile(0.5 + level / 2, max(effective - 1, 1)) * sqrt(clusters.variance)
    value = clusters.value
    return Interval(value, value - half, value + half, clusters.customers, "raked weights, linearised by customer")


def _raked(weights: Floats, groups: Sequence[Int64s], margins: Sequence[Floats], rounds: int = ROUNDS) -> Floats:
    total = len(weights)
    for _ in range(rounds):
        for group, share in zip(groups, margins, strict=True):
            held = np.bincount(group, weights, minlength=len(share))
            weights = weights * np.divide(share * total, held, out=np.ones_like(held), where=held > 0)[group]
        if _worst(weights, groups, margins) < CLOSE:
            break
    return weights


def _worst(weights: Floats, groups: Sequence[Int64s], margins: Sequence[Floats]) -> float:
    total = weights.sum()
    return max(
        float(np.abs(np.bincount(group, weights, minlength=len(share)) / total - share).max())
        for group, share in zip(groups, margins, strict=True)
    )
