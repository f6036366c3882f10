"""Is a change real? One test for two finished periods, and the family correction for many shown together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import normal_quantile, two_sided_p

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """What `after` minus `before` is, its 95 % bounds and p value; `p` is None when nothing can be said.

    Nothing can be said when a side has fewer than two customers or when no answer differs from another (zero
    variance).
    """

    value: float
    low: float | None
    high: float | None
    p: float | None

    def is_real(self, alpha: float = ALPHA) -> bool | None:
        """Say whether the change is real at this level; None when nothing can be said."""
        return None if self.p is None else self.p < alpha


def difference(after: Clusters, before: Clusters, level: float = 1 - ALPHA) -> Difference:
    """Compare two rates, means or net scores, each with its customers as clusters.

    The z test of two independent ratio estimators: Deng, Knoblich and Lu (2018), "Applying the delta method in
    metric analytics", KDD. A customer in both periods makes the test more careful, not less, as
    one customer's answers agree with each other. Raise ValueError when a side has no units.
    """
    value = after.value - before.value
    if after.variance is None or before.variance is None or after.variance + before.variance == 0:
        return Difference(value, None, None, None)
    error = sqrt(after.variance + before.variance)
    half = normal_quantile(0.5 + level / 2) * error
    return Difference(value, value - half, value + half, two_sided_p(value / error))


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Give each p value adjusted for the family shown together: real where the adjusted one is under 5 %.

    Controls the share of false alarms among alarms: Benjamini and Hochberg (1995), "Controlling the false discovery
    rate", JRSS B 57; adjusted values as in Yekutieli and Benjamini (1999). None stays None and does not
    belong to the family.

    >>> [round(p, 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for rank in range(len(known), 0, -1):
        p, place = known[rank - 1]
        lowest = min(lowest, p * len(known) / rank)
        adjusted[place] = lowest
    return adjusted
