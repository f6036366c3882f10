"""Words of extracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa


class ExtractState(StrEnum):
    """What an extract is waiting for."""

    WAITING = "waiting"  # to be made, or made anew
    READY = "ready"
    FAILED = "failed"  # `message` says why
    ENDED = "ended"  # its lease is over; its file is gone


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractTerms:
    """What an extract holds, for which purpose, how often it is made anew, and for how long it may be used.

    `last_days` bounds the events, None takes all. Without a renewal the file goes `lease_days` after the extract was
    asked for.
    """

    name: str
    purpose: str
    last_days: int | None = None
    every_hours: int = 24
    lease_days: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Extract:
    """An extract as it stands; `path` lies in the data folder, of which BI tools read nothing else."""

    id: int
    terms: ExtractTerms
    state: ExtractState
    message: str
    made_by: str
    units: frozenset[str] | None
    customers: int
    events: int
    size: int  # bytes
    path: str  # "" while there is no file
    made_at: datetime | None
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class SqlAnswer:
    """What a statement gave; `is_cut` when there were more rows than may come."""

    table: pa.Table
    is_cut: bool
    extract: Extract
    took_ms: float
