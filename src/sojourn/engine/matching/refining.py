"""A second pass of expectation and maximisation over all candidates at once.

Fellegi and Sunter's model (1969), fitted by EM as in Winkler (2000): a pair that is one human has level k of a field
with probability m, another pair with u. Splink learns m from pairs that agree on some fields, and pairs so chosen are
not like all matches: where copies differ in one field always (as in RLdata), those that agree on the names never agree
on the birth date. Here every candidate counts, u stays what pairs drawn at random have shown, and pairs without a key
in common count as different; so m and the share of matches are those of all pairs.

Couples share a name, a home, often a mail address, and there may be more of them than copies: two kinds of pairs alone
would make "match" mean "household". They are a kind of their own here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sojourn.engine.matching.words import MISSING, OWN, Candidates, Flags, Floats, Model

MOST_ROUNDS: Final = 200
SETTLED: Final = 1e-5  # relative change of the expected number of matches
HALF: Final = 0.5  # of a pair, added to each level: none is impossible


def refined(candidates: Candidates, fields: tuple[str, ...], *, prior: float) -> Model:
    """Learn how often matches have each level, and how many pairs match, from all candidates; O(rounds x pairs).

    `prior` is the first guess of the share of matches among all pairs. Where records have a field of the human's own
    (`OWN`), a third kind of pair is learnt beside matches and strangers: those of one household, who share family name,
    home, mail or phone as often as the data say, and given name and birthday no oftener than strangers do.
    """
    codes = candidates.levels.astype(np.intp) - MISSING
    terms = candidates.terms.sum(axis=1)
    own = np.array([name in OWN for name in fields])
    shared_terms = candidates.terms[:, ~own].sum(axis=1)
    alike, together = list(candidates.alike), list(candidates.alike)
    kin = prior if own.any() and not own.all() else 0.0
    rounds, is_settled = 0, False
    while not is_settled and rounds < MOST_ROUNDS:
        rounds += 1
        tables, home = _tables(candidates, alike), _tables(candidates, together, own)
        household = _household(_sums(codes, home) + shared_terms, kin)
        likely = probabilities(_sums(codes, tables) + terms + household, prior)
        of_kin = (1 - likely) * (1 - np.exp2(household))
        alike = [_fitted(codes[:, at], likely, len(u)) for at, u in enumerate(candidates.unlike)]
        together = [_fitted(codes[:, at], of_kin, len(u)) for at, u in enumerate(candidates.unlike)]
        before, prior = prior, min((float(likely.sum()) + HALF) / candidates.total, 0.5)
        kin = min((float(of_kin.sum()) + HALF) / candidates.total, 0.5) if kin else 0.0
        is_settled = abs(prior - before) <= SETTLED * before
    return Model(
        fields=fields,
        weights=tuple(_tables(candidates, alike)),
        prior=prior,
        household=tuple(_tables(candidates, together, own)),
        kin=kin,
        rounds=rounds,
    )


def weighed(candidates: Candidates, model: Model) -> Floats:
    """Give what each field of each pair adds to the odds, in bits: pairs x fields, and last what a household takes."""
    codes = candidates.levels.astype(np.intp) - MISSING
    own = np.array([name in OWN for name in model.fields])
    bits = np.stack([table[codes[:, at]] for at, table in enumerate(model.weights)], axis=1) + candidates.terms
    shared = _sums(codes, list(model.household)) + candidates.terms[:, ~own].sum(axis=1)
    found: Floats = np.column_stack([bits, _household(shared, model.kin)])
    return found


def _household(bits: Floats, kin: float) -> Floats:
    """Give the bits by which a pair is less likely one human because it may be two of one household; 0 or less."""
    if not kin:
        return np.zeros(len(bits))
    found: Floats = -np.logaddexp2(0.0, np.minimum(bits + np.log2(kin / (1 - kin)), 1_000))
    return found


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


def _tables(candidates: Candidates, alike: list[Floats], silent: Flags | None = None) -> list[Floats]:
    """Give the weights of levels by code + 1; those of a field that is `silent` are 0."""
    said = np.zeros(len(alike), np.bool_) if silent is None else silent
    return [
        np.zeros(len(u) + 1) if quiet else np.concatenate([[0.0], np.log2(m / u)])
        for m, u, quiet in zip(alike, candidates.unlike, said.tolist(), strict=True)
    ]


def _sums(codes: np.ndarray[tuple[int, ...], np.dtype[np.intp]], tables: list[Floats]) -> Floats:
    found: Floats = np.zeros(len(codes))
    for at, table in enumerate(tables):
        found += table[codes[:, at]]
    return found
