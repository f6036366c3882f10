"""What a head sees of a text: its embedding, and what the lexicon says of it and of its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sojourn.engine.text import encoder, lexicon
from sojourn.engine.text.pieces import clauses, sentences
from sojourn.engine.text.words import Floats

LEXICAL: Final = 11  # columns of the lexicon, behind those of the embedding
_CLEAR: Final = 0.05


def embedded(texts: Sequence[str]) -> Floats:
    """Give embeddings alone, shape (texts, 512): for languages that the lexicon does not know."""
    return encoder.embed(texts).astype(np.float64)


def with_lexicon(texts: Sequence[str]) -> Floats:
    """Give embeddings and `LEXICAL` columns: shares, compound and its sign; least, most, first, last, mean clause."""
    whole = lexicon.polarities(texts)
    compound = whole[:, 3:]
    parts = np.array([_over_clauses(text) for text in texts], dtype=np.float64).reshape(len(texts), 5)
    return np.hstack([embedded(texts), whole, compound > _CLEAR, compound < -_CLEAR, parts])


def _over_clauses(text: str) -> tuple[float, float, float, float, float]:
    stretches = [clause.of(text) for sentence in sentences(text) for clause in clauses(text, sentence)] or [text]
    said = lexicon.polarities(stretches)[:, 3]
    return float(said.min()), float(said.max()), float(said[0]), float(said[-1]), float(said.mean())
