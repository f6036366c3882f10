"""Is the change from one moving window to the next real, for who looks again and again for a year?

A page shows the last 28 days beside the 28 before, and both move with every look. Testing such a pair at 5 % each time
fooled somebody within the year in 95 of 100 simulated years in which nothing had changed, and the confidence sequence
of `looking`, which holds for sides that only grow, in 22 of 100. What is looked at is a moving sum: Eichinger and Kirch
(2018), "A MOSUM procedure for the estimation of multiple random change points", Bernoulli 24(1), section 2. Under no
change its standardised difference is, over time counted in windows, a Gaussian process with correlation 1 - 3/2 |u|
near u = 0, and the probability that it ever passes c within T windows is about 2 (3/2 T c phi(c) + 1 - Phi(c)):
Pickands (1969), "Upcrossing probabilities for stationary Gaussian processes", Transactions of the AMS 145.
That is for looks without a pause between them; who looks once a day is fooled more rarely.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, pi, sqrt
from typing import Final

from sojourn.engine.stats.changes import ALPHA, Difference
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import normal_quantile, t_cdf, t_quantile, two_sided_p

YEAR_DAYS: Final = 365  # for so long the promise holds
METHOD: Final = "moving windows, valid at every look for a year (MOSUM)"
SLOPE: Final = 1.5  # of the correlation of two adjacent windows' difference with itself, a share of a window later
FROM: Final = 1.0  # below, the approximation is no longer a probability, and no change is near
NORMAL_FROM: Final = 1_000  # degrees of freedom from which Student's distribution is the normal one
TINY: Final = 1e-300


def moved(after: Clusters, before: Clusters, window_days: float, level: float = 1 - ALPHA) -> Difference:
    """Compare a rate, mean or net score of a window with that of the window of the same length just before it.

    The interval and the p value hold at all looks of a year at once. Tails are Student's, as the variance is estimated.
    `p` is None when nothing can be said. Raise ValueError when a side has no units.
    """
    value = after.value - before.value
    if after.variance is None or before.variance is None or after.variance + before.variance == 0:
        return Difference(value, None, None, None)
    error = sqrt(after.variance + before.variance)
    df = after.customers + before.customers - 2
    half = _reach(window_days, level, df) * error
    z = -normal_quantile(max(t_cdf(-abs(value / error), df), TINY))
    return Difference(value, value - half, value + half, p_value(z, window_days))


def p_value(z: float, window_days: float) -> float:
    """Give the probability that an unchanged figure is ever so far from itself within a year of looks.

    >>> round(p_value(1.96, 28), 3), round(p_value(4.0, 28), 3)
    (1.0, 0.021)
    """
    z = abs(z)
    if z <= FROM:
        return 1.0
    windows = YEAR_DAYS / window_days
    return min(1.0, 2 * SLOPE * windows * z * exp(-z * z / 2) / sqrt(2 * pi) + two_sided_p(z))


@lru_cache(maxsize=512)
def critical(window_days: float, level: float = 1 - ALPHA) -> float:
    """Give how many standard errors the interval of a change reaches to each side.

    >>> round(critical(28), 2), round(critical(90), 2), round(critical(365), 2)
    (3.76, 3.41, 2.94)
    """
    low, high = FROM, 40.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if p_value(middle, window_days) > 1 - level else (low, middle)
    return high


@lru_cache(maxsize=4_096)
def _reach(window_days: float, level: float, df: int) -> float:
    """Give how far as many standard errors reach where they are estimated with so many degrees of freedom."""
    normal = critical(window_days, level)
    return normal if df >= NORMAL_FROM else t_quantile(1 - two_sided_p(normal) / 2, df)
