"""Differences between two sides of customers, some of whom may be on both.

A customer who is on both sides (active in both months, on the web and in the app) ties their figures together: what
the sides have in common is taken out of the difference's variance, neither ignored nor counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, floor, inf, log, sqrt

from sojourn.engine.stats.changes import ALPHA, Difference
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import t_cdf, t_quantile, two_sided_p
from sojourn.engine.stats.intervals import MIN_CUSTOMERS, Interval, proportion
from sojourn.engine.stats.looking import Looks, critical, p_value

LEAST = 1e-14  # beyond, a level is 1 in floating point
NORMAL_FROM = 1_000  # degrees of freedom from which Student's distribution is the normal one


@dataclass(frozen=True, slots=True)
class Sides:
    """Sums over the customers of sides a and b, and over those on both: of n_a n_b, n_a k_b, k_a n_b and k_a k_b."""

    a: Clusters
    b: Clusters
    nn: float = 0.0
    nk: float = 0.0
    kn: float = 0.0
    kk: float = 0.0

    def covariance(self, rate_a: float, rate_b: float) -> float:
        """Give the covariance of the two rates by linearisation, about the rates given."""
        joint = self.kk - rate_b * self.kn - rate_a * self.nk + rate_a * rate_b * self.nn
        return joint / (self.a.n * self.b.n)

    @property
    def customers(self) -> int:
        """Customers of both sides, those on both counted twice."""
        return self.a.customers + self.b.customers


def of_shares(sides: Sides, looks: Looks = Looks.ONCE, level: float = 1 - ALPHA) -> Difference | None:
    """Compare two shares: side b minus side a; None when a side has no units.

    The interval joins Wilson's two intervals by their distances from the shares (Newcombe 1998, "Interval estimation
    for the difference between independent proportions", Statistics in Medicine 17:873-890, method 10), less what their
    correlation explains (Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", same volume, 2635-2650, method 8; in general form Zou and Donner 2008, Statistics in Medicine
    27:1693-1702). The p value, about the pooled share, is the score test, and McNemar's where all customers are on
    both sides; where customers count several times, the z test of two clustered rates (Deng, Knoblich and Lu 2018). `p`
    is None when there are too few customers (under 30 on a side) or too few successes or failures to be expected.

    >>> found = of_shares(Sides(Clusters.singles([1] * 48 + [0] * 32), Clusters.singles([1] * 56 + [0] * 14)))
    >>> round(found.low, 4), round(found.high, 4)  # Newcombe's example (a): 56/70 - 48/80
    (0.0524, 0.3339)
    """
    if not sides.a.n or not sides.b.n:
        return None
    reach = critical(looks, sides.customers, level)
    low, high = _joined(sides, reach)
    value = sides.b.value - sides.a.value
    return Difference(value, low, high, _p_of_shares(sides, looks))


def of_means(sides: Sides, looks: Looks = Looks.ONCE, level: float = 1 - ALPHA) -> Difference | None:
    """Compare two means of customers' own values: side b minus side a; None when a side has fewer than two customers.

    Welch (1947), "The generalization of Student's problem", Biometrika 34, with the covariance of customers on both
    sides; degrees of freedom after Satterthwaite, rounded down. `p` is None when a side has fewer than 30 customers or
    nothing varies.
    """
    if sides.a.variance is None or sides.b.variance is None:
        return None
    value = sides.b.value - sides.a.value
    error, df = _error_of_means(sides)
    if not error:
        return Difference(value, None, None, None)
    enough = min(sides.a.customers, sides.b.customers) >= MIN_CUSTOMERS
    if looks is Looks.DAILY or df >= NORMAL_FROM:
        reach, p = critical(looks, sides.customers, level), p_value(looks, value / error, sides.customers)
    else:
        reach, p = _t_quantile(0.5 + level / 2, df), 2 * t_cdf(-abs(value / error), df)
    return Difference(value, value - reach * error, value + reach * error, p if enough else None)


def risk_ratio(sides: Sides, looks: Looks = Looks.ONCE, level: float = 1 - ALPHA) -> Interval | None:
    """Give how many times as likely success is on side b as on side a, for customers with one unit each.

    Katz, Baptista, Azen and Pike (1978), "Obtaining confidence intervals for the risk ratio in cohort studies",
    Biometrics 34, method C: normal on the logarithm. None when a side has no success, or customers are on both sides.

    >>> found = risk_ratio(Sides(Clusters.singles([1] * 15 + [0] * 85), Clusters.singles([1] * 30 + [0] * 70)))
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (2.0, 1.149, 3.482)
    """
    a, b = sides.a, sides.b
    if not a.k or not b.k or sides.nn:
        return None
    reach = critical(looks, sides.customers, level)
    half = reach * sqrt(1 / b.k - 1 / b.n + 1 / a.k - 1 / a.n)
    middle = log(b.value / a.value)
    high = exp(middle + half) if middle + half < 700 else inf
    return Interval(b.value / a.value, exp(middle - half), high, sides.customers, "Katz, on the logarithm")


def _joined(sides: Sides, reach: float) -> tuple[float, float]:
    """Give the interval of the difference, `reach` standard errors wide to each side."""
    level = 1 - max(two_sided_p(reach), LEAST)
    a, b = (proportion(side, level) for side in (sides.a, sides.b))
    tie = _correlation(sides)
    down, up = b.value - b.low, a.high - a.value
    low = b.value - a.value - sqrt(max(down * down - 2 * tie * down * up + up * up, 0.0))
    up, down = b.high - b.value, a.value - a.low
    high = b.value - a.value + sqrt(max(up * up - 2 * tie * up * down + down * down, 0.0))
    return max(low, -1.0), min(high, 1.0)


def _correlation(sides: Sides) -> float:
    """Give the correlation of the two shares; 0 where nobody is on both sides, or a side does not vary."""
    if not sides.nn:
        return 0.0
    rate_a, rate_b = sides.a.value, sides.b.value
    spread = _spread(sides.a, rate_a) * _spread(sides.b, rate_b)
    if spread <= 0:
        return 0.0
    return max(-1.0, min(1.0, sides.covariance(rate_a, rate_b) * sides.a.n * sides.b.n / sqrt(spread)))


def _p_of_shares(sides: Sides, looks: Looks) -> float | None:
    a, b = sides.a, sides.b
    if min(a.customers, b.customers) < MIN_CUSTOMERS:
        return None
    pooled = (a.k + b.k) / (a.n + b.n)
    if pooled in (0.0, 1.0):
        return 1.0  # all or none on both sides: no difference can be seen
    if min(a.n, b.n) * min(pooled, 1 - pooled) < looks.fewest:
        return None
    if a.nn == a.n and b.nn == b.n:
        variance = pooled * (1 - pooled) * (1 / a.n + 1 / b.n) - 2 * sides.covariance(pooled, pooled)
    else:
        variance = (a.variance or 0.0) + (b.variance or 0.0) - 2 * sides.covariance(a.value, b.value)
    value = b.value - a.value
    if variance <= 1e-15:
        return 1.0 if not value else None  # the same customers with the same answers
    return p_value(looks, value / sqrt(variance), sides.customers)


def _error_of_means(sides: Sides) -> tuple[float, int]:
    a, b = sides.a, sides.b
    parts = (a.variance or 0.0, b.variance or 0.0)
    variance = sum(parts) - 2 * sides.covariance(a.value, b.value)
    if (_is_flat(a) and _is_flat(b)) or variance <= LEAST * sum(parts):
        return 0.0, 1
    squares = parts[0] ** 2 / (a.customers - 1) + parts[1] ** 2 / (b.customers - 1)
    return sqrt(variance), max(1, floor(sum(parts) ** 2 / squares))


def _is_flat(side: Clusters) -> bool:
    """Say whether all values are the same, but for what floating point makes of them."""
    return _spread(side, side.value) <= 1e-12 * side.kk


def _spread(side: Clusters, rate: float) -> float:
    return side.kk - 2 * rate * side.nk + rate * rate * side.nn


@lru_cache(maxsize=4_096)
def _t_quantile(p: float, df: int) -> float:
    return t_quantile(p, df)
