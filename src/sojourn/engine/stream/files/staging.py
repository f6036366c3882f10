"""Segments of a delivery before its commit: written and synced in a folder of their own, stamped at the end.

The number of a commit is known only when it is its turn, and the loader must not wait while millions of rows are
encoded. So the column `batch` is written with a random 63-bit number, uncompressed, and these eight bytes are
replaced in the finished files when the turn comes: milliseconds a file (docs/decisions/0006-late-batch-number.md).
"""

from __future__ import annotations

import mmap
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.engine.stream.schema import SCHEMA
from sojourn.engine.stream.segments import DICTIONARY, PER_FOLDER, ROW_GROUP, SUFFIX, Written
from sojourn.kit import durable
from sojourn.kit.errors import SojournError
from sojourn.kit.ids import random_token

PART_ROWS: Final = 1 << 20
_OTHERS: Final = [name for name in SCHEMA.names if name != "batch"]


class StampError(SojournError):
    """A staged segment does not hold what was written; the disk may be failing. Nothing was committed."""

    code = "stamp"
    status = 500


@dataclass(slots=True)
class Part:
    """One staged file."""

    path: Path
    rows: int = 0
    since_us: int = 1 << 62
    until_us: int = -(1 << 62)


class Stage:
    """Writes tables of the stream's schema into files of about a million rows each."""

    def __init__(self, folder: Path, *, part_rows: int = PART_ROWS) -> None:
        self._folder, self._part_rows = folder, part_rows
        self.mark = random_token() | (1 << 62)  # eight bytes that occur nowhere else
        self.parts: list[Part] = []
        self._writer: pq.ParquetWriter | None = None
        durable.make_folder(folder)

    def add(self, table: pa.Table) -> None:
        """Append rows whose column `batch` holds `mark`; raise OSError."""
        if not table.num_rows:
            return
        if self._writer is None:
            self.parts.append(Part(self._folder / f"{len(self.parts):06d}{SUFFIX}"))
            self._writer = _writer(self.parts[-1].path)
        self._writer.write_table(table, row_group_size=ROW_GROUP)
        part = self.parts[-1]
        at = np.asarray(table.column("occurred_at").combine_chunks().cast(pa.int64()))
        part.rows += table.num_rows
        part.since_us, part.until_us = min(part.since_us, int(at.min())), max(part.until_us, int(at.max()) + 1)
        if part.rows >= self._part_rows:
            self._close()

    def finish(self) -> list[Part]:
        """Close and sync what was written; raise OSError."""
        self._close()
        durable.sync_folder(self._folder)
        return self.parts

    def abandon(self) -> None:
        """Close without syncing; the caller removes the folder."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            durable.sync_file(self.parts[-1].path)


def publish(part: Part, *, mark: int, batch: int, segments: Path, source: str) -> Written:
    """Put the number of its commit into a staged file, sync it, and move it among the segments.

    Raise StampError when the file does not read back as it should, and OSError.
    """
    stamp(part.path, mark=mark, batch=batch)
    target = segments / f"{batch // PER_FOLDER:06d}" / f"{batch:012d}-{secrets.token_hex(4)}{SUFFIX}"
    durable.make_folder(target.parent)
    part.path.rename(target)
    size = durable.sync_file(target)
    durable.sync_folder(target.parent)
    return Written(
        path=str(target.relative_to(segments)),
        rows=part.rows,
        size=size,
        first_batch=batch,
        last_batch=batch,
        since_us=part.since_us,
        until_us=part.until_us,
        source=source,
    )


def stamp(path: Path, *, mark: int, batch: int) -> None:
    """Replace every occurrence of `mark` in a file by `batch`, and read back that all rows now hold it.

    A file that was stamped with another number before (its commit failed) is refused: it is staged anew.
    """
    old, new = mark.to_bytes(8, "little"), batch.to_bytes(8, "little")
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as held:
        at = held.find(old)
        while at >= 0:
            held[at : at + 8] = new
            at = held.find(old, at + 8)
        held.flush()
    with pq.ParquetFile(path) as read:
        for group in read.iter_batches(columns=["batch"]):
            if not np.all(np.asarray(group.column(0)) == batch):
                raise StampError("A staged segment does not hold its batch number; the delivery was not committed.")


def _writer(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        SCHEMA,
        compression={"batch": "NONE", **dict.fromkeys(_OTHERS, "ZSTD")},
        compression_level=dict.fromkeys(_OTHERS, 1),
        use_dictionary=[*DICTIONARY, "batch"],
        write_statistics=True,
        store_schema=False,
    )
