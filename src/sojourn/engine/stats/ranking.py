"""Ranks of several rates or means with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence


def rank_ranges(intervals: Sequence[tuple[float, float]], *, larger_first: bool = True) -> list[tuple[int, int]]:
    """Give the first and the last rank that each may have, from simultaneous intervals (low, high) of their values.

    Who lies above another's whole interval with their whole interval is certainly before it; all other orders are
    possible. When the intervals hold all values at once with 95 %, the ranges hold all ranks at once with 95 %: Klein,
    Wright and Wieczorek (2020), "A joint confidence region for an overall ranking of populations", Journal of the
    Royal Statistical Society C 69(3), section 2. Time O(n^2).

    >>> rank_ranges([(0.7, 0.9), (0.5, 0.75), (0.1, 0.2)])
    [(1, 2), (1, 2), (3, 3)]
    """
    ranges = []
    for low, high in intervals:
        above = sum(other_low > high for other_low, _ in intervals)
        below = sum(other_high < low for _, other_high in intervals)
        before, after = (above, below) if larger_first else (below, above)
        ranges.append((before + 1, len(intervals) - after))
    return ranges


def level_of_each(groups: int, level: float = 0.95) -> float:
    """Give the level of each interval at which all hold at once, whatever depends on what (Bonferroni).

    >>> round(level_of_each(10), 4)
    0.995
    """
    return 1 - (1 - level) / max(groups, 1)
