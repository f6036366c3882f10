"""Raking equals a slow, independent reference; weighted intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.weighting import rake, weighted


def reference(groups: list[np.ndarray], shares: list[np.ndarray]) -> np.ndarray:
    """Solve for the raking weights by Newton's method on the dual, answer by answer: no proportional fitting."""
    n = len(groups[0])
    design = np.column_stack([group == place for group, share in zip(groups, shares, strict=True)
                              for place in range(len(share))]).astype(float)  # fmt: skip
    target = np.concatenate(shares) * n
    slope = np.zeros(design.shape[1])
    for _ in range(200):
        weights = np.exp(design @ slope)
        step = np.linalg.lstsq(design.T @ (design * weights[:, None]), target - design.T @ weights, rcond=None)[0]
        slope += step
        if np.abs(step).max() < 1e-13:
            break
    return np.exp(design @ slope)


def drawn(seed: int, n: int = 800) -> tuple[list[np.ndarray], list[np.ndarray]]:
    random = np.random.default_rng(seed)
    groups = [random.choice(k, n, p=random.dirichlet(np.full(k, 5.0))) for k in (2, 3, 5)]
    return groups, [random.dirichlet(np.full(k, 20.0)) for k in (2, 3, 5)]


@pytest.mark.parametrize("seed", range(8))
def test_raking_equals_the_reference_to_a_millionth(seed: int) -> None:
    groups, shares = drawn(seed)
    found = rake(groups, shares, trim_at=None)
    assert np.abs(found.weights - reference(groups, shares)).max() < 1e-6
    assert found.worst < 1e-9 and not found.is_trimmed
    assert found.weights.mean() == pytest.approx(1.0)


def test_one_margin_is_post_stratification_and_kish_says_its_cost() -> None:
    # 80 and 20 of a population half and half: weights 0.625 and 2.5; deff = n sum w^2 / (sum w)^2 = 1.5625
    found = rake([np.repeat([0, 1], [80, 20])], [np.array([0.5, 0.5])])
    assert sorted(set(found.weights.round(12))) == [0.625, 2.5]
    assert (found.design_effect, found.effective) == (pytest.approx(1.5625), pytest.approx(64.0))


def test_deming_and_stephan_keep_the_odds_of_the_sample() -> None:
    # what raking never changes: cross ratios of the table (Deming and Stephan 1940)
    groups = [np.repeat([0, 0, 1, 1], [40, 10, 20, 30]), np.repeat([0, 1, 0, 1], [40, 10, 20, 30])]
    weights = rake(groups, [np.array([0.3, 0.7]), np.array([0.4, 0.6])]).weights
    cell = np.bincount(groups[0] * 2 + groups[1], weights)
    assert cell[0] * cell[3] / (cell[1] * cell[2]) == pytest.approx(40 * 30 / (10 * 20))


def test_large_weights_are_cut_and_the_miss_is_told() -> None:
    groups = [np.repeat([0, 1], [990, 10])]
    found = rake(groups, [np.array([0.7, 0.3])], trim_at=5.0)
    assert found.is_trimmed and found.weights.max() == pytest.approx(5.0)
    assert found.weights.mean() == pytest.approx(1.0) and found.worst == pytest.approx(0.25)


def test_groups_without_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        rake([np.zeros(10, int)], [np.array([0.5, 0.5])])


def test_the_weighted_interval_covers_the_populations_mean_where_the_plain_one_misses() -> None:
    random, hits, plain = np.random.default_rng(2), 0, 0
    truth = 0.5 * 0.8 + 0.5 * 0.4
    for _ in range(400):
        young = random.random(600) < 0.2  # half of the population, a fifth of the answers
        score = (random.random(600) < np.where(young, 0.4, 0.8)).astype(float)
        found = rake([young.astype(int)], [np.array([0.5, 0.5])])
        sums = zip(found.weights.tolist(), (found.weights * score).tolist(), strict=True)
        interval = weighted(Clusters.of(sums), found.effective)
        assert interval is not None
        hits += interval.low <= truth <= interval.high
        plain += abs(score.mean() - truth) < 1.96 * score.std() / 600**0.5
    assert 370 <= hits <= 394 and plain < 40
