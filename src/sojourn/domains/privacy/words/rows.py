"""Words of rows that other rooms made of events, and keep: comments, answers."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.kernels.words import Flags, Int64s


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """What rows that were made of events say of them: parallel arrays."""

    person: Int64s
    at_us: Int64s
    purposes: Int64s  # bits allowed at collection; below 0 where the event said none
    unit: Int64s  # places in `units`
    units: tuple[str, ...]  # "" stands for none


@dataclass(frozen=True, kw_only=True, slots=True)
class Readable:
    """Which rows may be read, and whose each is today."""

    rows: Flags
    customer: Int64s
