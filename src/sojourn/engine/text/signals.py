"""What a comment asks for between the lines: urgency, the intent to leave, an emotion; told by its words.

Patterns, not a model: each finding is the words that show it, so that a person can agree or not. They exist for the
languages of `spoken()`; of others nothing is said.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sojourn.engine.text.words import Emotion, Sentiment, Span

_LISTS: Final = Path(__file__).with_name("lists") / "signals.yaml"
CLEARLY_NEGATIVE: Final = -0.4
_NEGATIVE: Final = frozenset({Emotion.ANGER, Emotion.DISAPPOINTMENT, Emotion.WORRY, Emotion.CONFUSION})


def urgency(text: str, language: str) -> Span | None:
    """Give the words that ask for haste."""
    return _first("urgency", text, language)


def churn_intent(text: str, language: str) -> Span | None:
    """Give the words that speak of leaving."""
    return _first("churn_intent", text, language)


def complaint(text: str, language: str) -> Span | None:
    """Give the words that complain, or ask to put something right."""
    return _first("complaint", text, language)


def reads_as_complaint(*, score: float, has_words: bool, is_pressing: bool) -> float:
    """Say from 0 to 1 how much a text reads as a complaint; a rule to propose by, not a probability.

    Words that complain, 0.9 in a negative text and 0.5 in another; without them 0.6 where a clearly negative text is
    angry, urgent or speaks of leaving.
    """
    if has_words:
        return 0.9 if Sentiment.of(score) is Sentiment.NEGATIVE else 0.5
    return 0.6 if score <= CLEARLY_NEGATIVE and is_pressing else 0.0


def emotion(text: str, language: str, sentiment: Sentiment | None) -> Emotion | None:
    """Name the emotion whose words are most frequent and fit the sentiment; the earlier in the list wins a tie."""
    felt = _lists()["emotion"].get(language, {})
    counted = {
        each: len(_compiled("|".join(felt[each])).findall(text))
        for each in Emotion
        if each in felt and _fits(each, sentiment)
    }
    best = max(counted, key=lambda each: counted[each], default=None)
    return best if best is not None and counted[best] else None


def spoken() -> frozenset[str]:
    """Give the languages that urgency and the intent to leave are told in."""
    return frozenset(_lists()["urgency"])


def _fits(each: Emotion, sentiment: Sentiment | None) -> bool:
    return sentiment is not (Sentiment.POSITIVE if each in _NEGATIVE else Sentiment.NEGATIVE)


def _first(signal: str, text: str, language: str) -> Span | None:
    patterns = _lists()[signal].get(language)
    if not patterns:
        return None
    found = _compiled("|".join(patterns)).search(text)
    return Span(start=found.start(), end=found.end()) if found else None


@cache
def _lists() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(_LISTS.read_text(encoding="utf-8")))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
