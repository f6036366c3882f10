"""Learning a head from scored comments: the company's own (scores as ratings), or a public set.

Nothing is learned from fewer than `FEWEST` comments, or where a class has fewer than `FEWEST_OF_CLASS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from sojourn.engine.text.head import RATING_WEIGHT, Head, beside, linear, waves
from sojourn.engine.text.words import NEGATIVE_UNTIL, POSITIVE_FROM, Floats, Int64s, TextError

FEWEST: Final = 200
FEWEST_OF_CLASS: Final = 20
FOLDS: Final = 5
_FIRST_PENALTY: Final = 2.0
_SECOND_PENALTY: Final = 1.0
_BOUNDS: Final = 49  # quantiles that are tried as bounds
_AS_GOOD: Final = 0.006
CLASSES: Final = 3


def classes_of(ratings: Floats) -> Int64s:
    """Name the class of ratings of -1 to 1: 0 negative, 1 neutral, 2 positive."""
    return np.where(ratings <= NEGATIVE_UNTIL, 0, np.where(ratings >= POSITIVE_FROM, 2, 1)).astype(np.int64)


def learn(features: Floats, ratings: Floats, *, lexical: int, seed: int = 0) -> Head:
    """Learn a head, in O(texts · features²); raises TextError for too few comments to learn from.

    Parameters
    ----------
    features
        Shape (texts, features), the last ``lexical`` columns from the lexicon.
    ratings
        Shape (texts,), from -1 to 1.
    """
    told = classes_of(ratings)
    counts = np.bincount(told, minlength=CLASSES)
    if len(ratings) < FEWEST or counts.min() < FEWEST_OF_CLASS:
        raise TextError(
            f"A model needs {FEWEST} scored comments, {FEWEST_OF_CLASS} of each class; "
            f"there are {counts[0]} negative, {counts[1]} neutral, {counts[2]} positive ones."
        )
    targets = np.column_stack([RATING_WEIGHT * ratings, 2.0 * (told[:, None] == np.arange(CLASSES))])
    held_out = np.zeros((len(ratings), targets.shape[1]))
    for training, rest in folds(len(ratings), seed=seed):
        held_out[rest] = linear(features[rest], ridge(features[training], targets[training], _FIRST_PENALTY))
    bent = waves(beside(held_out, features, lexical))
    rating = RATING_WEIGHT * ratings
    guessed = np.zeros(len(ratings))
    for training, rest in folds(len(ratings), seed=seed + 1):
        found = ridge(bent[training], rating[training, None], _SECOND_PENALTY)
        guessed[rest] = linear(bent[rest], found)[:, 0]
    low, high = best_bounds(guessed / RATING_WEIGHT, told)
    return Head(
        first=ridge(features, targets, _FIRST_PENALTY),
        second=ridge(bent, ratings[:, None], _SECOND_PENALTY)[:, 0],
        bounds=(low, high),
        lexical=lexical,
    )


def folds(count: int, *, seed: int, number: int = FOLDS) -> Iterator[tuple[Int64s, Int64s]]:
    """Give (training, rest) by places, shuffled: each place is in one rest."""
    places = np.random.default_rng(seed).permutation(count)
    for part in np.array_split(places, number):
        yield np.setdiff1d(places, part), np.sort(part)


def ridge(features: Floats, targets: Floats, penalty: float) -> Floats:
    """Fit targets linearly, shape (features + 1, targets); the constant, the last row, is not penalised."""
    middle, mean = features.mean(axis=0), targets.mean(axis=0)
    around = features - middle
    if len(features) < features.shape[1]:  # the same answer from the smaller matrix
        gram = around @ around.T + penalty * np.eye(len(features))
        found = around.T @ np.linalg.solve(gram, targets - mean)
    else:
        gram = around.T @ around + penalty * np.eye(features.shape[1])
        found = np.linalg.solve(gram, around.T @ (targets - mean))
    return np.vstack([found, mean - middle @ found])


def best_bounds(ratings: Floats, told: Int64s) -> tuple[float, float]:
    """Give the two bounds, of quantiles of the ratings, whose three classes have the best macro-F1.

    The mean of all that come within `_AS_GOOD` of the best: one best pair is luck, worth 0.002 elsewhere.
    """
    tried = np.unique(np.quantile(ratings, np.linspace(0.02, 0.98, _BOUNDS)))
    below = np.stack([np.bincount(told[ratings <= bound], minlength=CLASSES) for bound in tried])
    above = np.stack([np.bincount(told[ratings >= bound], minlength=CLASSES) for bound in tried])
    of_class = np.bincount(told, minlength=CLASSES)
    low, high = np.triu_indices(len(tried), k=1)
    right = np.stack([below[low, 0], of_class[1] - below[low, 1] - above[high, 1], above[high, 2]])
    said = np.stack([below[low].sum(1), len(told) - below[low].sum(1) - above[high].sum(1), above[high].sum(1)])
    f1 = (2 * right / (of_class[:, None] + said)).mean(axis=0)
    good = f1 >= f1.max() - _AS_GOOD
    return float(tried[low[good]].mean()), float(tried[high[good]].mean())


def macro_f1(told: Int64s, guessed: Int64s) -> float:
    """Give the unweighted mean of F1 over the three classes."""
    confusion = np.bincount(told * CLASSES + guessed, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    return float(np.mean(2 * np.diag(confusion) / np.maximum(confusion.sum(0) + confusion.sum(1), 1)))
