"""Words of text: what is understood of a comment, and where in it that stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from sojourn.kit.errors import SojournError

Float32s = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]

NEGATIVE_UNTIL: Final = -0.125  # of a score of -1 to 1: a mean human rating of -0.5 on -4 to 4
POSITIVE_FROM: Final = 0.125


class TextError(SojournError):
    """The texts cannot be worked with: none, too few, or a model that is not what it says."""

    code = "text"
    status = 422


class Sentiment(StrEnum):
    """What a text, or what it says of one aspect, comes to."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"

    @classmethod
    def of(cls, score: float) -> Sentiment:
        """Name the class of a score of -1 to 1."""
        if score <= NEGATIVE_UNTIL:
            return cls.NEGATIVE
        return cls.POSITIVE if score >= POSITIVE_FROM else cls.NEUTRAL


class Emotion(StrEnum):
    """What a writer shows, where the words say it."""

    ANGER = "anger"
    DISAPPOINTMENT = "disappointment"
    WORRY = "worry"
    CONFUSION = "confusion"
    JOY = "joy"
    GRATITUDE = "gratitude"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of a text, in characters (code points); `end` is exclusive."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Give the words that stand there."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Say whether another stretch lies within this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectFound:
    """What a text says of one aspect: where it is named (`at`), and the phrase that shows the feeling."""

    aspect: str
    at: Span
    phrase: Span
    sentiment: Sentiment
    score: float  # -1 to 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """What was understood of one text.

    ``language`` is an ISO 639 code, None where none can be told. A text whose language the method does not know is not
    ``is_supported``: nothing is said of it then. ``urgency`` and ``churn_intent`` are the words that show it.
    ``method`` names what was used, so that figures of different methods are never taken for the same.
    """

    language: str | None
    is_supported: bool
    sentiment: Sentiment | None = None
    score: float | None = None  # -1 to 1
    aspects: tuple[AspectFound, ...] = ()
    emotion: Emotion | None = None
    urgency: Span | None = None
    churn_intent: Span | None = None
    complaint: float = 0.0  # 0 to 1, `signals.reads_as_complaint`
    method: str
