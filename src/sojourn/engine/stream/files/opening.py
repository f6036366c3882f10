"""Open a delivered file by what it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sojourn.engine.stream.files.csv import CsvReader
from sojourn.engine.stream.files.jsonl import JsonLinesReader
from sojourn.engine.stream.files.ocel import OcelReader
from sojourn.engine.stream.files.parquet import ParquetReader
from sojourn.engine.stream.files.rows import UNPACKED_MAX, Reader, UnreadableFileError
from sojourn.engine.stream.files.sniff import sniff
from sojourn.engine.stream.files.xes import XesReader


def open_file(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, unpacked_max: int = UNPACKED_MAX
) -> Reader:
    """Open a file by its content; `encoding` and `delimiter` overrule what is detected.

    A gzip file may unpack to `unpacked_max` bytes.

    Raise UnreadableFileError when it is none of CSV, Parquet, JSON lines, OCEL and XES, or holds nothing.
    """
    dialect = replace(sniff(path), unpacked_max=unpacked_max)
    if encoding:
        try:
            "".encode(encoding)
        except LookupError:
            raise UnreadableFileError(f"There is no encoding {encoding!r}.") from None
        dialect = replace(dialect, encoding=encoding)
    if delimiter:
        if len(delimiter) != 1 or not delimiter.isascii():
            raise UnreadableFileError("A delimiter is one character.")
        dialect = replace(dialect, delimiter=delimiter)
    readers = {
        "csv": CsvReader,
        "parquet": ParquetReader,
        "jsonl": JsonLinesReader,
        "ocel": OcelReader,
        "xes": XesReader,
    }
    reader: Reader = readers[dialect.format](path, dialect)
    if not reader.header:
        raise UnreadableFileError("The file holds no rows that can be read.")
    return reader
