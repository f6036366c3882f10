"""Mix and rate add up to the change, and are told apart where they were planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stats.mixing import decompose


def split(before: dict[int, list[float]], after: dict[int, list[float]]):  # type: ignore[no-untyped-def]
    rows = [(part, late, score) for late, side in ((False, before), (True, after)) for part, scores in side.items()
            for score in scores]  # fmt: skip
    part, late, score = (np.array(each) for each in zip(*rows, strict=True))
    return decompose(part, late, score.astype(float), np.arange(len(rows)), int(part.max()) + 1)


def test_kitagawas_components_by_hand() -> None:
    # shares 0.5, 0.5 to 0.8, 0.2; means 4, 2 to 4.5, 2: change 4.0 - 3.0 = 1.0
    found = split({0: [4.0] * 50, 1: [2.0] * 50}, {0: [4.5] * 80, 1: [2.0] * 20})
    assert found.change == pytest.approx(1.0)
    assert found.rate == pytest.approx([0.65 * 0.5, 0.0])
    assert found.mix.sum() == pytest.approx(0.3 * (4.25 - 2.0))
    assert (found.mix > 0).all(), "a good part that grows adds, and a bad one that shrinks does"


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(-1, 1)), min_size=2, max_size=80))
@settings(deadline=None, max_examples=80)
def test_the_parts_add_up_to_the_change(rows: list[tuple[int, bool, int]]) -> None:
    part, late, score = (np.array(each) for each in zip(*rows, strict=True))
    if late.all() or not late.any():
        with pytest.raises(ValueError, match="no answers"):
            decompose(part, late, score.astype(float), np.arange(len(rows)), 5)
        return
    found = decompose(part, late, score.astype(float), np.arange(len(rows)), 5)
    assert found.change == pytest.approx(score[late].mean() - score[~late].mean(), abs=1e-12)
    assert found.rate.sum() + found.mix.sum() == pytest.approx(found.change, abs=1e-12)


def test_intervals_cover_the_planted_mix_and_rate() -> None:
    random, held = np.random.default_rng(5), np.zeros(2)
    share, mean = np.array([[0.5, 0.5], [0.7, 0.3]]), np.array([[0.8, 0.4], [0.7, 0.4]])
    truth = ((share.mean(axis=0) * (mean[1] - mean[0])).sum(), 0.2 * 0.75 - 0.2 * 0.4)
    for _ in range(200):
        late = np.repeat([False, True], 800)
        part = (random.random(1_600) > share[late.astype(int), 0]).astype(int)
        score = (random.random(1_600) < mean[late.astype(int), part]).astype(float)
        found = decompose(part, late, score, random.permutation(10**6)[:1_600], 2)
        held += (abs(found.rate.sum() - truth[0]) <= found.rate_sum_half,
                 abs(found.mix.sum() - truth[1]) <= found.mix_sum_half)  # fmt: skip
    assert (held >= 180).all()
