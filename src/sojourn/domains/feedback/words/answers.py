"""Words of answers: the links that lead to a survey, and what came through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sojourn.domains.feedback.words.surveys import Question, SurveyVersion


class ResponseState(StrEnum):
    """Where one visitor's answers stand."""

    STARTED = "started"
    PARTIAL = "partial"  # left in the middle; what was answered counts as partial
    COMPLETE = "complete"
    HELD = "held"  # looks like a machine; counts nowhere until somebody lets it in
    OVER_QUOTA = "over_quota"
    DISCARDED = "discarded"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link that many may answer through."""

    id: int
    survey: str
    name: str
    token: str
    is_kiosk: bool
    channel: str
    unit: str
    touchpoint: str
    is_active: bool
    made_at: datetime
    opened: int
    answered: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkTerms:
    """What a link is for: the answers through it bear channel, unit and touchpoint."""

    name: str
    is_kiosk: bool = False
    channel: str = "web"
    unit: str = ""
    touchpoint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """Somebody who opened a link: which version they see, and what their answers will bear."""

    survey: str
    survey_id: int
    version: SurveyVersion
    link: int | None = None
    invitation: int | None = None
    person: int | None = None
    is_kiosk: bool = False
    channel: str = ""
    unit: str = ""
    touchpoint: str = ""
    language: str = ""  # of the invitation
    is_done: bool = False  # the link takes one answer, and has


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What a visitor sent: which questions were on the page, and what they say about them."""

    response: int
    started_at: datetime
    shown: tuple[str, ...]
    values: Mapping[str, Any]
    language: str
    why_held: str = ""  # "" for a person


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a visitor has come: the next page, () at the end."""

    response: int
    state: ResponseState
    page: tuple[Question, ...] = ()
    answers: Mapping[str, Any] | None = None
    traits: Mapping[str, Any] | None = None
    done: int = 0  # questions behind them
    mistakes: Mapping[str, str] | None = None  # by question; the page is shown again


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenAnswer:
    """One whole answer given through the API; `id` is the sender's own and makes it count once."""

    id: str
    values: Mapping[str, Any]
    answered_at: datetime | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    language: str = ""
    channel: str = ""
    unit: str = ""
    touchpoint: str = ""
    is_partial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedAnswer:
    """An answer that was not taken, and why."""

    index: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenAnswers:
    """What became of a batch."""

    taken: int
    known: int  # counted already
    refused: tuple[RefusedAnswer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldResponse:
    """Answers kept apart because they look like a machine's."""

    id: int
    why: str
    at: datetime
    seconds: int  # from the first page to the last
    questions: int
