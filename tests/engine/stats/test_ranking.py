"""Rank ranges hold all true ranks at once as often as they promise."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import proportion
from sojourn.engine.stats.ranking import level_of_each, rank_ranges

BOUNDS = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(BOUNDS, max_size=12))
@hypothesis_settings(deadline=None, max_examples=100)
def test_each_order_that_the_intervals_allow_lies_in_the_ranges(intervals: list[tuple[float, float]]) -> None:
    for larger_first in (True, False):
        ranges = rank_ranges(intervals, larger_first=larger_first)
        for values in ([low for low, _ in intervals], [high for _, high in intervals]):
            for value, (first, last) in zip(values, ranges, strict=True):
                before = sum(other > value if larger_first else other < value for other in values)
                tied = sum(other == value for other in values)
                assert first <= before + tied and before + 1 <= last


def test_the_true_ranks_are_in_all_ranges_at_once_as_often_as_promised() -> None:
    random = np.random.default_rng(7)
    rates = np.array([0.3, 0.32, 0.5, 0.55, 0.7, 0.71])
    level, held, runs = level_of_each(len(rates)), 0, 400
    for _ in range(runs):
        found = []
        for k in random.binomial(300, rates):
            interval = proportion(Clusters(300, 300, k, 300, k, k), level)
            found.append((interval.low, interval.high))
        true = (-rates).argsort().argsort() + 1
        held += all(first <= rank <= last for rank, (first, last) in zip(true, rank_ranges(found), strict=True))
    assert held / runs >= 0.95
