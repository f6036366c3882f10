"""A head: from features to a score of -1 to 1, as numbers that a JSON file holds.

Two steps. Ridge regressions give a rating and how much each class speaks for itself; these and the columns of the
lexicon go through random Fourier features (Rahimi & Recht, NIPS 2007, section 3) into a ridge regression of the rating,
which bends where the classes meet. Its bounds between classes are those with the best macro-F1 in cross-validation
on the training set; the score is stretched so that they stand where `words.Sentiment` has them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from sojourn.engine.text.words import NEGATIVE_UNTIL, POSITIVE_FROM, Floats, TextError

WAVES: Final = 1024
NARROW: Final = 0.1  # of the kernel exp(-NARROW * distance²)
LEXICAL_WEIGHT: Final = 2.0
FIRST_OUTPUTS: Final = 4  # rating, negative, neutral, positive
RATING_WEIGHT: Final = 4.0
DIGITS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Head:
    """Coefficients; ``lexical`` of the last columns of the features are the lexicon's."""

    first: Floats  # (features + 1, FIRST_OUTPUTS); the last row is added
    second: Floats  # (WAVES + 1,)
    bounds: tuple[float, float]  # of the rating, between the classes
    lexical: int

    def scores(self, features: Floats) -> Floats:
        """Score each row from -1 to 1."""
        if features.shape[1] + 1 != len(self.first):
            raise TextError(f"This head knows {len(self.first) - 1} features, not {features.shape[1]}.")
        return stretched(linear(waves(self.bent(features)), self.second[:, None])[:, 0], self.bounds)

    def bent(self, features: Floats) -> Floats:
        """Give what goes into the second step."""
        return beside(linear(features, self.first), features, self.lexical)

    def as_json(self) -> dict[str, Any]:
        """Give the numbers, with six digits."""
        return {
            "first": np.round(self.first, DIGITS).tolist(),
            "second": np.round(self.second, DIGITS).tolist(),
            "bounds": list(self.bounds),
            "lexical": self.lexical,
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Head:
        """Read the numbers; raises TextError where they are not a head's."""
        try:
            low, high = map(float, said["bounds"])
            first, second = np.array(said["first"], dtype=np.float64), np.array(said["second"], dtype=np.float64)
            head = cls(first=first, second=second, bounds=(low, high), lexical=int(said["lexical"]))
        except (KeyError, TypeError, ValueError):
            raise TextError("This is not a head for sentiment.") from None
        fits = first.ndim == 2 and first.shape[1] == FIRST_OUTPUTS and second.shape == (WAVES + 1,)
        if not fits or not low < high or not 0 <= head.lexical < len(first):
            raise TextError("This is not a head for sentiment.")
        return head

    def digest(self) -> str:
        """Name the numbers by eight signs of their hash."""
        return hashlib.sha256(json.dumps(self.as_json()).encode()).hexdigest()[:8]


def linear(features: Floats, coefficients: Floats) -> Floats:
    """Multiply, and add the last row."""
    made: Floats = features @ coefficients[:-1] + coefficients[-1]
    return made


def beside(outputs: Floats, features: Floats, lexical: int) -> Floats:
    """Put the lexicon's columns beside the outputs of the first step."""
    return np.hstack([outputs, features[:, features.shape[1] - lexical :] * LEXICAL_WEIGHT])


def waves(inputs: Floats) -> Floats:
    """Give `WAVES` random Fourier features of a Gaussian kernel, the same on every machine."""
    directions, phases = _directions(inputs.shape[1])
    made: Floats = np.sqrt(2.0 / WAVES) * np.cos(inputs @ directions + phases)
    return made


def stretched(ratings: Floats, bounds: tuple[float, float]) -> Floats:
    """Stretch ratings, piece by piece, so that the bounds stand at ±0.125; clipped to -1 to 1."""
    low, high = bounds
    inner = NEGATIVE_UNTIL + (ratings - low) / (high - low) * (POSITIVE_FROM - NEGATIVE_UNTIL)
    scale = (1 - POSITIVE_FROM) / max(1.0 - max(abs(low), abs(high)), 0.25)
    outer = np.where(ratings <= low, NEGATIVE_UNTIL + (ratings - low) * scale, POSITIVE_FROM + (ratings - high) * scale)
    return np.clip(np.where((ratings > low) & (ratings < high), inner, outer), -1.0, 1.0)


@cache
def _directions(width: int) -> tuple[Floats, Floats]:
    """Draw normal directions and uniform phases from a hash: generators of numbers change between versions."""
    drawn = hashlib.shake_128(f"sojourn.text.waves.{width}".encode()).digest(8 * (2 * width + 1) * WAVES)
    uniform = (np.frombuffer(drawn, dtype="<u8").astype(np.float64) + 0.5) / 2.0**64
    one, other, phases = np.split(uniform, [width * WAVES, 2 * width * WAVES])
    normal = np.sqrt(-2.0 * np.log(one)) * np.cos(2 * np.pi * other)
    return normal.reshape(width, WAVES) * np.sqrt(2 * NARROW), phases * 2 * np.pi
