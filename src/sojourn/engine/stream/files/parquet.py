"""Parquet, row group by row group; typed columns keep their types where an event's column can use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.stream.files.rows import Dialect, Refusal, Rows, UnreadableFileError, numbers

BATCH_ROWS: Final = 64 * 1024


class ParquetReader:
    """Reads a Parquet file."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.dialect = dialect
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                self.header = list(file.schema_arrow.names)
        except (pa.ArrowInvalid, OSError) as error:
            raise UnreadableFileError(f"The Parquet file is damaged or cut short ({_short(error)}).") from None
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
        if twice:
            raise UnreadableFileError(f"The file names the column {', '.join(twice)} more than once.")

    def batches(self) -> Iterator[Rows]:
        """Yield the rows in order; raise UnreadableFileError when a page is damaged."""
        size, first, done = self._path.stat().st_size, 1, 0
        with pq.ParquetFile(self._path) as file:
            total = max(1, file.metadata.num_rows)
            try:
                for batch in file.iter_batches(BATCH_ROWS):
                    done += batch.num_rows
                    yield rows_of(pa.Table.from_batches([batch]), first, size * done // total)
                    first += batch.num_rows
            except (pa.ArrowInvalid, OSError) as error:
                raise UnreadableFileError(f"The Parquet file is damaged ({_short(error)}).") from None


def rows_of(table: pa.Table, first: int, done: int = 0) -> Rows:
    """Give a table of any Arrow types as rows numbered from `first`; nested values become JSON text."""
    flags: dict[str, pa.BooleanArray] = {}
    refused: list[Refusal] = []
    for at, field in enumerate(table.schema):
        column = table.column(at).combine_chunks()
        if pa.types.is_dictionary(field.type):
            column = column.dictionary_decode()
        plain, written = _plain(column)
        table = table.set_column(at, field.name, plain)
        if written:
            flags[field.name] = pa.array([True]).take(pa.array([0] * len(plain)))
    return Rows(table=table, lines=numbers(first, table.num_rows), bytes_done=done, refused=refused, is_json=flags)


def _plain(column: Any) -> tuple[Any, bool]:
    """Bring a column to string, timestamp or number; nested values to JSON text (True)."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", tz=kind.tz), safe=False), False
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("us")), False
    if pa.types.is_string(kind) or pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return column, False
    if pa.types.is_floating(kind):
        wide = column.cast(pa.float64())
        return pc.if_else(pc.is_finite(wide), wide, None), False
    if pa.types.is_nested(kind):
        return pa.array([_json(value) for value in column.to_pylist()], pa.string()), True
    if pa.types.is_null(kind):
        return column.cast(pa.string()), False
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.nulls(len(column), pa.string()), False  # bytes mean nothing to an event
    return column.cast(pa.string()), False


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:160]
