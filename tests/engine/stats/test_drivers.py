"""Driver importance equals slow, obvious twins and published weights, and finds the order that was planted."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from sojourn.engine.stats.drivers import JOHNSON, LMG, importance, johnson, lmg

SURVEYS = Path(__file__).resolve().parents[4] / "shared" / "data" / "surveys"
PLANTED = (0.9, 0.6, 0.3, 0.0)


def r_squared(covariance: np.ndarray, columns: list[int]) -> float:
    if not columns:
        return 0.0
    inner = covariance[np.ix_(columns, columns)]
    slope = np.linalg.lstsq(inner, covariance[columns, -1], rcond=None)[0]
    return float(slope @ covariance[columns, -1] / covariance[-1, -1])


def naive_lmg(covariance: np.ndarray, groups: list[int]) -> list[float]:
    many = max(groups) + 1
    gains = np.zeros(many)
    orders = list(permutations(range(many)))
    for order in orders:
        inside: list[int] = []
        for driver in order:
            before = r_squared(covariance, inside)
            inside = inside + [place for place, group in enumerate(groups) if group == driver]
            gains[driver] += r_squared(covariance, inside) - before
    return (gains / len(orders)).tolist()


def drawn(seed: int, n: int, slopes: tuple[float, ...], tie: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n, 1))
    columns = tie * shared + np.sqrt(1 - tie * tie) * random.normal(size=(n, len(slopes)))
    return columns, columns @ np.array(slopes) + random.normal(0.0, 2.0, n)


@pytest.mark.parametrize("groups", [[0, 1, 2, 3], [0, 0, 1, 2], [0, 1, 1, 1]])
def test_lmg_equals_the_mean_over_all_orders(groups: list[int]) -> None:
    columns, score = drawn(1, 300, PLANTED)
    columns[:, 3] = columns[:, 0] + columns[:, 1]  # one column that says nothing of its own
    covariance = np.cov(np.column_stack([columns, score]).T)
    found = lmg(covariance[None], groups)[0]
    assert found == pytest.approx(naive_lmg(covariance, groups), abs=1e-9)
    assert found.sum() == pytest.approx(r_squared(covariance, [0, 1, 2, 3]), abs=1e-9)


def test_independent_drivers_share_their_squared_correlations() -> None:
    covariance = np.eye(4)
    covariance[3, :3] = covariance[:3, 3] = (0.5, 0.3, 0.1)
    for shares in (lmg(covariance[None], [0, 1, 2]), johnson(covariance[None], [0, 1, 2])):
        assert shares[0] == pytest.approx([0.25, 0.09, 0.01])


def test_johnson_weights_of_two_drivers_equal_lmg() -> None:
    # with two predictors Johnson's weights are the average over orders (Johnson 2000; proved by Thomas et al. 2014)
    covariance = np.array([[1.0, 0.6, 0.5], [0.6, 1.0, 0.7], [0.5, 0.7, 1.0]])
    assert johnson(covariance[None], [0, 1])[0] == pytest.approx(lmg(covariance[None], [0, 1])[0])


def recovered(runs: int, n: int) -> int:
    hits = 0
    for seed in range(runs):
        columns, score = drawn(seed, n, PLANTED)
        found = importance(columns, score, range(4), np.arange(n) // 2, draws=2)
        hits += found.share.argsort()[::-1].tolist() == [0, 1, 2, 3]
    return hits


def test_the_planted_order_is_found() -> None:
    assert recovered(20, 1_500) >= 19


@pytest.mark.soak
def test_the_planted_order_is_found_in_95_of_100_simulations() -> None:
    hits = recovered(100, 1_500)
    print(f"planted order found in {hits} of 100")
    assert hits >= 95


def test_bootstrap_bounds_hold_the_truth() -> None:
    columns, score = drawn(99, 200_000, PLANTED)
    truth = importance(columns, score, range(4), np.arange(len(score)), draws=2).share
    held = np.zeros(4)
    for seed in range(20):
        columns, score = drawn(seed, 800, PLANTED)
        found = importance(columns, score, range(4), np.arange(800), draws=100)
        held += (found.low <= truth) & (truth <= found.high)
    assert (held[:3] >= 16).all()  # the fourth share is nearly 0, which no share falls below


def test_customers_who_answer_often_widen_the_bounds() -> None:
    columns, score = drawn(7, 400, PLANTED)
    often = [np.repeat(each, 5, axis=0) for each in (columns, score)]
    alone = importance(often[0], often[1], range(4), np.arange(2_000))
    by_customer = importance(often[0], often[1], range(4), np.repeat(np.arange(400), 5))
    assert by_customer.share == pytest.approx(alone.share)
    assert (by_customer.high - by_customer.low)[0] > 1.7 * (alone.high - alone.low)[0]
    assert by_customer.method == LMG and by_customer.first.sum() == pytest.approx(1)


def test_many_drivers_are_weighed_as_johnson_does() -> None:
    columns, score = drawn(5, 2_000, (*PLANTED, *[0.05] * 10))
    found = importance(columns, score, range(14), np.arange(2_000), draws=20)
    assert found.method == JOHNSON
    assert found.share.argsort()[::-1][:3].tolist() == [0, 1, 2]
    fit = np.linalg.lstsq(np.column_stack([np.ones(2_000), columns]), score, rcond=None)[0]
    assert found.slopes == pytest.approx(fit[1:], abs=1e-8)


def test_a_score_that_does_not_vary_is_refused() -> None:
    with pytest.raises(ValueError, match="does not vary"):
        importance(np.ones((5, 1)), np.ones(5), [0], np.arange(5))


@pytest.mark.data
def test_on_real_answers_both_ways_rank_pricing_among_the_two_strongest() -> None:
    if not SURVEYS.exists():
        pytest.skip("the real surveys are not beside the project")
    with (SURVEYS / "customerSat.csv").open() as file:
        items = np.array([[float(each) for each in row.values()] for row in csv.DictReader(file)])
    assert np.corrcoef(items.T)[0, 3] == pytest.approx(0.775, abs=5e-4), "overall with pricing, as published"
    covariance = np.cov(np.column_stack([items[:, 1:], items[:, 0]]).T)[None]
    shares = lmg(covariance, range(9))[0], johnson(covariance, range(9))[0]
    for each in shares:
        assert each.sum() == pytest.approx(r_squared(covariance[0], list(range(9))), abs=1e-9)
        assert set(each.argsort()[-2:].tolist()) == {2, 4}, "q4 (pricing) and q6"
    assert np.abs(shares[0] - shares[1]).max() < 0.015
