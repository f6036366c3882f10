"""Where to draw the line, from the model's own probabilities: nobody's truth goes in."""

from __future__ import annotations

import numpy as np

from sojourn.engine.matching.words import Expected, Floats


def best(likely: Floats, standing: Floats) -> tuple[float, Expected]:
    """Give the probability from which on pairs are taken so that the expected F1 is highest, and what it promises.

    `likely` are the probabilities of all candidates, `standing` of those that may stand together. Taking the k most
    likely finds the sum of their probabilities of true pairs, on average, of as many as all candidates' probabilities
    sum up to: F1 = 2 x that sum / (k + all). O(n log n).

    >>> best(np.array([0.9, 0.8, 0.1]), np.array([0.9, 0.8, 0.1]))[0]
    0.8
    """
    falling = np.sort(standing)[::-1]
    if not len(falling):
        return 1.0, Expected(precision=1.0, recall=1.0, f1=1.0)
    found, taken, there = np.cumsum(falling), np.arange(1, len(falling) + 1), max(float(likely.sum()), 1e-12)
    f1 = 2 * found / (taken + there)
    at = int(f1.argmax())
    at = int(np.searchsorted(-falling, -falling[at], side="right")) - 1  # those just as likely come too
    recall = min(float(found[at]) / there, 1.0)
    return float(falling[at]), Expected(precision=float(found[at] / taken[at]), recall=recall, f1=float(f1[at]))
