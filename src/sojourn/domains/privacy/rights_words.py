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


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBack:
    """What a legal duty keeps of somebody: which rule, what of it, on which ground, until when."""

    rule: str
    title: str
    law: str
    events: tuple[str, ...]
    traits: tuple[str, ...]
    until: date


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
