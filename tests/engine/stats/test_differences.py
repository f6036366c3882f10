"""Differences equal published examples, cover what they promise to cover, and stay honest when looked at daily."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.differences import Sides, of_means, of_shares, risk_ratio
from sojourn.engine.stats.distributions import two_sided_p
from sojourn.engine.stats.looking import Looks, critical, p_value


def counted(k: float, n: float) -> Clusters:
    return Clusters(int(n), n, k, n, k, k)


def paired(both: int, only_a: int, only_b: int, neither: int) -> Sides:
    n = both + only_a + only_b + neither
    return Sides(counted(both + only_a, n), counted(both + only_b, n), n, both + only_b, both + only_a, both)


# Newcombe (1998), Statistics in Medicine 17, table II, method 10, contrasts (a) to (d) and (f): counts, bounds
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("k_b", "n_b", "k_a", "n_a", "low", "high"), NEWCOMBE)
def test_the_interval_equals_newcombes(k_b: int, n_b: int, k_a: int, n_a: int, low: float, high: float) -> None:
    found = of_shares(Sides(counted(k_a, n_a), counted(k_b, n_b)))
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


def test_the_same_customers_on_both_sides_are_tested_as_mcnemar_did() -> None:
    # Agresti, "Categorical Data Analysis", 2nd edition, table 10.1: approval of the prime minister in two surveys
    found = of_shares(paired(794, 150, 86, 570))
    assert found is not None and found.p is not None
    assert found.p == pytest.approx(two_sided_p((86 - 150) / sqrt(86 + 150)), rel=1e-9)
    assert found.low is not None and found.high is not None
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (-0.04, -0.06, -0.02)


def test_customers_on_both_sides_narrow_the_interval_when_they_stay_as_they_were() -> None:
    tied, free = of_shares(paired(400, 30, 50, 520)), of_shares(Sides(counted(430, 1000), counted(450, 1000)))
    assert tied is not None and free is not None and tied.p is not None and free.p is not None
    assert tied.high - tied.low < 0.6 * (free.high - free.low)  # type: ignore[operator]
    assert tied.p < free.p


def test_nothing_is_said_of_too_few_customers_or_successes() -> None:
    few = of_shares(Sides(counted(10, 29), counted(20, 40)))
    rare = of_shares(Sides(counted(0, 1000), counted(6, 1000)))
    assert few is not None and rare is not None and (few.p, rare.p) == (None, None)
    assert of_shares(Sides(counted(0, 0), counted(1, 2))) is None
    same = of_shares(Sides(counted(40, 40), counted(50, 50)))
    assert same is not None and (same.value, same.p) == (0.0, 1.0)
    daily = of_shares(Sides(counted(10, 1000), counted(24, 1000)), Looks.DAILY)
    assert daily is not None and daily.p is None, "17 successes a side are expected, daily looks begin at 20"


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.0])
def test_the_interval_covers_the_true_difference(overlap: float) -> None:
    random = np.random.default_rng(5)
    covered, rounds, n, p_a, p_b = 0, 2_000, 300, 0.12, 0.20
    for _ in range(rounds):
        own = random.normal(0, 1, 2 * n)  # what ties a customer's two answers together
        at_b = np.arange(n) + round((1 - overlap) * n)
        yes_a = _yes(own[:n], random.normal(0, 1, n), p_a)
        yes_b = _yes(own[at_b], random.normal(0, 1, n), p_b)
        shared = n - round((1 - overlap) * n)
        a, b = yes_a[n - shared :], yes_b[:shared]
        cross = (float(shared), float(b.sum()), float(a.sum()), float((a & b).sum()))
        found = of_shares(Sides(counted(float(yes_a.sum()), n), counted(float(yes_b.sum()), n), *cross))
        assert found is not None and found.low is not None and found.high is not None
        covered += found.low <= p_b - p_a <= found.high
    assert 0.935 <= covered / rounds <= 0.968


def _yes(own: np.ndarray, noise: np.ndarray, p: float) -> np.ndarray:
    from sojourn.engine.stats.distributions import normal_quantile

    return (0.8 * own + 0.6 * noise) < normal_quantile(p)


def test_means_are_compared_as_welch_did() -> None:
    # the example of R's t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = of_means(Sides(Clusters.singles(first * 3), Clusters.singles(second * 3)))
    assert found is not None and found.p is not None
    assert (round(found.value, 2), found.p) == (1.58, pytest.approx(0.00148, abs=2e-4))
    few = of_means(Sides(Clusters.singles(first), Clusters.singles(second)))
    assert few is not None and few.p is None, "10 customers are too few"
    # its interval with 17.776 degrees of freedom is -0.2055 to 3.3655; here they are rounded down
    assert few.low == pytest.approx(-0.2055, abs=7e-3) and few.high == pytest.approx(3.3655, abs=7e-3)
    both = sum(a * b for a, b in zip(first, second, strict=True))
    tied = of_means(Sides(Clusters.singles(first), Clusters.singles(second), 10, sum(second), sum(first), both))
    assert tied is not None and tied.low is not None and tied.low > 0, "paired, as t.test(..., paired = TRUE) finds"


def test_nothing_is_said_of_means_that_do_not_vary() -> None:
    found = of_means(Sides(Clusters.singles([2.0] * 40), Clusters.singles([2.0] * 40)))
    assert found is not None and (found.value, found.p, found.low) == (0.0, None, None)
    assert of_means(Sides(Clusters.singles([1.0]), Clusters.singles([1.0, 2.0]))) is None


def test_the_ratio_of_risks_equals_the_published_one() -> None:
    # Physicians' Health Study (1989): heart attacks, 189 of 11,034 with placebo, 104 of 11,037 with aspirin;
    # Agresti, "Categorical Data Analysis", 2nd edition, section 3.1.4: 1.82, from 1.43 to 2.31
    found = risk_ratio(Sides(counted(104, 11_037), counted(189, 11_034)))
    assert found is not None
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (1.82, 1.43, 2.31)
    assert risk_ratio(Sides(counted(0, 50), counted(5, 50))) is None


def test_who_looks_every_day_is_not_fooled() -> None:
    random = np.random.default_rng(3)
    fooled, fooled_once, rounds = 0, 0, 1_000
    days = np.linspace(200, 6_000, 40).astype(int)
    for _ in range(rounds):
        sums = [np.cumsum(random.random(6_000) < 0.1) for _ in range(2)]
        looks = dict.fromkeys(Looks, False)
        for day in days:
            sides = Sides(*(counted(float(each[day - 1]), float(day)) for each in sums))
            for how in Looks:
                found = of_shares(sides, how)
                assert found is not None
                looks[how] |= found.p is not None and found.p < 0.05
        fooled, fooled_once = fooled + looks[Looks.DAILY], fooled_once + looks[Looks.ONCE]
    assert fooled / rounds <= 0.05
    assert fooled_once / rounds > 0.2, "the ordinary test is fooled far more often than it says"


def test_the_sequence_and_its_p_value_are_one_thing() -> None:
    for customers in (100, 2_000, 500_000):
        edge = critical(Looks.DAILY, customers)
        assert p_value(Looks.DAILY, edge, customers) == pytest.approx(0.05)
        assert edge > critical(Looks.ONCE, customers)
    assert p_value(Looks.DAILY, 0.0, 500) == 1.0
