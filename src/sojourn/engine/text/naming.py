"""Names of groups of texts: the words that one group uses and the others do not (c-TF-IDF).

Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure" (2022), section 3.3: a word's share
in the group times log(1 + words of an average group / how often it stands in all).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from typing import Final

from sojourn.engine.text.words import Int64s

WORDS: Final = 5  # that describe a group
_NAMED_BY: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
_COMMON: Final = 0.5  # a word in more of the groups than this names none


def described(texts: Sequence[str], group: Int64s, number: int) -> list[tuple[str, ...]]:
    """Give each group's words, the most telling first; none for a group without words."""
    counts = [Counter[str]() for _ in range(number)]
    for text, place in zip(texts, group.tolist(), strict=True):
        if place >= 0:
            counts[place].update(_terms(text))
    total = sum(counts, Counter[str]())
    spread = Counter(word for each in counts for word in each)
    average = sum(total.values()) / max(number, 1)
    return [_telling(each, total, spread, average, number) for each in counts]


def named(words: Sequence[str]) -> str:
    """Make a name of the words that describe a group."""
    return ", ".join(words[:_NAMED_BY])


def _terms(text: str) -> Iterator[str]:
    words = [word.lower() for word in _WORD.findall(text)]
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))


def _telling(
    counts: Counter[str], total: Counter[str], spread: Counter[str], average: float, number: int
) -> tuple[str, ...]:
    size = sum(counts.values())
    weights = {
        word: count / size * log(1 + average / total[word])
        for word, count in counts.items()
        if number < 4 or spread[word] <= _COMMON * number
    }
    chosen: list[str] = []
    for word in sorted(weights, key=lambda each: (-weights[each] * (1.3 if " " in each else 1.0), each)):
        parts = set(word.split())
        if not any(parts & set(other.split()) for other in chosen):
            chosen.append(word)
        if len(chosen) == WORDS:
            break
    return tuple(chosen)
