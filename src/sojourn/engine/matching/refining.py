"""A second pass of expectation and maximisation over all candidates at once.

Fellegi and Sunter's model (1969), fitted by EM as in Winkler (2000): a pair that is one human has level k of a field
with probability m, another pair with u. Splink learns m from pairs that agree on some fields, and pairs so chosen are
not like all matches: where copies differ in one field always (as in RLdata), those that agree on the names never agree
on the birth date. Here every candidate counts, u stays what pairs drawn at random have shown, and pairs without a key
in common count as different; so m and the share of matches are those of all pairs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sojourn.engine.matching.words import MISSING, Candidates, Floats, Model

MOST_ROUNDS: Final = 200
SETTLED: Final = 1e-5  # relative change of the expected number of matches
HALF: Final = 0.5  # of a pair, added to each level: none is impossible


def refined(candidates: Candidates, fields: tuple[str, ...], *, prior: float) -> Model:
    """Learn how often matches have each level, and how many pairs match, from all candidates; O(rounds x pairs).

    `prior` is the first guess of the share of matches among all pairs.
    """
    tables = _tables(candidates, list(candidates.alike))
    codes = candidates.levels.astype(np.intp) - MISSING
    terms = candidates.terms.sum(axis=1)
    rounds, is_settled = 0, False
    while not is_settled and rounds < MOST_ROUNDS:
        rounds += 1
        likely = probabilities(_sums(codes, tables) + terms, prior)
        matches = float(likely.sum()) + HALF
        fitted = [_fitted(codes[:, at], likely, len(u)) for at, u in enumerate(candidates.unlike)]
        tables = _tables(candidates, fitted)
        before, prior = prior, min(matches / candidates.total, 0.5)
        is_settled = abs(prior - before) <= SETTLED * before
    return Model(fields=fields, weights=tuple(tables), prior=prior, rounds=rounds)


def weighed(candidates: Candidates, model: Model) -> Floats:
    """Give what each field of each pair adds to the odds, in bits: pairs x fields."""
    codes = candidates.levels.astype(np.intp) - MISSING
    bits: Floats = np.stack([table[codes[:, at]] for at, table in enumerate(model.weights)], axis=1)
    return bits + candidates.terms


def probabilities(bits: Floats, prior: float) -> Floats:
    """Turn weights in bits into probabilities, from a prior.

    >>> probabilities(np.array([0.0, 3.0]), 0.5).round(4).tolist()
    [0.5, 0.8889]
    """
    odds = np.log2(prior / (1 - prior)) + bits
    found: Floats = 1.0 / (1.0 + np.exp2(-np.clip(odds, -1_000, 1_000)))
    return found


def _fitted(codes: np.ndarray[tuple[int, ...], np.dtype[np.intp]], likely: Floats, levels: int) -> Floats:
    counts = np.bincount(codes, weights=likely, minlength=levels + 1)[1:].astype(np.float64) + HALF
    shares: Floats = counts / counts.sum()
    return shares


def _tables(candidates: Candidates, alike: list[Floats]) -> list[Floats]:
    return [np.concatenate([[0.0], np.log2(m / u)]) for m, u in zip(alike, candidates.unlike, strict=True)]


def _sums(codes: np.ndarray[tuple[int, ...], np.dtype[np.intp]], tables: list[Floats]) -> Floats:
    found: Floats = np.zeros(len(codes))
    for at, table in enumerate(tables):
        found += table[codes[:, at]]
    return found
