"""Segments: immutable Parquet files of events, on disk for certain before anybody hears of them."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.stream.schema import SCHEMA
from sojourn.kit import durable

SUFFIX: Final = ".parquet"
PER_FOLDER: Final = 1_000  # batches whose files share a folder
ROW_GROUP: Final = 16 * 1024  # rows that a page of a customer decodes: 2.8 ms, against 20 of 128 K; scans take 2 % more
# Small repeated words are worth a dictionary; digests, ids and JSON are not.
DICTIONARY: Final = ["name", "kind", "channel", "touchpoint", "unit", "product", "source", "currency", "agent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A segment that is on disk: what the manifest must know of it; `path` is relative to the segments folder."""

    path: str
    rows: int
    size: int
    first_batch: int
    last_batch: int
    since_us: int
    until_us: int  # exclusive
    bucket: int | None = None
    source: str | None = None  # when all rows come from one source


def write(folder: Path, table: pa.Table, *, batch: int, bucket: int | None = None) -> Written:
    """Write a table of the stream's schema as one segment, file and folder synced, and describe it.

    `batch` names the folder. A file without a manifest row is an orphan that `orphans` finds. Raise OSError; nothing
    is then left behind.
    """
    with Writer(folder, batch=batch, bucket=bucket) as writer:
        writer.add(table)
        return writer.finish()


class Writer:
    """Writes one segment in parts; leaves no file unless finished."""

    def __init__(self, folder: Path, *, batch: int, bucket: int | None = None) -> None:
        self._folder, self._bucket = folder, bucket
        self._path = folder / f"{batch // PER_FOLDER:06d}" / f"{batch:012d}-{secrets.token_hex(4)}{SUFFIX}"
        durable.make_folder(self._path.parent)
        self._file = pq.ParquetWriter(
            self._path,
            SCHEMA,
            compression="zstd",
            compression_level=1,
            use_dictionary=DICTIONARY,
            write_statistics=True,
            store_schema=False,
        )
        self._rows = 0
        self._batches: list[tuple[int, int]] = []
        self._times: list[tuple[int, int]] = []
        self._sources: set[str | None] = set()
        self._done = False

    def add(self, table: pa.Table) -> None:
        """Append rows; raise OSError."""
        if not table.num_rows:
            return
        self._file.write_table(table, row_group_size=ROW_GROUP)
        self._rows += table.num_rows
        self._batches.append(_bounds(table["batch"]))
        self._times.append(_bounds(table["occurred_at"].cast(pa.int64())))
        if len(self._sources) < 2:
            self._sources.update(table["source"].unique().to_pylist())

    def finish(self) -> Written:
        """Close and sync the file and its folder; raise OSError, and ValueError when no row was added."""
        if not self._rows:
            raise ValueError("a segment has at least one row")
        self._file.close()
        durable.reach("segment.written")
        size = durable.sync_file(self._path)
        durable.sync_folder(self._path.parent)
        self._done = True
        durable.reach("segment.synced")
        return Written(
            path=str(self._path.relative_to(self._folder)),
            rows=self._rows,
            size=size,
            first_batch=min(low for low, _ in self._batches),
            last_batch=max(high for _, high in self._batches),
            since_us=min(low for low, _ in self._times),
            until_us=max(high for _, high in self._times) + 1,
            bucket=self._bucket,
            source=next(iter(self._sources)) if len(self._sources) == 1 else None,
        )

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._done:
            return
        with contextlib.suppress(OSError):  # a full disk; the file goes now
            self._file.close()
        self._path.unlink(missing_ok=True)


def read(paths: Iterable[Path], columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Read segments batch by batch, in the order given; raise OSError or pyarrow.ArrowInvalid."""
    for path in paths:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(columns=None if columns is None else list(columns))


def orphans(folder: Path, known: frozenset[str]) -> list[Path]:
    """List segment files that no manifest row names: a crash came between file and commit."""
    found = (path for path in sorted(folder.glob(f"*/*{SUFFIX}")))
    return [path for path in found if str(path.relative_to(folder)) not in known]


def delete(folder: Path, paths: Iterable[str]) -> int:
    """Delete files (absent ones count too) and sync their folders; give how many; raise OSError."""
    parents = set()
    count = 0
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        parents.add((folder / path).parent)
        count += 1
    for parent in parents:
        if parent.exists():
            durable.sync_folder(parent)
    return count


def _bounds(column: pa.ChunkedArray) -> tuple[int, int]:
    found = pc.min_max(column).as_py()
    return found["min"], found["max"]
