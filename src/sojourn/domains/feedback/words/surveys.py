"""Words of surveys: a survey as people write it down, and where it stands in its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import msgspec

Texts = dict[str, str]  # by language: {"en": "How was it?", "ar": "..."}


class QuestionKind(StrEnum):
    """How a question is asked; the first nine are scored."""

    NPS = "nps"  # 0-10, likelihood to recommend
    CSAT = "csat"  # satisfaction
    CES = "ces"  # effort, 1-5, low is good
    CES_EASE = "ces_ease"  # ease, 1-7, high is good; never pooled with effort
    STARS = "stars"
    FACES = "faces"
    AGREEMENT = "agreement"
    THUMBS = "thumbs"
    SLIDER = "slider"
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKING = "ranking"
    MATRIX = "matrix"  # rows on one scale
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    CONTACT = "contact"
    CONSENT = "consent"


# What each scored kind is asked on: the scale, whether another may be chosen, and which end is good.
SCALES: Final[Mapping[QuestionKind, tuple[str, bool, str]]] = {
    QuestionKind.NPS: ("0-10", False, "high"),
    QuestionKind.CSAT: ("1-5", True, "high"),
    QuestionKind.CES: ("1-5", False, "low"),
    QuestionKind.CES_EASE: ("1-7", False, "high"),
    QuestionKind.STARS: ("1-5", True, "high"),
    QuestionKind.FACES: ("1-5", True, "high"),
    QuestionKind.AGREEMENT: ("1-5", True, "high"),
    QuestionKind.THUMBS: ("0-1", False, "high"),
    QuestionKind.SLIDER: ("0-100", True, "high"),
}


class SurveyState(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"  # no version of it is live yet
    LIVE = "live"
    ENDED = "ended"


class VersionState(StrEnum):
    """Where a version of a survey stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    LIVE = "live"
    REPLACED = "replaced"


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to choose, or a row of a matrix; its id is the same in all languages."""

    id: str
    text: Texts


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an earlier answer or a trait must be; all that is given must hold."""

    question: str = ""
    trait: str = ""
    is_: str | int | float | None = msgspec.field(default=None, name="is")
    in_: list[str | int | float] | None = msgspec.field(default=None, name="in")
    at_least: float | None = None
    at_most: float | None = None
    answered: bool | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question; `scale` and `direction` are filled in where its kind says them."""

    id: str
    kind: QuestionKind
    text: Texts
    help: Texts = {}
    required: bool = False
    scale: str = ""
    direction: Literal["", "high", "low"] = ""
    low: Texts = {}  # what the ends of the scale mean
    high: Texts = {}
    options: list[Option] = []
    rows: list[Option] = []
    when: list[Condition] = []
    purpose: str = ""  # of a consent
    dimension: str = ""  # SERVQUAL: reliability, assurance, tangibles, empathy, responsiveness
    side: Literal["", "expected", "perceived"] = ""
    reason: str = ""  # why it is asked

    @property
    def is_scored(self) -> bool:
        """Say whether an answer is a score."""
        return self.kind in SCALES or (self.kind is QuestionKind.MATRIX and bool(self.scale))


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many complete answers of a group are taken, and then no more."""

    name: str
    most: int
    when: list[Condition] = []


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the page looks: a colour (#rrggbb) and a small picture (a data: address)."""

    colour: str = ""
    logo: str = ""


class Survey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A survey as people write it; one version of it never changes once it is live."""

    title: Texts
    questions: list[Question]
    follows: Literal["relationship", "interaction"] = "relationship"  # an interaction's NPS is no relationship NPS
    purpose: str = "service_improvement"
    languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    intro: Texts = {}
    thanks: Texts = {}
    touchpoint: str = ""
    product: str = ""
    look: Look = Look()
    quotas: list[Quota] = []
    min_seconds: int = 2  # who answers faster is no person
    expires_days: int = 14  # of a personal link

    @property
    def language(self) -> str:
        """Give the language in which answers are kept."""
        return self.languages[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyVersion:
    """A version of a survey, with who wrote and who approved it."""

    number: int
    state: VersionState
    survey: Survey
    saved_by: str
    saved_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRecord:
    """A survey under its short name, as it is listed and opened."""

    slug: str
    state: SurveyState
    title: str
    newest: SurveyVersion
    live: SurveyVersion | None
    made_at: datetime
    ended_at: datetime | None
    answers: int = 0  # taken through its links: complete ones
    partial: int = 0
    held: int = 0
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyTemplate:
    """A survey to begin with, from the library."""

    name: str
    industry: str
    title: str
    about: str
    survey: Survey
