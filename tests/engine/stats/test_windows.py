"""A year of looks at an unchanged score says "real change" in at most 5 % of years."""

from __future__ import annotations

import numpy as np
import pytest

from sojourn.engine.stats.changes import difference
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.looking import Looks
from sojourn.engine.stats.looking import critical as growing
from sojourn.engine.stats.windows import YEAR_DAYS, critical, moved, p_value

SCORES = {
    "nps": ((1.0, 0.0, -1.0), (0.5, 0.3, 0.2)),
    "csat": ((1.0, 0.0), (0.8, 0.2)),
    "ces": ((1.0, 2.0, 3.0, 4.0, 5.0), (0.55, 0.25, 0.1, 0.05, 0.05)),
}


def sums(values: np.ndarray, customers: np.ndarray) -> Clusters:
    n, k = np.bincount(customers), np.bincount(customers, values)
    return Clusters.of(zip(n.tolist(), k.tolist(), strict=True))


def fooled_years(kind: str, window: int, daily: float, years: int, seed: int) -> tuple[float, float, float]:
    """Look every day of each year at a score that does not change: shares of years with a finding, three ways."""
    random = np.random.default_rng(seed)
    points, shares = SCORES[kind]
    fooled = np.zeros(3)
    for _ in range(years):
        counts = random.poisson(daily, YEAR_DAYS + 2 * window)
        drawn = random.choice(points, counts.sum(), p=shares)
        day = np.repeat(np.arange(len(counts)), counts)
        n, k, kk = (
            np.concatenate([[0.0], np.cumsum(np.bincount(day, each, len(counts)))])
            for each in (np.ones_like(drawn), drawn, drawn * drawn)
        )
        ends = np.arange(2 * window, len(counts) + 1)
        side = []
        for until in (ends, ends - window):
            m, s, q = (each[until] - each[until - window] for each in (n, k, kk))
            side.append((m, s / m, (q / m - (s / m) ** 2) / (m - 1)))
        (m1, a, va), (m2, b, vb) = side
        z = np.where((m1 >= 30) & (m2 >= 30), np.abs(a - b) / np.sqrt(va + vb), 0.0)
        worst = int(np.argmax(z))
        pair = [(drawn[(day >= since) & (day < since + window)]) for since in (worst + window, worst)]
        found = moved(*(Clusters.singles(each.tolist()) for each in pair), window)
        fooled += (found.p is not None and found.p < 0.05, z.max() > 1.96, z.max() > growing(Looks.DAILY, m1[0] * 2))
    return tuple(fooled / years)  # type: ignore[return-value]


def test_a_year_of_daily_looks_at_an_unchanged_score_seldom_fools() -> None:
    mine, plain, _ = fooled_years("nps", 28, 12, 150, seed=5)
    assert mine <= 0.05
    assert plain > 0.85, "the test of a finished period fools almost everybody within a year"


@pytest.mark.soak
@pytest.mark.parametrize("kind", SCORES)
@pytest.mark.parametrize(("window", "daily"), [(28, 2), (28, 20), (90, 0.6), (90, 10), (365, 1)])
def test_two_thousand_years_of_daily_looks_fool_in_at_most_five_percent(kind: str, window: int, daily: float) -> None:
    mine, plain, growing_sides = fooled_years(kind, window, daily, 2_000, seed=window)
    print(f"{kind} {window} days, {daily} a day: {mine:.4f}, plain {plain:.3f}, growing {growing_sides:.3f}")
    assert mine <= 0.05


def test_a_change_that_is_there_is_found_and_held_by_its_interval() -> None:
    random = np.random.default_rng(3)
    held = found = 0
    for _ in range(60):
        before, after = (random.choice([1.0, 0.0, -1.0], 600, p=p) for p in ((0.5, 0.3, 0.2), (0.4, 0.25, 0.35)))
        change = moved(Clusters.singles(after.tolist()), Clusters.singles(before.tolist()), 90)
        assert change.low is not None and change.high is not None
        held += change.low <= -0.25 <= change.high
        found += change.is_real() is True
    assert held >= 58 and found >= 45


def test_customers_who_answer_often_make_it_more_careful() -> None:
    random = np.random.default_rng(4)
    values = [np.repeat(random.choice([1.0, 0.0], 100, p=[0.6, 0.4]), 4) for _ in range(2)]
    once = [sums(each, np.arange(400)) for each in values]
    often = [sums(each, np.repeat(np.arange(100), 4)) for each in values]
    narrow, wide = (moved(pair[0], pair[1], 28) for pair in (once, often))
    assert (wide.high or 0) - (wide.low or 0) > 1.9 * ((narrow.high or 0) - (narrow.low or 0))


def test_p_value_and_interval_agree_and_short_windows_need_more() -> None:
    for window in (7, 28, 90, 365, 1000):
        assert p_value(critical(window), window) == pytest.approx(0.05, abs=1e-6)
    assert critical(7) > critical(28) > critical(90) > critical(365) > 2.8


def test_nothing_is_said_without_variance() -> None:
    same = Clusters.singles([1.0] * 40)
    assert moved(same, same, 28).p is None
    assert difference(same, same).p is None
