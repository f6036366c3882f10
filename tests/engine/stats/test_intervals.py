"""Intervals agree with published values and cover what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.distributions import t_cdf, t_quantile
from sojourn.engine.stats.intervals import mean, net_score, proportion, wilson

ROUNDS = 4_000


@pytest.mark.parametrize(
    "k, n, low, high",
    [  # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilson_equals_newcombes_table(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    "p, df, t",
    [  # the table of Student's distribution in every textbook, e.g. NIST/SEMATECH e-Handbook 1.3.6.7.2
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 10, 2.228),
        (0.995, 30, 2.750),
        (0.95, 100, 1.660),
        (0.975, 1_000_000, 1.960),
        (0.025, 10, -2.228),
    ],
)
def test_student_quantiles_equal_the_table(p: float, df: float, t: float) -> None:
    assert t_quantile(p, df) == pytest.approx(t, abs=6e-4)
    assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-11)


def test_student_with_one_degree_is_cauchy() -> None:
    for t in (-20.0, -1.0, 0.3, 1.0, 7.0):
        assert t_cdf(t, 1) == pytest.approx(0.5 + np.arctan(t) / np.pi, abs=1e-12)


def test_a_mean_equals_students_own_sleep_data() -> None:
    # Student (1908), extra sleep of ten patients: mean difference 1.58, t = 4.06, 95 % 0.70 to 2.46
    found = mean(Clusters.singles([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]))
    assert found is not None
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (1.58, 0.70, 2.46)


def test_a_mean_of_one_customer_has_no_interval() -> None:
    assert mean(Clusters.singles([4.0])) is None


def test_singles_give_wilsons_own_interval() -> None:
    assert proportion(Clusters.singles([1] * 15 + [0] * 133)).low == wilson(15, 148).low


def test_answers_of_one_customer_do_not_make_it_narrower() -> None:
    once = proportion(Clusters.of([(1, 1)] * 30 + [(1, 0)] * 30))
    copied = proportion(Clusters.of([(5, 5)] * 30 + [(5, 0)] * 30))
    assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=0.02)
    assert copied.n == 60


def test_when_all_succeed_customers_are_the_sample() -> None:
    assert proportion(Clusters.of([(4, 4)] * 29)).low == wilson(29, 29).low


def test_too_few_is_said_under_thirty_or_when_too_wide() -> None:
    assert wilson(29, 29).is_too_few()
    assert wilson(15, 30).is_too_few()
    assert not wilson(30, 30).is_too_few()
    assert net_score(18, 0, 18).is_too_few(scale=2)
    assert not net_score(150, 100, 50).is_too_few(scale=2)


def coverage(hits: int) -> float:
    return hits / ROUNDS


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.8, 0.15, 0.05), (0.1, 0.1, 0.8)])
@pytest.mark.parametrize("n", [15, 60, 400])
def test_the_net_score_interval_covers_the_truth(shares: tuple[float, float, float], n: int) -> None:
    truth = shares[0] - shares[2]
    drawn = np.random.default_rng(n).multinomial(n, shares, ROUNDS).tolist()
    found = [net_score(*answers) for answers in drawn]
    assert 0.93 <= coverage(sum(each.low <= truth <= each.high for each in found)) <= 0.985


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.85])
def test_the_clustered_interval_covers_where_the_naive_one_does_not(rate: float) -> None:
    random = np.random.default_rng(7)
    clustered = naive = 0
    for _ in range(ROUNDS):
        own = random.beta(2 * rate, 2 * (1 - rate), 150)  # each customer's own rate
        n = random.integers(1, 9, 150)
        k = random.binomial(n, own)
        pairs = Clusters(150, int(n.sum()), int(k.sum()), int((n * n).sum()), int((k * k).sum()), int((n * k).sum()))
        found, wrong = proportion(pairs), wilson(pairs.k, pairs.n)
        clustered += found.low <= rate <= found.high
        naive += wrong.low <= rate <= wrong.high
    assert 0.93 <= coverage(clustered) <= 0.97
    assert coverage(naive) < 0.88


def test_nothing_to_say_is_an_error() -> None:
    for wrong in (lambda: wilson(0, 0), lambda: wilson(2, 1), lambda: net_score(0, 0, 0), lambda: wilson(1, 2, 1.5)):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(ValueError):
        _ = Clusters.of([]).value


@pytest.mark.soak
@pytest.mark.parametrize("n", [20, 30, 50, 100, 200, 500, 1_000, 2_000])
def test_the_net_score_interval_covers_in_94_to_96_of_100_samples(n: int) -> None:
    # populations as companies have them, NPS -30 to +60; the mean over them, 40,000 samples each
    random, covered = np.random.default_rng(n), []
    for shares in ((0.7, 0.2, 0.1), (0.5, 0.3, 0.2), (0.4, 0.3, 0.3), (0.3, 0.4, 0.3), (0.2, 0.3, 0.5)):
        truth = shares[0] - shares[2]
        drawn, times = np.unique(random.multinomial(n, shares, 40_000), axis=0, return_counts=True)
        found = [net_score(*row) for row in drawn.tolist()]
        hits = sum(k for each, k in zip(found, times.tolist(), strict=True) if each.low <= truth <= each.high)
        covered.append(hits / 40_000)
    print(f"n = {n}: {min(covered):.4f} to {max(covered):.4f}, mean {np.mean(covered):.4f}")
    assert min(covered) >= 0.94 and max(covered) <= 0.96
