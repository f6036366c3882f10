"""Confidence intervals of proportions, net scores and means.

`level` is the confidence, 0.95 by default. Each interval names its method, to be shown beside the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import normal_quantile, t_quantile

LEVEL = 0.95
MIN_CUSTOMERS = 30
WIDEST = 0.30


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its bounds and the method that made them; `n` customers stand behind it."""

    value: float
    low: float
    high: float
    n: int
    method: str

    def is_too_few(self, scale: float = 1.0) -> bool:
        """Say whether the value must not be shown: fewer than 30 customers, or bounds apart by 30 % of the scale.

        The rule is that of the US National Center for Health Statistics for showing proportions: Parker et al.
        (2017), "NCHS data presentation standards for proportions", Vital and Health Statistics 2(175), where a
        sample under 30 or an interval of width 0.30 or more suppresses the figure. `scale` is the range that the value
        can take: 1 for a share, 2 for a net score.

        >>> wilson(20, 29).is_too_few(), wilson(4_000, 8_000).is_too_few()
        (True, False)
        """
        return self.n < MIN_CUSTOMERS or self.high - self.low >= WIDEST * scale


def wilson(successes: float, n: float, level: float = LEVEL) -> Interval:
    """Give Wilson's score interval of a proportion among independent customers.

    Wilson (1927), "Probable inference", JASA 22; recommended for every n by Brown, Cai and DasGupta (2001),
    "Interval estimation for a binomial proportion", Statistical Science 16. Raise ValueError when n is 0.

    >>> found = wilson(81, 263)
    >>> round(found.low, 4), round(found.high, 4)
    (0.2553, 0.3662)
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("a proportion needs 0 <= successes <= n and n above 0")
    z = _z(level)
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, min(max(middle - half, 0.0), p), max(min(middle + half, 1.0), p), round(n), "Wilson score")


def proportion(clusters: Clusters, level: float = LEVEL) -> Interval:
    """Give Wilson's interval of a proportion with customers as clusters: n is the effective sample size.

    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of positive
    counts", Survey Methodology 24; with Wilson's form: Franco et al. (2019), Journal of Survey Statistics and
    Methodology 7. Where all or none succeeded the customers are the effective sample. With one unit a customer it is
    Wilson's own interval. Raise ValueError when there are no units.
    """
    p, variance = clusters.value, clusters.variance
    if clusters.nn == clusters.n:  # one unit each
        return wilson(clusters.k, clusters.n, level)
    effective = float(clusters.customers)
    if variance:
        effective = min(p * (1 - p) / variance, clusters.n)
    found = wilson(p * effective, effective, level)
    return Interval(p, found.low, found.high, clusters.customers, "Wilson score, clustered by customer")


def net_score(promoters: float, passives: float, detractors: float, level: float = LEVEL) -> Interval:
    """Give the adjusted Wald interval of a net score (share of promoters minus share of detractors, -1 to 1).

    The variance is that of the three-point score +1, 0, -1: p + d - (p - d)^2. Three answers are added, 3/4 a
    promoter, 3/2 passive, 3/4 a detractor, which holds the promised coverage from small samples on: Rocks (2016),
    "Interval estimation for the net promoter score", The American Statistician 70(4). Raise ValueError when
    there are no answers.
    """
    n = promoters + passives + detractors
    if n <= 0 or min(promoters, passives, detractors) < 0:
        raise ValueError("a net score needs answers")
    added = n + 3
    up, down = (promoters + 0.75) / added, (detractors + 0.75) / added
    half = _z(level) * sqrt((up + down - (up - down) ** 2) / added)
    value, middle = (promoters - detractors) / n, up - down
    low, high = min(max(middle - half, -1.0), value), max(min(middle + half, 1.0), value)
    return Interval(value, low, high, round(n), "adjusted Wald for net scores")


def net_score_clustered(promoters: int, passives: int, detractors: int, clusters: Clusters) -> Interval:
    """Give the interval of `net_score` where answers hang together: n is the effective sample size.

    `clusters` are sums of +1, 0 and -1 over sets of answers that do not depend on each other. The answers are scaled to
    as many as would give the variance between the sets if they were independent: Korn and Graubard (1998), as in
    `proportion`. With one answer a set it is `net_score`. Raise ValueError when there are no answers.
    """
    n = promoters + passives + detractors
    if clusters.nn == clusters.n:  # one answer each
        return net_score(promoters, passives, detractors)
    spread = (promoters + detractors) / n - ((promoters - detractors) / n) ** 2
    effective = min(spread / clusters.variance, n) if clusters.variance else float(clusters.customers)
    found = net_score(*(times * effective / n for times in (promoters, passives, detractors)))
    return replace(found, n=clusters.customers, method=f"{found.method}, clustered")


def mean(clusters: Clusters, level: float = LEVEL) -> Interval | None:
    """Give Student's interval of a mean with customers as clusters; None when its variance is unknown.

    Student (1908), "The probable error of a mean", Biometrika 6; degrees of freedom are customers minus one.
    """
    error = clusters.error
    if error is None:
        return None
    half = t_quantile(0.5 + level / 2, clusters.customers - 1) * error
    value = clusters.value
    method = "Student t" if clusters.nn == clusters.n else "Student t, clustered by customer"
    return Interval(value, value - half, value + half, clusters.customers, method)


def quantile(ordered: Sequence[float], q: float, level: float = LEVEL) -> Interval | None:
    """Give the interval between two order statistics of a quantile among customers; None when they are too few.

    `ordered` has one value a customer, ascending; the value is interpolated as by SQL's percentile_cont. Nothing is
    assumed of how values are distributed: Conover (1999), "Practical Nonparametric Statistics", 3rd ed., section 3.2.

    >>> found = quantile(range(101), 0.5)
    >>> (found.value, found.low, found.high) if found else None
    (50.0, 40.0, 60.0)
    """
    n = len(ordered)
    half = _z(level) * sqrt(n * q * (1 - q))
    lower, upper = ceil(n * q - half), ceil(n * q + half)  # ranks, from 1
    if lower < 1 or upper > n:
        return None
    rank = q * (n - 1)
    below = int(rank)
    above = min(below + 1, n - 1)
    value = ordered[below] + (rank - below) * (ordered[above] - ordered[below])
    low, high = float(ordered[lower - 1]), float(ordered[upper - 1])
    return Interval(float(value), low, high, n, "order statistics")


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")
    return normal_quantile(0.5 + level / 2)
