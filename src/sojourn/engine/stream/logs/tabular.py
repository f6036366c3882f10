"""Events as CSV (RFC 4180) and as Parquet, in the columns of the native form."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sojourn.engine.stream.logs.columns import SCHEMA, as_texts

ROW_GROUP: Final = 1 << 17


def csv_pieces(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write events as CSV in UTF-8 with a header line; what is absent is empty."""
    yield (",".join(SCHEMA.names) + "\n").encode()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    for table in tables:
        out = pa.BufferOutputStream()
        pa_csv.write_csv(as_texts(table), out, options)
        yield out.getvalue().to_pybytes()


def parquet_pieces(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write events as Parquet, a row group of about a hundred thousand rows at a time."""
    out = _Drained()
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for table in tables:
            waiting.append(table)
            if sum(each.num_rows for each in waiting) >= ROW_GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
                yield out.drained()
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
    yield out.drained()


class _Drained(io.RawIOBase):
    """A file that only grows, and gives away what was written to it."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._before = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: object, /) -> int:
        before = len(self._held)
        self._held += memoryview(piece)  # type: ignore[arg-type]
        return len(self._held) - before

    def tell(self) -> int:
        return self._before + len(self._held)

    def drained(self) -> bytes:
        given = bytes(self._held)
        self._before += len(given)
        self._held.clear()
        return given
