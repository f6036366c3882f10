"""Groups of vectors of length 1, by cosine: k-means, leaders, and groups of groups."""

from __future__ import annotations

from typing import Final

import numpy as np

from sojourn.engine.text.words import Float32s, Int64s

ROUNDS: Final = 30
_SAMPLE: Final = 20_000  # vectors that centres are drawn from


def unit(vectors: Float32s) -> Float32s:
    """Give vectors the length 1; one of zeros stays."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    made: Float32s = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return made


def k_means(vectors: Float32s, number: int, *, seed: int = 0) -> tuple[Float32s, Int64s]:
    """Give centres, shape (number, width), and each vector's centre; O(rounds · vectors · number).

    Spherical k-means (Dhillon & Modha, Machine Learning 42, 2001), begun by k-means++ (Arthur & Vassilvitskii, SODA
    2007). A centre that loses all its vectors stays where it was.
    """
    number = min(number, len(vectors))
    centres = _begun(vectors, number, np.random.default_rng(seed))
    nearest = np.full(len(vectors), -1, dtype=np.int64)
    for _ in range(ROUNDS):
        found = np.argmax(vectors @ centres.T, axis=1).astype(np.int64)
        if np.array_equal(found, nearest):
            break
        nearest = found
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        has = np.bincount(nearest, minlength=number) > 0
        centres[has] = unit(sums[has])
    return centres, nearest


def leaders(vectors: Float32s, *, alike: float, fewest: int) -> list[Int64s]:
    """Give groups of at least `fewest` vectors around the one with most others at a cosine of `alike`; O(vectors²)."""
    near = vectors @ vectors.T >= alike
    left = np.ones(len(vectors), dtype=bool)
    counts = near.sum(axis=1)
    groups: list[Int64s] = []
    while left.any():
        most = int(np.argmax(np.where(left, counts, -1)))
        if counts[most] < fewest:
            break
        members = np.flatnonzero(near[most] & left).astype(np.int64)
        groups.append(members)
        left[members] = False
        counts -= near[:, members].sum(axis=1)
    return groups


def grouped(centres: Float32s, number: int) -> Int64s:
    """Give each centre one of `number` groups, by average linkage; O(centres³), for some hundred."""
    members = [[each] for each in range(len(centres))]
    alike = (centres @ centres.T).astype(np.float64)
    np.fill_diagonal(alike, -np.inf)
    while len(members) > max(number, 1):
        one, other = sorted(divmod(int(np.argmax(alike)), len(members)))
        shares = len(members[one]), len(members[other])
        joined = (shares[0] * alike[one] + shares[1] * alike[other]) / sum(shares)
        alike[one], alike[:, one] = joined, joined
        alike[one, one] = -np.inf
        alike = np.delete(np.delete(alike, other, axis=0), other, axis=1)
        members[one] += members.pop(other)
    group = np.zeros(len(centres), dtype=np.int64)
    for name, places in enumerate(sorted(members, key=min)):
        group[places] = name
    return group


def _begun(vectors: Float32s, number: int, rng: np.random.Generator) -> Float32s:
    some = vectors if len(vectors) <= _SAMPLE else vectors[rng.choice(len(vectors), _SAMPLE, replace=False)]
    chosen = [int(rng.integers(len(some)))]
    far = np.full(len(some), np.inf)
    while len(chosen) < number:
        far = np.minimum(far, np.maximum(2 - 2 * (some @ some[chosen[-1]]).astype(np.float64), 0))
        far[chosen[-1]] = 0
        total = far.sum()
        chosen.append(int(rng.choice(len(some), p=far / total)) if total > 0 else int(rng.integers(len(some))))
    return some[chosen].copy()
