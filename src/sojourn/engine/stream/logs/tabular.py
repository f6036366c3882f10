"""Events as CSV (RFC 4180), as Parquet and as Arrow, in the columns of the native form."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sojourn.engine.stream.logs.columns import SCHEMA, as_texts

ROW_GROUP: Final = 1 << 17


_NO_TEXTS: Final = frozenset({"timestamp", "value"})
_FORMULA: Final = r"^[=+\-@\t\r]"  # what a spreadsheet takes for the beginning of a formula
_NUMBER: Final = r"^[+-]?[0-9]+(\.[0-9]+)?$"


def csv_pieces(tables: Iterable[pa.Table], *, raw: bool = False) -> Iterator[bytes]:
    """Write events as CSV in UTF-8 with a header line; what is absent is empty.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, unless `raw`; numbers never do.
    """
    yield (",".join(SCHEMA.names) + "\n").encode()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    for table in tables:
        out = pa.BufferOutputStream()
        texts = as_texts(table)
        pa_csv.write_csv(texts if raw else guarded(texts), out, options)
        yield out.getvalue().to_pybytes()


def guarded(texts: pa.Table) -> pa.Table:
    """Put an apostrophe before texts that begin as formulas do: =, +, -, @, tab or carriage return, but for numbers.

    Source: OWASP, "CSV Injection".
    """
    columns = []
    for name, column in zip(texts.column_names, texts.columns, strict=True):
        formula = pc.and_(
            pc.match_substring_regex(column, _FORMULA), pc.invert(pc.match_substring_regex(column, _NUMBER))
        )
        if name not in _NO_TEXTS and pc.any(formula).as_py():
            column = pc.if_else(formula, pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.table(columns, names=texts.column_names)


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


def arrow_pieces(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write events as an Arrow stream."""
    out = _Drained()
    with pa.ipc.new_stream(out, SCHEMA) as writer:
        for table in tables:
            writer.write_table(table)
            yield out.drained()
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
