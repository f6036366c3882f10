"""What scores texts: a protocol, and the lexicon that is always here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol

from sojourn.engine.text import lexicon
from sojourn.engine.text.words import Floats, Span


class Model(Protocol):
    """What scores texts from -1 to 1 in the languages that it knows."""

    @property
    def method(self) -> str:
        """Name what is used, with its version."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Give the ISO 639-1 codes that it knows."""
        ...

    def scores(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Score each text, whose language stands at the same place."""
        ...

    def aspect_scores(self, mentions: Sequence[tuple[str, Span, Span]], languages: Sequence[str]) -> Floats:
        """Score what (text, clause, where the aspect is named) says of the aspect."""
        ...


class Lexicon:
    """English by VADER's words: 13,000 texts a second, no model to install."""

    method: Final = lexicon.METHOD
    languages: Final = lexicon.LANGUAGES

    def scores(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Score each text by its words."""
        return lexicon.scores(texts)

    def aspect_scores(self, mentions: Sequence[tuple[str, Span, Span]], languages: Sequence[str]) -> Floats:
        """Score the clause that names the aspect."""
        return lexicon.scores([clause.of(text) for text, clause, _ in mentions])


@cache
def best() -> Model:
    """Give the best model that is installed, once a process."""
    return Lexicon()
