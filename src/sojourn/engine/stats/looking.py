"""How wide an interval must be, and how small a p value is, for who looks once and for who looks every day.

Who looks at a running comparison every day and stops at the first finding is wrong far more often than 5 % of the
time. The second pair of functions holds at every look at once: the asymptotic confidence sequence of
Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence
sequences", Annals of Statistics 52(6), theorem 2.2 and its optimal rho (appendix B.2).
"""

from __future__ import annotations

from enum import StrEnum
from math import exp, log, sqrt

from sojourn.engine.stats.distributions import normal_quantile, two_sided_p

TIGHTEST = 2_000  # customers at which the sequence is narrowest; chosen beforehand, as it must not depend on the data
ALPHA = 0.05
FEWEST_SUCCESSES = {"once": 5, "daily": 20}


class Looks(StrEnum):
    """Whether a comparison is looked at once, when it is over, or again and again while it runs."""

    ONCE = "once"
    DAILY = "daily"

    @property
    def method(self) -> str:
        """Name the method, to be shown beside the number."""
        if self is Looks.ONCE:
            return "one test of a finished comparison"
        return "asymptotic confidence sequence, valid at every look"

    @property
    def fewest(self) -> int:
        """Successes, and failures, that a side must be expected to have before anything is said of a share."""
        return FEWEST_SUCCESSES[self.value]


def critical(looks: Looks, customers: float, level: float = 1 - ALPHA) -> float:
    """Give how many standard errors an interval of this level reaches to each side, with so many customers in all.

    >>> round(critical(Looks.ONCE, 2_000), 2), round(critical(Looks.DAILY, 2_000), 2)
    (1.96, 3.04)
    """
    alpha = 1 - level
    if looks is Looks.ONCE:
        return normal_quantile(1 - alpha / 2)
    grown = customers * _rho_squared(alpha)
    return sqrt(2 * (grown + 1) / grown * log(sqrt(grown + 1) / alpha))


def p_value(looks: Looks, z: float, customers: float) -> float:
    """Give the p value of a difference `z` standard errors from none; for daily looks it holds at every look.

    That one is 1 over the mixture martingale whose level set is the confidence sequence: an e value's inverse, so that
    correcting it by Benjamini and Hochberg is the e-BH procedure, which holds under any dependence: Wang and Ramdas
    (2022), "False discovery rate control with e-values", JRSS B 84.

    >>> round(p_value(Looks.ONCE, 1.959964, 500), 4), round(p_value(Looks.DAILY, 3.0352, 2_000), 3)
    (0.05, 0.05)
    """
    if looks is Looks.ONCE:
        return two_sided_p(z)
    grown = customers * _rho_squared(ALPHA)
    return min(1.0, sqrt(grown + 1) * exp(-z * z * grown / (2 * (grown + 1))))


def _rho_squared(alpha: float) -> float:
    return (-2 * log(alpha) + log(1 - 2 * log(alpha))) / TIGHTEST
