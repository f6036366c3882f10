"""Words of privacy: why is this read, what was seen, what was left out."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.privacy.words.consent import Basis as Basis
from sojourn.domains.privacy.words.consent import Choice as Choice
from sojourn.domains.privacy.words.consent import ConsentDay as ConsentDay
from sojourn.domains.privacy.words.consent import How as How
from sojourn.domains.privacy.words.consent import ImportedConsents as ImportedConsents
from sojourn.domains.privacy.words.consent import Notice as Notice
from sojourn.domains.privacy.words.consent import NoticeText as NoticeText
from sojourn.domains.privacy.words.consent import PreferenceLink as PreferenceLink
from sojourn.domains.privacy.words.consent import Proof as Proof
from sojourn.domains.privacy.words.consent import PurposeCount as PurposeCount
from sojourn.domains.privacy.words.consent import PurposeTerms as PurposeTerms
from sojourn.domains.privacy.words.consent import RefusedRow as RefusedRow
from sojourn.domains.privacy.words.consent import Standing as Standing
from sojourn.domains.privacy.words.consent import Word as Word
from sojourn.domains.privacy.words.extracts import Extract as Extract
from sojourn.domains.privacy.words.extracts import ExtractState as ExtractState
from sojourn.domains.privacy.words.extracts import ExtractTerms as ExtractTerms
from sojourn.domains.privacy.words.extracts import SqlAnswer as SqlAnswer
from sojourn.domains.privacy.words.rights import AccountKind as AccountKind
from sojourn.domains.privacy.words.rights import Certificate as Certificate
from sojourn.domains.privacy.words.rights import Channel as Channel
from sojourn.domains.privacy.words.rights import Clock as Clock
from sojourn.domains.privacy.words.rights import Contact as Contact
from sojourn.domains.privacy.words.rights import DueDay as DueDay
from sojourn.domains.privacy.words.rights import Duty as Duty
from sojourn.domains.privacy.words.rights import Erasure as Erasure
from sojourn.domains.privacy.words.rights import ErasureState as ErasureState
from sojourn.domains.privacy.words.rights import Hold as Hold
from sojourn.domains.privacy.words.rights import Holiday as Holiday
from sojourn.domains.privacy.words.rights import KeptBack as KeptBack
from sojourn.domains.privacy.words.rights import Outcome as Outcome
from sojourn.domains.privacy.words.rights import Package as Package
from sojourn.domains.privacy.words.rights import Regulation as Regulation
from sojourn.domains.privacy.words.rights import Request as Request
from sojourn.domains.privacy.words.rights import RequestKind as RequestKind
from sojourn.domains.privacy.words.rights import RequestState as RequestState
from sojourn.domains.privacy.words.rights import RetentionPreview as RetentionPreview
from sojourn.domains.privacy.words.rights import RetentionRule as RetentionRule
from sojourn.domains.privacy.words.rights import Span as Span
from sojourn.domains.privacy.words.rights import Step as Step
from sojourn.domains.privacy.words.rows import Collected as Collected
from sojourn.domains.privacy.words.rows import Readable as Readable
from sojourn.domains.privacy.words.webhooks import Message as Message
from sojourn.domains.privacy.words.webhooks import MessageState as MessageState
from sojourn.domains.privacy.words.webhooks import NewSecret as NewSecret
from sojourn.domains.privacy.words.webhooks import Replay as Replay
from sojourn.domains.privacy.words.webhooks import Webhook as Webhook
from sojourn.domains.privacy.words.webhooks import WebhookTerms as WebhookTerms
from sojourn.engine.answers.door import Codes as Codes
from sojourn.engine.answers.words import IDENTITY_EVENTS as IDENTITY_EVENTS
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.period import Period

PURPOSE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")


class Purpose(StrEnum):
    """Why data are read; each has one lawful basis.

    These are built in. A company's own purposes are further members, made when their name is met: `Purpose("raffle")`;
    whether there is such a purpose the door asks the table.
    """

    ANALYTICS = "analytics"
    IMPROVEMENT = "service_improvement"
    RESEARCH = "research"
    SERVICE = "service"
    COMPLAINTS = "complaints"
    REGULATORY = "regulatory"
    MARKETING = "marketing"
    PERSONALISATION = "personalisation"
    AUTOMATED_DECISION = "automated_decision"

    @classmethod
    def _missing_(cls, value: object) -> Purpose | None:
        if not isinstance(value, str) or not PURPOSE_NAME.fullmatch(value):
            return None
        made = str.__new__(cls, value)
        made._name_, made._value_ = value.upper(), value
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Abstraction:
    """What events are seen as: by their names, or as the groups or kinds of the tracking plan.

    With `once` events in a row that are seen as the same are one, the first. Groups and kinds that are `expanded` are
    seen one level lower.
    """

    level: Level = Level.EVENTS
    once: bool = False
    expanded: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Say whether events are seen as they are."""
        return self.level is Level.EVENTS and not self.once


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFilter:
    """Which events a question is about; empty means all.

    `names` keeps only events so named. `dimensions` maps a dimension (channel, unit, source, product, or a
    property that the plan marks as a dimension, such as `app_version`) to the values that are kept.
    `having` keeps customers who have at least one of these event names in the period (and all their kept
    events). `having_pattern` keeps customers whose events match a path pattern; it sees all their events in the period
    that `dimensions` and the viewer let through, whatever their names. `abstraction` says what the events are seen as;
    names of groups may then stand where names of events do.
    """

    names: tuple[str, ...] = ()
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    having: tuple[str, ...] = ()
    having_pattern: str = ""
    abstraction: Abstraction = Abstraction()


@dataclass(frozen=True, kw_only=True, slots=True)
class InGroups:
    """What counted as one, where it was not the customer: so many accounts, households or companies.

    Customers in none count alone. A group is left out of which a customer has hidden events among those asked about.
    """

    per: str
    groups: int
    alone: int
    left_out: int | None  # groups; None below the k floor


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What a figure rests on: shown as n, and under "how this was computed"."""

    purpose: Purpose
    customers: int
    events: int
    left_out: int | None  # customers whom the purpose's basis hides; None below the k floor
    out_of_scope: int | None  # customers with no event in the viewer's units, whatever was asked; None below the floor
    period: Period
    batch: int  # newest batch that is in
    fresh_at: datetime | None  # when that batch was received
    took_ms: float
    cached: bool = False  # the same question was answered before and nothing has changed since
    query: str = ""  # what was asked of stream or timeline, for people to read
    in_groups: InGroups | None = None  # None where each customer counts as one


R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer(Generic[R]):
    """A value and what it rests on; event codes in the value are positions in `names`."""

    value: R
    coverage: Coverage
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SidesAnswer(Generic[R]):
    """A value about two sides and what each rests on; event codes in the value are positions in `names`."""

    value: R
    a: Coverage
    b: Coverage
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Which customers are one for a figure, by their persons: one entry a membership, in force in [since, until).

    `kind` and `version` name them; a person may be in several groups, which all count.
    """

    kind: str
    version: int
    person: Int64s
    group: Int64s  # above 0
    since_us: Int64s
    until_us: Int64s


class Aggregate(StrEnum):
    """What a measure does with the events of a group."""

    EVENTS = "events"  # number of events
    CUSTOMERS = "customers"  # number of customers
    SUM = "sum"  # of `field`
    MEAN = "mean"
    CLUSTERS = "clusters"  # sums by customer, for intervals: of `field`, or of how often it is one of `hits`


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A declarative sum over events, compiled to SQL by privacy.

    `fields` of group and aggregate are columns of the stream or `properties.<name>`.
    `last_per_customer` keeps each customer's last event (per value of the fields listed) before grouping.
    `spread` names groups that are values of one figure, not figures of their own: a floor counts over all of them.
    """

    event: str
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    group: tuple[str, ...] = ()
    aggregate: Aggregate = Aggregate.EVENTS
    field_name: str | None = None
    last_per_customer: tuple[str, ...] | None = None
    hits: tuple[float, ...] | None = None
    misses: tuple[float, ...] = ()  # beside hits: each takes one away
    spread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureRow:
    """One group of a measure: its key, its value, the events and customers in it.

    Read per account, household or company, `customers` are those that count as one, `in_groups` of them are groups and
    the others customers who were in none; `clusters` are then sums over linked sets of customers.
    """

    key: tuple[str | None, ...]
    value: float
    events: int
    customers: int
    clusters: Clusters | None = None
    in_groups: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRows:
    """The rows of one event as parallel arrays, in the order (customer, time, event id); for sums, never to be shown.

    `fields` are texts, None where an event says nothing. `hidden` are customers with rows that may not be read.
    """

    customer: Int64s
    at_us: Int64s
    event_id: Int64s
    fields: dict[str, npt.NDArray[np.object_]]
    hidden: Int64s


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """One event as a page or the API lists it: pseudonymous."""

    event_id: int
    customer: int
    name: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    channel: str | None
    touchpoint: str | None
    unit: str | None
    product: str | None
    source: str
    value: str | None
    currency: str | None
    properties: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventPage:
    """Some events, newest first; `next_cursor` leads to the following page, None at the end."""

    rows: tuple[EventRow, ...]
    next_cursor: str | None


class ExportFormat(StrEnum):
    """A format in which events leave; the value is how a file's name ends."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"
    XES = "xes"
    XES_GZ = "xes.gz"
    OCEL = "json"
    OCEL_GZ = "json.gz"
    ARROW = "arrow"  # a stream, for programs


@dataclass(frozen=True, kw_only=True)
class Export:
    """Events on their way out; `pieces` are made while they are read, once, and want to be closed."""

    name: str  # of the file
    media_type: str
    customers: int
    events: int
    pieces: Generator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """An event name or a dimension's value, with the events and customers that have it."""

    name: str
    events: int
    customers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """What can be asked about: event names and, by dimension, values; most frequent first.

    `units` are those that have others below them, each counted with all below it.
    """

    names: tuple[Term, ...]
    dimensions: dict[str, tuple[Term, ...]]
    currencies: tuple[str, ...] = ()
    units: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """How far the stream and its timeline have come, counting what the viewer may see."""

    events: int
    customers: int
    batch: int
    received_at: datetime | None
    timeline_batch: int
    first_at: datetime | None
    last_at: datetime | None
