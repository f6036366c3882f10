"""A change is called real as often as promised, and the family correction is the published one."""

from __future__ import annotations

import numpy as np
import pytest

from sojourn.engine.stats.changes import benjamini_hochberg, difference
from sojourn.engine.stats.clusters import Clusters


def test_benjamini_hochberg_equals_the_papers_example() -> None:
    # Benjamini and Hochberg (1995), section 3.2: 15 hypotheses, four rejected at 5 %
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    adjusted = benjamini_hochberg(p_values)
    assert sum(p is not None and p < 0.05 for p in adjusted) == 4


def test_what_cannot_be_tested_stays_out_of_the_family() -> None:
    assert benjamini_hochberg([0.02, None, 0.04]) == [0.04, None, 0.04]
    assert benjamini_hochberg([]) == []


def test_two_proportions_equal_the_textbook_test() -> None:
    # unpooled z test of 45/100 against 30/100: 0.15 / sqrt(0.2475/99 + 0.21/99) with variances of n - 1
    found = difference(Clusters.singles([1] * 45 + [0] * 55), Clusters.singles([1] * 30 + [0] * 70))
    assert found.value == pytest.approx(0.15)
    assert found.p == pytest.approx(0.027421, abs=2e-4)
    assert found.is_real()


def test_nothing_is_said_without_variance_or_customers() -> None:
    same = difference(Clusters.singles([1] * 40), Clusters.singles([1] * 40))
    assert (same.value, same.p, same.is_real()) == (0.0, None, None)
    assert difference(Clusters.singles([1]), Clusters.singles([0, 1])).is_real() is None


@pytest.mark.parametrize("kind", ["proportion", "net score"])
def test_false_alarms_stay_at_five_percent_when_customers_answer_often(kind: str) -> None:
    random = np.random.default_rng(11)
    alarms, naive_alarms, rounds = 0, 0, 3_000
    for _ in range(rounds):
        sides, naive = [], []
        for _ in range(2):
            n = random.integers(1, 9, 200)
            own = random.beta(1, 1, 200)
            k = random.binomial(n, own) if kind == "proportion" else 2 * random.binomial(n, own) - n
            sides.append(
                Clusters(200, *(float(x) for x in (n.sum(), k.sum(), (n * n).sum(), (k * k).sum(), (n * k).sum())))
            )
            squares = k.sum() if kind == "proportion" else n.sum()
            naive.append(
                Clusters(int(n.sum()), float(n.sum()), float(k.sum()), float(n.sum()), float(squares), float(k.sum()))
            )
        alarms += bool(difference(*sides).is_real())
        naive_alarms += bool(difference(*naive).is_real())
    assert 0.038 <= alarms / rounds <= 0.064
    assert naive_alarms / rounds > 0.15
