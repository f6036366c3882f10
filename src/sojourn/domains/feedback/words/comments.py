"""Words of comments: what somebody said in words, and what was understood of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CommentKind(StrEnum):
    """Where somebody said it."""

    SURVEY = "survey"
    REVIEW = "review"
    SOCIAL = "social"
    CHAT = "chat"
    TICKET = "ticket"
    CALL = "call"  # a transcript, or an agent's note of a call
    COMPLAINT = "complaint"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """One text of a customer with what is known about it; the text is masked already.

    `score` stands on `scale` ("0-10"); `direction` says which end is good: "high", "low", or "" where nobody said.
    """

    id: int
    event_id: int
    person: int
    text: str
    kind: CommentKind
    event: str  # the event's name
    source: str  # slug of the source in the catalogue
    survey: str
    question: str
    measure: str  # what the score measures: nps, csat, ces, ...; "" without a score
    scale: str
    direction: str
    score: float | None
    channel: str
    touchpoint: str
    unit: str
    product: str
    language: str  # as the sender or the reading told it; "" while unknown
    occurred_at: datetime
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """What was read out of a comment.

    `sentiment` lies between -1 and 1; None where the language is not supported, and then nothing else is said.
    `findings` is JSON without words of the comment: themes, aspects and emotions with offsets into the masked text.
    """

    comment: int
    model: str  # name and version of what read it
    language: str
    sentiment: float | None = None
    urgency: float | None = None  # 0 to 1
    churn: float | None = None  # 0 to 1: does it say that they leave?
    complaint: float | None = None  # 0 to 1: does it read as a complaint?
    findings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A comment with what was read out of it."""

    comment: Comment
    understanding: Understanding
