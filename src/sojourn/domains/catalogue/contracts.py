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


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyRow:
    """A property as discovered: counts by JSON type; declared type where the plan has one."""

    event: str
    name: str
    types: dict[str, int]
    declared_type: str | None
    is_personal: bool
    is_dimension: bool


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A tracking plan; `closed` counts events that it does not name as violations."""

    events: tuple[PlannedEvent, ...] = ()
    closed: bool = False
    version: int = 0
