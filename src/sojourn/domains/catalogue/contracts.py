"""Words of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source delivers."""

    WEB = "web"
    SERVER = "server"
    MOBILE = "mobile"
    FILE = "file"
    INTERNAL = "internal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where events come from; `write_key` identifies it to intake (it is public in browsers)."""

    slug: str
    name: str
    kind: SourceKind
    channel: str  # taken where an event names none
    write_key: str
    is_strict: bool  # answer 400 when any item is refused
    is_active: bool
    expected_every_minutes: int | None  # freshness promise
    rate: int = 0  # events a second that intake takes from it; 0: as the settings say
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyRow:
    """A property as discovered: counts by JSON type; declared type where the plan has one."""

    event: str
    name: str
    types: dict[str, int]
    declared_type: str | None
    is_personal: bool
    is_dimension: bool
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTypeRow:
    """An event name as discovered, and what the plan says of it."""

    name: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    sources: tuple[str, ...]
    is_declared: bool
    violations: int
    properties: tuple[PropertyRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """One way in which events break the plan, counted."""

    event: str
    property: str | None
    rule: str  # undeclared_event, undeclared_property, missing_property, wrong_type, not_allowed
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedProperty:
    """A property as the tracking plan declares it."""

    name: str
    type: str  # string, number, integer, boolean, date, object, list, any
    required: bool = False
    allowed: tuple[str, ...] = ()
    personal: bool = False  # goes encrypted to state, never into the stream
    dimension: bool = False  # may be filtered and broken down by


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedEvent:
    """An event as the tracking plan declares it."""

    name: str
    description: str = ""
    owner: str = ""
    properties: tuple[PlannedProperty, ...] = ()


class Level(StrEnum):
    """At which level of abstraction events are shown: each by its name, as its group, or as its group's kind."""

    EVENTS = "events"
    GROUPS = "groups"
    KINDS = "kinds"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventGroup:
    """Events that are one thing to a reader; in `events` a `*` stands for any letters, such as `card.*`.

    An event that several groups name belongs to the one that spells its name out, else to the first. `kind` brings
    groups together one level higher.
    """

    name: str
    events: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRow:
    """A group with the names seen that belong to it, most frequent first, and how many events these are."""

    group: EventGroup
    members: tuple[str, ...]
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A tracking plan; `closed` counts events and properties that it does not name as violations.

    `common` are properties that any event may carry, such as `$app_version`. `groups` say which events are one thing
    to a reader.
    """

    events: tuple[PlannedEvent, ...] = ()
    closed: bool = False
    version: int = 0
    common: tuple[PlannedProperty, ...] = ()
    groups: tuple[EventGroup, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanVersion:
    """One version of the plan, as the history lists it."""

    version: int
    saved_at: datetime
    saved_by: str
    events: int


class FreshnessState(StrEnum):
    """Whether a source keeps its promise."""

    OK = "ok"
    LATE = "late"  # nothing for longer than promised
    SILENT = "silent"  # nothing ever, or for ten times as long as promised
    OPEN = "open"  # promises nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFreshness:
    """When a source was last heard, and whether that is as it promised."""

    source: str
    state: FreshnessState
    events: int
    last_received_at: datetime | None
    expected_every_minutes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadingRules:
    """What the loader needs to know, compactly.

    `events` maps an event's name to its declared properties by name; `common` are those of every event.
    `personal` are property names that are personal wherever they stand; `dimensions` those that may be filtered by.
    `channels` maps a source's slug to its channel. `version` grows with each change of plan or sources.
    """

    version: int
    closed: bool
    events: dict[str, dict[str, PlannedProperty]]
    common: dict[str, PlannedProperty]
    personal: frozenset[str]
    dimensions: tuple[str, ...]
    channels: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenEvents:
    """Events of one name from one source in a batch: how many, their first and last occurred_at in microseconds."""

    event: str
    source: str
    count: int
    first_us: int
    last_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenProperties:
    """Values of one property with one JSON type in a batch; `type` is as in `PlannedProperty`, or null."""

    event: str
    name: str
    type: str
    count: int
    first_us: int
    last_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaches:
    """One way in which a batch's events break the plan; `rule` as in `Violation`, `property` "" for the event."""

    event: str
    property: str
    rule: str
    count: int
    first_us: int
    last_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchObservation:
    """What the loader saw in one batch; the batch's number makes noting it twice harmless."""

    batch: int
    received_us: int  # newest received_at in the batch
    events: tuple[SeenEvents, ...] = ()
    properties: tuple[SeenProperties, ...] = ()
    breaches: tuple[Breaches, ...] = ()
