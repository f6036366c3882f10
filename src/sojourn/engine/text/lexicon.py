"""Sentiment of English words: VADER (Hutto & Gilbert, ICWSM 2014), the fallback and a part of the larger model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from sojourn.engine.text.parcels import LEXICON, Standing, standing
from sojourn.engine.text.words import Floats

METHOD: Final = "vader-3.3.2"
LANGUAGES: Final = frozenset({"en"})


def is_ready() -> bool:
    """Say whether the lexicon is here, as it is known."""
    return standing(LEXICON) is Standing.READY


def polarities(texts: Sequence[str]) -> Floats:
    """Give shares of negative, neutral and positive words and the compound score (-1 to 1), shape (texts, 4)."""
    said = [_analyzer().polarity_scores(text) for text in texts]
    shares = [(each["neg"], each["neu"], each["pos"], each["compound"]) for each in said]
    return np.array(shares, dtype=np.float64).reshape(len(texts), 4)


def scores(texts: Sequence[str]) -> Floats:
    """Score texts from -1 to 1, so that the bounds of `Sentiment.of` are those of the lexicon's authors (±0.05)."""
    compound = polarities(texts)[:, 3]
    return np.sign(compound) * np.where(
        np.abs(compound) < 0.05, 2.5 * np.abs(compound), 0.125 + 0.875 * (np.abs(compound) - 0.05) / 0.95
    )


@cache
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
