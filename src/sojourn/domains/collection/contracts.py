"""Words of collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SegmentCondition(StrEnum):
    """Where a segment file stands in its life."""

    LIVE = "live"  # readers read it
    RETIRED = "retired"  # replaced; the file goes when the oldest lease allows


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One Parquet file of the stream, as the manifest knows it."""

    id: int
    path: str  # relative to the segments folder
    first_batch: int
    last_batch: int
    rows: int
    since_us: int
    until_us: int  # exclusive
    bucket: int | None  # None until compacted
    source: str | None  # when all rows come from one source
    delivery: int | None


class DeliveryStatus(StrEnum):
    """How far a delivered file has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One file handed in: its progress, its counts, what it replaced."""

    id: int
    source: str
    name: str  # the file's name; the same name from the same source is a corrected delivery
    preset: str
    status: DeliveryStatus
    bytes_total: int
    bytes_done: int
    rows_good: int
    rows_known: int  # already there, dropped
    rows_refused: int
    rows_per_second: float
    message: str
    created_at: datetime
    finished_at: datetime | None
    replaces: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """An item or row that was refused, as the quarantine lists it."""

    id: int
    source: str
    origin: str  # intake, file name
    place: str  # index in the request, line number
    code: str
    reason: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowPoint:
    """Events accepted and refused in one minute, for the flow-of-data page."""

    minute: datetime
    source: str
    accepted: int
    refused: int
    duplicates: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One finding of the doctor."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
