"""Words of the feedback hub: which comments are asked for, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sojourn.domains.feedback.words.comments import Comment, CommentKind
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.stats.intervals import Interval
from sojourn.engine.text.words import Sentiment
from sojourn.kit.period import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentsAsked:
    """Which comments; what is empty or None asks for all. `text` asks for comments in which all its words stand."""

    text: str = ""
    period: Period = field(default_factory=Period)
    kind: CommentKind | None = None
    source: str = ""
    survey: str = ""
    channel: str = ""
    touchpoint: str = ""
    unit: str = ""  # and all below it
    language: str = ""
    sentiment: Sentiment | None = None
    score_from: float | None = None
    score_to: float | None = None
    customer: int | None = None
    purpose: Purpose = Purpose.ANALYTICS


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """Where in a comment a feeling, urgency or the wish to leave shows, in characters; `end` is exclusive."""

    start: int
    end: int
    shows: str  # negative, neutral, positive, urgency, churn


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentLine:
    """A comment with whose it is, and what was read out of it; the phrases do not overlap."""

    comment: Comment
    customer: int | None  # None for who may know no customers
    sentiment: Sentiment | None
    aspects: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    is_read: bool  # somebody has read it; without a sentiment its language is not supported


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFigure:
    """The mean of scores of one measure on one scale, in a direction."""

    measure: str
    scale: str
    direction: str
    mean: Interval | None  # None: fewer than two customers tell nothing of its spread
    comments: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentFigures:
    """Figures of the comments that fit. Scores of different measures and scales are never pooled."""

    comments: int
    customers: int
    read: int  # with a sentiment
    negative: Interval | None  # share of those read
    scores: tuple[ScoreFigure, ...]
    too_few: bool = False  # fewer customers than the privacy minimum: nothing is told


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentsPage:
    """Some comments, newest first; `next` leads on, as (instant in microseconds, id)."""

    rows: tuple[CommentLine, ...]
    figures: CommentFigures
    is_cut: bool  # only the newest comments with these words were looked at
    next: tuple[int, int] | None
