"""Aspects that a company listens for: words by aspect, and where a text names them.

A word that ends in `*` stands for all that begin so. A text names an aspect once per clause: the first place counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from sojourn.engine.text.pieces import clauses, sentences
from sojourn.engine.text.words import Span, TextError

MOST: Final = 400  # words of all aspects together
_USUAL: Final = Path(__file__).with_name("lists") / "aspects.yaml"


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The aspects of a company, each with its words; raises TextError for none, or more than `MOST` words."""

    words: Mapping[str, Sequence[str]]
    pattern: re.Pattern[str] = field(init=False, repr=False)
    names: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the words into one pattern, a group an aspect."""
        if not self.words or not all(self.words.values()) or sum(map(len, self.words.values())) > MOST:
            raise TextError(f"A vocabulary needs aspects with words, of all together {MOST} at most.")
        groups = ("|".join(map(_word, sorted(set(words), key=len, reverse=True))) for words in self.words.values())
        object.__setattr__(self, "pattern", re.compile(rf"(?<!\w)(?:{'|'.join(f'({g})' for g in groups)})(?!\w)", re.I))
        object.__setattr__(self, "names", tuple(self.words))

    def mentions(self, text: str) -> Iterator[tuple[str, Span, Span]]:
        """Give (aspect, where it is named, the clause that it stands in), in the order of the text."""
        for sentence in sentences(text):
            for clause in clauses(text, sentence):
                yield from self._of(text, clause)

    def _of(self, text: str, clause: Span) -> Iterator[tuple[str, Span, Span]]:
        seen: set[str] = set()
        for found in self.pattern.finditer(text, clause.start, clause.end):
            aspect = self.names[(found.lastindex or 1) - 1]
            if aspect not in seen:
                seen.add(aspect)
                yield aspect, Span(start=found.start(), end=found.end()), clause


@cache
def usual() -> Vocabulary:
    """Give the aspects that most companies are spoken of, in seven languages."""
    return Vocabulary(words=yaml.safe_load(_USUAL.read_text(encoding="utf-8")))


def _word(word: str) -> str:
    bare = word.strip().removesuffix("*")
    if len(bare) < 2:
        raise TextError(f"The word {word!r} of an aspect is too short.")
    return re.escape(bare) + (r"\w*" if word.strip().endswith("*") else "")
