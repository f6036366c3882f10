"""Words of the desk: customer cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CaseStatus(StrEnum):
    """How it stands with a customer case; all but closed ones are alive."""

    OPEN = "open"
    WAITING = "waiting"  # for the customer; its clock runs on
    CLOSED = "closed"
    REOPENED = "reopened"


ALIVE = (CaseStatus.OPEN, CaseStatus.WAITING, CaseStatus.REOPENED)


class StepKind(StrEnum):
    """What happened in a customer case."""

    OPENED = "opened"
    HEARD = "heard"  # the customer said something more about it
    ASSIGNED = "assigned"
    DUE = "due"  # the due time was changed
    NOTED = "noted"
    WAITING = "waiting"
    CLOSED = "closed"
    REOPENED = "reopened"
    ESCALATED = "escalated"  # its due time passed: the owner's manager is told


class Which(StrEnum):
    """Which customer cases a list shows."""

    ALL = "all"
    MINE = "mine"
    UNOWNED = "unowned"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseStep:
    """One step of a case's history."""

    at: datetime
    by: str  # "person:7", "rule:detractors", "system"
    what: StepKind
    text: str = ""
    comment: int | None = None  # what was said, by its number
    owner: str = ""  # after it was assigned: "person:7"; "" is nobody
    due_at: datetime | None = None  # after its due time was changed


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCase:
    """A matter of one customer that somebody here answers for until it is closed."""

    id: int
    customer: int  # the number that they bear today
    reason: str
    status: CaseStatus
    owner: str  # "person:7"; "" while it is nobody's
    unit: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    closed_at: datetime | None
    escalated_at: datetime | None
    history: tuple[CaseStep, ...] = ()  # oldest first; in a list it is left out


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesFound:
    """A page of customer cases, the next due first."""

    rows: tuple[CustomerCase, ...]
    next_place: tuple[str, int] | None = None  # due time and number behind which the next page begins


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRule:
    """When a comment opens a case by itself: where all that is said here holds.

    A score counts where high is good and only of the measure named, because scales differ.
    """

    name: str
    reason: str
    due_hours: float  # of the desk's hours, from when the comment was read
    unit: str = ""  # that answers for it; "": where the comment came from
    owner: str = ""  # "person:7"
    measure: str = ""  # nps, csat, ...
    score_most: float | None = None
    sentiment_most: float | None = None  # -1 to 1
    urgency_least: float | None = None  # 0 to 1, as the next two
    churn_least: float | None = None
    complaint_least: float | None = None
    survey: str = ""
    is_active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePreview:
    """What a rule would have done with the comments of the last days that are read already."""

    days: int
    comments: int  # looked at
    matches: int  # of them
    cases: int  # that these would have opened: one of a customer, as if none had been closed
