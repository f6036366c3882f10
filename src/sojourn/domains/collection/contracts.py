"""Words of collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from sojourn.engine.stream.places.words import HostKeyError as HostKeyError  # a page asks to confirm its key


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
    size: int = 0  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """Events that a batch took out of the stream: those with ids in a range, or all of one person.

    With both, ranges of this batch and before were of that person: their bytes are overwritten where copies stand.
    """

    batch: int
    low_event_id: int | None = None
    high_event_id: int | None = None  # exclusive
    person: int | None = None
    rows: int = 0  # how many there were


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a room holds about somebody under one heading, for them to read; values are JSON."""

    heading: str  # in plain words: "Contact data", "What you told us"
    explanation: str  # what it is, where it comes from, what it is for
    records: Iterable[Mapping[str, object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """A table with something of customers in it, and who answers for it: a function, or why none is needed."""

    model: str  # "room.Model"
    erased_by: Callable[[tuple[int, ...]], None] | str
    told_by: Callable[[tuple[int, ...]], Iterable[Held]] | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Keep:
    """What an erasure in part leaves: events and traits of some names, some kinds of account, a customer's numbers."""

    events: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()  # kinds, of which it stays who held them or belonged to them


class DeliveryStatus(StrEnum):
    """How far a delivered file has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlTotals:
    """What the sender says is in a file: a delivery that differs does not enter. None: not said."""

    rows: int | None = None  # of data, the header left out
    total: Decimal | None = None  # the sum of `value`


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
    is_queued: bool = False  # False while somebody has yet to look at its preview
    value_total: Decimal = Decimal(0)  # control total: the sum of `value` over good rows
    refused_by_code: dict[str, int] = field(default_factory=dict)  # all of them, also those not kept
    warnings: tuple[str, ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)  # as `engine.stream.files.mapping.parse` reads it
    batch: int | None = None  # of its commit
    by: str = ""  # who handed it in
    control: ControlTotals = ControlTotals()


class PickupKind(StrEnum):
    """Where files are fetched from."""

    SFTP = "sftp"
    OBJECTS = "objects"  # an object store that speaks S3
    DATABASE = "database"  # a question to PostgreSQL


@dataclass(frozen=True, kw_only=True, slots=True)
class PickupTerms:
    """What a pickup fetches, from where, into which source, and when: every so many minutes, or daily at a time."""

    name: str
    kind: PickupKind
    source: str
    where: dict[str, Any] = field(default_factory=dict)  # the fields of the kind's address, but for the secret
    pattern: str = "*"  # of names, as shells write them
    preset: str = ""  # "" finds the one that fits
    has_control: bool = False  # a file is taken only with `<name>.control` beside it
    every_minutes: int | None = None
    daily_at: str = ""  # such as 02:30, in `zone`
    zone: str = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pickup:
    """A place whose new files are fetched by schedule, and how the last round went; its secret is never shown."""

    id: int
    terms: PickupTerms
    is_active: bool
    made_by: str
    next_at: datetime
    last_at: datetime | None
    message: str  # why the last round failed; "" when it did not
    failures: int  # rounds that failed since one did not
    files: int  # taken so far


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSeen:
    """A file at a pickup's place, and what the next round does with it."""

    name: str
    size: int | None
    what: str  # new, changed, known, aside or no_control


@dataclass(frozen=True, kw_only=True, slots=True)
class FittingPreset:
    """A preset that fits a file's header: how well, from 0 to 1, and why."""

    name: str
    title: str
    score: float
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a file would become: its first rows as events, and what was found out about it.

    Counts are of the rows that were looked at (`rows`); `is_whole` says that these were all. Values of personal columns
    are not shown.
    """

    format: str
    encoding: str
    delimiter: str
    is_compressed: bool
    header: tuple[str, ...]
    presets: tuple[FittingPreset, ...]
    preset: str
    mapping: dict[str, Any]
    time_format: str  # "" for ISO 8601
    decimal: str
    traits: tuple[str, ...]
    personal: tuple[str, ...]
    properties: tuple[str, ...]
    warnings: tuple[str, ...]
    rows: int
    is_whole: bool
    rows_good: int
    rows_refused: int
    value_total: Decimal
    event_names: tuple[tuple[str, int], ...]  # most frequent first
    first_at: datetime | None
    last_at: datetime | None
    events: tuple[dict[str, str | None], ...]  # the first rows
    refused: tuple[tuple[int, str, str], ...]  # line, code, reason


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
class Refusal:
    """An item or row on its way into the quarantine; `payload` is sealed there."""

    source: str
    origin: str  # intake, or a file's name
    place: str  # index in the request, line number
    code: str
    reason: str
    received_us: int
    payload: bytes
    message_id: str = ""  # a digest, never what was sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """What one commit adds to a source's minute of arrival."""

    minute: int  # minutes since the epoch
    source: str
    accepted: int = 0
    refused: int = 0
    duplicates: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TailBatch:
    """What a consumer of the tail has not seen: batches in (`after`, `until`].

    `paths` are segments that may hold other rows too: only those with `after < batch <= until` are new.
    """

    after: int
    until: int
    paths: tuple[Path, ...]
    removals: tuple[Removal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """Something that a room did to or learned of a customer, on its way into the stream; see `actions.record`."""

    name: str
    occurred_at: datetime
    person: int | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


class Pressure(StrEnum):
    """Whether intake takes events."""

    OPEN = "open"
    SPOOL_FULL = "spool_full"
    DISK_FULL = "disk_full"


@dataclass(frozen=True, kw_only=True, slots=True)
class BackPressure:
    """How much lies between intake and loader, and how much room the disk has; bytes."""

    state: Pressure
    spool_bytes: int
    spool_max_bytes: int
    disk_free_bytes: int
    disk_needed_bytes: int
    reserve_bytes: int  # size of the reserve file as it stands


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


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedCount:
    """A column of sealed values: how many, and how many wait to be sealed under the newest key."""

    name: str
    values: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Encryption:
    """The master keys by their names and how far a rotation has come; the keys themselves are nowhere to be seen."""

    newest: str
    older: tuple[str, ...]
    is_in_environment: bool
    seconds_old: float  # of the newest key
    columns: tuple[SealedCount, ...]
    waits_for: str  # what older keys still seal; "" when they can be retired


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A backup: when it was made, what it holds and when it was last read whole; sizes in bytes before packing."""

    name: str
    made_at: datetime
    version: str
    batch: int
    events: int
    files: int
    size: int
    verified_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedCountRow:
    """How much of a source was ever refused for a reason; the quarantine itself is bounded."""

    source: str
    code: str
    count: int
