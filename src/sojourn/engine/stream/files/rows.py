"""What a reader yields: rows as Arrow columns with the place each came from, and the rows it had to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import Int64s
from sojourn.kit.errors import InvalidError

UNPACKED_MAX = 64 << 30  # bytes of a gzip file, unpacked, where nothing else is said
ROW_MAX_BYTES = 1 << 20  # a longer row, or one with an unclosed quote over more than this, is refused


class UnreadableFileError(InvalidError):
    """The file as a whole cannot be read; the message says what it seems to be and what would help."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out: its line (CSV, JSON lines) or number (Parquet, XES; from 1), and why."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """How a file is written, as detected; `notes` are sentences for people."""

    format: str  # csv, parquet, jsonl, ocel, xes
    compressed: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    notes: tuple[str, ...] = ()
    unpacked_max: int = UNPACKED_MAX


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Some rows of a file, in its order.

    Text columns are strings where null or empty means absent. `is_json` has a flag a value for columns whose
    values may be JSON already (numbers, objects); absent: all plain text. `bytes_done` is how far into the file as it
    lies on disk the reader has come. `places` tell rows of one line apart, where a line became several.
    """

    table: pa.Table
    lines: Int64s  # (rows,) line or row numbers from 1
    bytes_done: int
    refused: Sequence[Refusal] = ()
    is_json: Mapping[str, pa.BooleanArray] = field(default_factory=dict)
    places: Int64s | None = None


class Reader(Protocol):
    """A file opened for reading; `batches` may be asked for once."""

    dialect: Dialect
    header: list[str]

    def batches(self) -> Iterator[Rows]:
        """Yield the rows in order, in bounded memory."""
        ...


def columned(records: Sequence[Mapping[str, Any]], flags: Sequence[frozenset[str]]) -> tuple[pa.Table, dict[str, Any]]:
    """Turn records of text into a table of string columns and the flags of those values that are JSON."""
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
    table = pa.table({name: pa.array([record.get(name) for record in records], pa.string()) for name in names})
    written = frozenset().union(*flags) if flags else frozenset()
    return table, {name: pa.array([name in flag for flag in flags]) for name in sorted(written)}


def numbers(first: int, count: int) -> Int64s:
    """Number `count` rows from `first`."""
    return np.arange(first, first + count, dtype=np.int64)
