"""Words of data rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ErasureState(StrEnum):
    """How far an erasure has come."""

    WAITING = "waiting"  # for the work process
    REMOVED = "removed"  # out of every store; the proof is to come
    PROVEN = "proven"  # done, with its certificate


class AccountKind(StrEnum):
    """What customers hold or belong to; figures can be told per each of these."""

    ACCOUNT = "account"  # a product held, under a number
    HOUSEHOLD = "household"
    COMPANY = "company"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBack:
    """What a legal duty keeps of somebody: which rule, what of it, on which ground, until when."""

    rule: str
    title: str
    law: str
    events: tuple[str, ...]
    traits: tuple[str, ...]
    until: date
    accounts: tuple[AccountKind, ...] = ()  # of these kinds: which they held or belonged to


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """One erasure of one customer or of many: what went, what stays and why, and its certificate."""

    id: int
    state: ErasureState
    customers: int
    rows: int  # events that went
    kept: tuple[KeptBack, ...]
    until: date | None  # when what is kept goes by itself
    message: str  # why it is not proven yet
    by: str
    asked_at: datetime
    finished_at: datetime | None
    request: int | None
    tombstones: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """The proof of an erasure: what was done and found, sealed with this installation's key; nothing personal in it."""

    erasure: int
    content: Mapping[str, object]
    seal: str  # HMAC-SHA-256 of the content as canonical JSON, hexadecimal
    is_genuine: bool


class RequestKind(StrEnum):
    """What a customer asks for."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"
    DO_NOT_SELL = "do_not_sell"


class RequestState(StrEnum):
    """Where a request stands."""

    UNVERIFIED = "unverified"  # nobody has made sure yet who asks
    OPEN = "open"  # to be worked on
    PAUSED = "paused"  # the clock stands: the customer was asked for something
    WORKING = "working"  # its steps are being done
    FAILED = "failed"  # a step could not be done; the step says what to do
    CLOSED = "closed"  # answered, in whole, in part or with a refusal


class Outcome(StrEnum):
    """How a request was answered."""

    DONE = "done"
    IN_PART = "in_part"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """How a request came."""

    PAGE = "page"
    MAIL = "mail"
    API = "api"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A length of time as a law gives it: in days, months or business days."""

    days: int = 0
    months: int = 0
    business_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The deadlines of one kind of request under one regulation."""

    answer: Span
    acknowledge: Span | None
    extension: Span | None
    rolls: bool
    pauses: frozenset[str]
    is_verified: bool
    holidays: str = ""  # the calendar that the law names; empty: the company's


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    """A public holiday by which deadlines are counted."""

    day: date
    name: str
    is_own: bool  # of the company's list, not of the country's


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDay:
    """The last day of a deadline, and what moved it from the day on which it would have ended."""

    day: date
    before: date  # the same, unless that day is no working day
    holidays: tuple[Holiday, ...]  # skipped while counting or rolling, weekends aside


@dataclass(frozen=True, kw_only=True, slots=True)
class Regulation:
    """A law with its deadlines."""

    name: str
    title: str
    law: str
    clocks: Mapping[RequestKind, Clock]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a request: what, how it went, and when it did not, what to do."""

    name: str
    state: str  # waiting, done, failed
    outcome: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as the desk shows it; whom it is of stands in `contact` only, for those who handle requests."""

    id: int
    kind: RequestKind
    regulation: str
    state: RequestState
    channel: Channel
    customer: int | None
    received_at: datetime
    due_on: date
    acknowledge_by: date | None
    acknowledged_at: datetime | None
    verified_at: datetime | None
    verified_how: str
    paused_for: str  # identity, clarification, ""
    paused_at: datetime | None
    paused_reason: str  # what the customer was asked for
    paused_days: int  # for which the clock has stood, without the pause that lasts
    extended: bool
    extension_reason: str
    outcome: Outcome | None
    reason: str
    closed_at: datetime | None
    steps: tuple[Step, ...]
    erasure: int | None
    is_overdue: bool
    days_left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Who asks and what they wrote, as told; sealed at rest."""

    name: str = ""
    email: str = ""
    phone: str = ""
    message: str = ""
    language: str = "en"
    corrections: Mapping[str, str] | None = None  # of traits, for rectification


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """A statutory duty to keep events, traits and who held what for some months after the relationship's end."""

    name: str
    title: str
    law: str
    events: tuple[str, ...]
    traits: tuple[str, ...]
    ends: tuple[str, ...]  # events that end the relationship
    months: int
    accounts: tuple[AccountKind, ...] = ()  # of these kinds it keeps who held them or belonged to them
    is_active: bool = True
    saved_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A hold on one customer as a whole, until a day or until it is released."""

    id: int
    customers: tuple[int, ...]  # whom it locks, by the numbers of today; more than one when they were taken apart
    reason: str
    until: date
    by: str
    since: datetime
    released_at: datetime | None
    released_by: str
    released_why: str
    is_active: bool
    is_locked: bool  # an erasure was asked for: what is left is read for legal duties only, and goes with the end


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionRule:
    """A rule: events of some names (empty: all) go, or lose a field, so many days after they occurred."""

    name: str
    title: str
    events: tuple[str, ...]
    field: str  # of `properties`; empty: the whole event
    days: int
    starts_on: date | None = None
    saved_by: str = ""
    ran_at: datetime | None = None
    ran_rows: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionPreview:
    """What a retention rule would take today."""

    rows: int
    customers: int
    since: datetime | None  # the oldest event concerned
    until: datetime  # events before it are
    spared: int  # customers whose events stay because of a hold
    duties: tuple[str, ...]  # titles of statutory duties that keep events which the rule would take


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """An access package and its link; the secret is told once, when it is made."""

    id: int
    request: int
    size: int
    made_at: datetime
    expires_at: datetime
    downloads: int
    secret: str = ""
