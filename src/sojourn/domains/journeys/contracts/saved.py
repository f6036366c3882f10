"""Saved questions: an analysis page with its parameters, under a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Parameters = tuple[tuple[str, str], ...]


class QuestionPage(StrEnum):
    """The page that a saved question opens; also the last part of the page's address."""

    EXPLORER = "explorer"
    PATHS = "paths"
    RETENTION = "retention"
    PROCESS = "process"
    ATTRIBUTION = "attribution"
    COMPARE = "compare"
    CASES = "cases"
    PATTERNS = "patterns"


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedQuestion:
    """A page and the parameters of its address, in order.

    A period in days is relative: opened later, the question is about the last days of the data of then.
    """

    id: str
    name: str
    description: str
    page: QuestionPage
    parameters: Parameters
    is_shared: bool  # everyone with access opens it; else only who saved it
    owner: str  # the viewer who saved it first: person:7, key:3, local
    created_at: datetime
    saved_at: datetime
    is_pinned: bool = False  # to the Home of who looks


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerAsked:
    """One answer that a saved question asks for, with the parameters that the API and the command line know."""

    answer: str  # graph, variants, funnel, ...
    parameters: dict[str, tuple[str, ...]]
    journey: str = ""  # the slug, for answers about one named journey
