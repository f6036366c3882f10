"""Rates and means whose unit is the customer.

A customer with many answers says less than as many customers with one each: a test that counts answers as if
they were independent raised 27.6 % false alarms where 5 % were promised. A rate is therefore estimated as a ratio of
sums over customers and its variance by linearisation: Cochran (1977), "Sampling Techniques", chapter 6 (ratio
estimators); Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD (cluster randomisation).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Clusters:
    """Sums over customers with `n` units each (answers, journeys) that score `k` together.

    `k` counts successes for a proportion, adds scores for a mean, and adds +1, 0 and -1 for an NPS.
    """

    customers: int
    n: float
    k: float
    nn: float  # sum of n * n
    kk: float  # sum of k * k
    nk: float  # sum of n * k

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> Clusters:
        """Sum up each customer's (n, k).

        >>> Clusters.of([(1, 1), (3, 0)]).value
        0.25
        """
        rows = [(n, k) for n, k in pairs if n]
        return cls(
            customers=len(rows),
            n=sum(n for n, _ in rows),
            k=sum(k for _, k in rows),
            nn=sum(n * n for n, _ in rows),
            kk=sum(k * k for _, k in rows),
            nk=sum(n * k for n, k in rows),
        )

    @classmethod
    def singles(cls, values: Iterable[float]) -> Clusters:
        """Sum up customers with one unit each."""
        return cls.of((1, value) for value in values)

    @property
    def value(self) -> float:
        """The rate or mean: all scores over all units. Raise ValueError when there are none."""
        if not self.n:
            raise ValueError("no units: the rate means nothing")
        return self.k / self.n

    @property
    def variance(self) -> float | None:
        """Variance of `value`; None when fewer than two customers tell nothing of it."""
        if self.customers < 2:
            return None
        rate = self.value
        spread = max(self.kk - 2 * rate * self.nk + rate * rate * self.nn, 0.0)
        return self.customers / (self.customers - 1) * spread / (self.n * self.n)

    @property
    def error(self) -> float | None:
        """Standard error of `value`."""
        variance = self.variance
        return None if variance is None else sqrt(variance)
