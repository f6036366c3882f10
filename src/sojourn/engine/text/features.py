"""What a head sees of a text: its embedding, and what the lexicon says of it and of its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sojourn.engine.text import encoder, lexicon
from sojourn.engine.text.pieces import clauses, sentences
from sojourn.engine.text.words import Floats, Span

LEXICAL: Final = 11  # columns of the lexicon, behind those of the embedding
NEAR: Final = 40  # characters around an aspect
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


def of_mentions(mentions: Sequence[tuple[str, Span, Span]]) -> Floats:
    """Give features of (text, clause, where an aspect is named): the words around it, and the clause with its lexicon.

    For a head that learns what texts say of aspects: shape (mentions, 512 + 512 + `LEXICAL`).
    """
    near = [text[max(at.start - NEAR, clause.start) : at.end + NEAR] for text, clause, at in mentions]
    return np.hstack([embedded(near), with_lexicon([clause.of(text) for text, clause, _ in mentions])])


def _over_clauses(text: str) -> tuple[float, float, float, float, float]:
    stretches = [clause.of(text) for sentence in sentences(text) for clause in clauses(text, sentence)] or [text]
    said = lexicon.polarities(stretches)[:, 3]
    return float(said.min()), float(said.max()), float(said[0]), float(said[-1]), float(said.mean())
