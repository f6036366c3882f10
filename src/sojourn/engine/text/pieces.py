"""Sentences and clauses of a text, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.engine.text.words import Span

_SENTENCE = re.compile(r"[^.!?…\n。！？]+(?:[.!?…。！？]+|\n|$)", re.UNICODE)
_TURN = re.compile(
    r"\s*[,;:–—]\s*|\s+(?=(?:but|although|though|however|while|whereas|yet|aber|jedoch|obwohl|mais|pourtant|pero|aunque|"
    r"però|ma|mas|porém|maar|hoewel)\b)",
    re.IGNORECASE,
)
_SHORT = 2  # words; a shorter clause joins the one before it


def sentences(text: str) -> list[Span]:
    """Give the sentences of a text, without the spaces around them; a text without marks is one."""
    return [span for found in _SENTENCE.finditer(text) if (span := _bare(text, found.start(), found.end()))]


def clauses(text: str, sentence: Span) -> list[Span]:
    """Cut a sentence where it turns: at commas, dashes and words such as "but", in seven languages."""
    cut: list[Span] = []
    for span in _between(text, sentence):
        if cut and len(span.of(text).split()) < _SHORT:
            cut[-1] = Span(start=cut[-1].start, end=span.end)
        else:
            cut.append(span)
    return cut


def _between(text: str, sentence: Span) -> Iterator[Span]:
    at = sentence.start
    for turn in _TURN.finditer(text, sentence.start, sentence.end):
        if span := _bare(text, at, turn.start()):
            yield span
        at = turn.end()
    if span := _bare(text, at, sentence.end):
        yield span


def _bare(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start=start, end=end) if any(each.isalnum() for each in text[start:end]) else None
