"""What scores texts: a protocol, the lexicon that is always here, and embeddings with heads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from sojourn.engine.text import encoder, lexicon
from sojourn.engine.text.features import embedded, with_lexicon
from sojourn.engine.text.head import Head
from sojourn.engine.text.words import Floats, Span, TextError

DEFAULT: Final = Path(__file__).with_name("heads") / "sentiment.json"
WHOLE_SHARE: Final = 0.2  # of an aspect's score; the rest is its clause's


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


class Embedded:
    """Embeddings with two heads: one that hears the lexicon too, for its language, and one for the others."""

    def __init__(self, *, name: str, worded: Head, plain: Head, languages: Sequence[str]) -> None:
        self.worded, self.plain, self.name = worded, plain, name
        self.languages = frozenset(languages)
        self.method = f"{encoder.NAME}+{name}-{worded.digest()}"

    def scores(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Score each text by the head of its language."""
        made = np.zeros(len(texts))
        is_worded = np.array([each in lexicon.LANGUAGES for each in languages], dtype=bool)
        for places, head, features in (
            (np.flatnonzero(is_worded), self.worded, with_lexicon),
            (np.flatnonzero(~is_worded), self.plain, embedded),
        ):
            if len(places):
                made[places] = head.scores(features([texts[each] for each in places.tolist()]))
        return made

    def aspect_scores(self, mentions: Sequence[tuple[str, Span, Span]], languages: Sequence[str]) -> Floats:
        """Score the clause that names the aspect, and a little of the text around it."""
        if not mentions:
            return np.zeros(0)
        of_clause = self.scores([clause.of(text) for text, clause, _ in mentions], languages)
        return (1 - WHOLE_SHARE) * of_clause + WHOLE_SHARE * self.scores([text for text, *_ in mentions], languages)

    def as_json(self) -> dict[str, Any]:
        """Give what `of_json` reads."""
        heads = {"worded": self.worded.as_json(), "plain": self.plain.as_json()}
        return {"name": self.name, "languages": sorted(self.languages), **heads}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Embedded:
        """Read a model; raises TextError where it is none."""
        try:
            heads = Head.of_json(said["worded"]), Head.of_json(said["plain"])
            return cls(name=str(said["name"]), worded=heads[0], plain=heads[1], languages=list(said["languages"]))
        except (KeyError, TypeError):
            raise TextError("This is not a model for sentiment.") from None


def load(path: Path) -> Embedded:
    """Read a model's file; raises TextError where it is none."""
    try:
        return Embedded.of_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise TextError(f"The model {path.name} cannot be read.") from None


@cache
def best() -> Model:
    """Give the best model that is installed, once a process."""
    return load(DEFAULT) if encoder.is_ready() else Lexicon()
