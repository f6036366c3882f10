"""CSV in blocks: pyarrow parses each block; a block with a bad row is read again row by row.

Measured on 2 million rows of 10 columns (docs/decisions/0005-reading-csv.md): DuckDB's reader is as fast, but forgets
line numbers of good rows, keeps every rejected row in memory and reads three encodings only.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from sojourn.engine.kernels.words import Flags
from sojourn.engine.stream.files.blocks import BLOCK_BYTES, Block, blocks
from sojourn.engine.stream.files.quotes import ends
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Dialect, Refusal, Rows, UnreadableFileError, numbers
from sojourn.engine.stream.files.scan import RETURN

THREADS: Final = 2
AHEAD: Final = 3  # blocks read before they are asked for
COLUMNS_MAX: Final = 2_000
LINES_MAX: Final = 1_000  # of one row
AGAIN_MAX_BYTES: Final = 16 << 20  # of bad rows of several lines, by block, whose later lines are read as rows again

csv.field_size_limit(ROW_MAX_BYTES)


class CsvReader:
    """Reads a CSV file; every column is text."""

    def __init__(self, path: Path, dialect: Dialect, *, block_bytes: int = BLOCK_BYTES) -> None:
        self.dialect = dialect
        self._path, self._block_bytes = path, block_bytes
        self.header = self._header()

    def batches(self) -> Iterator[Rows]:
        """Yield the rows in order; raise UnreadableFileError when the file breaks off."""
        waiting: deque[Future[Rows]] = deque()
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                for block in self._body():
                    waiting.append(pool.submit(self._parsed, block))
                    if len(waiting) > AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for each in waiting:
                    each.cancel()

    def _header(self) -> list[str]:
        first = next(blocks(self._path, self.dialect, quoted=True, size=1 << 18), None)
        if first is None or not len(first.starts):
            raise UnreadableFileError("The file is empty.")
        end = int(first.starts[1]) if len(first.starts) > 1 else len(first.data)
        try:
            row = next(csv.reader(io.StringIO(first.data[:end].decode()), delimiter=self.dialect.delimiter), [])
        except (UnicodeDecodeError, csv.Error) as error:
            raise UnreadableFileError(f"The header in line 1 cannot be read ({error}).") from None
        names = [cell.strip() for cell in row]
        if len(names) > COLUMNS_MAX:
            raise UnreadableFileError(f"The header has {len(names)} columns; at most {COLUMNS_MAX} are read.")
        if names and all(_is_value(name) for name in names):
            raise UnreadableFileError("The first line holds values, not names of columns; add a header line.")
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise UnreadableFileError(f"The header names {', '.join(twice)} more than once.")
        return [name or f"column {at}" for at, name in enumerate(names, 1)]

    def _body(self) -> Iterator[Block]:
        first = True
        for block in blocks(self._path, self.dialect, quoted=True, size=self._block_bytes):
            yield _beheaded(block) if first else block
            first = False

    def _parsed(self, block: Block) -> Rows:
        if not block.broken:
            fast = self._fast(block)
            if fast is not None:
                return fast
        return self._slow(block)

    def _fast(self, block: Block) -> Rows | None:
        """Parse a block in one go; None when a row is bad in a way that needs a closer look."""
        if not len(block.starts):
            return Rows(table=self._table([]), lines=numbers(0, 0), bytes_done=block.bytes_done)
        if np.diff(block.starts, append=len(block.data)).max() > ROW_MAX_BYTES:
            return None
        try:
            table = pa_csv.read_csv(
                pa.py_buffer(block.data),
                read_options=pa_csv.ReadOptions(
                    column_names=self.header, use_threads=False, block_size=len(block.data) + 1
                ),
                # no handler of bad rows: pyarrow fails to give it one that is not UTF-8, and the first is enough here
                parse_options=pa_csv.ParseOptions(
                    delimiter=self.dialect.delimiter, newlines_in_values=True, ignore_empty_lines=False
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(self.header, pa.string()), strings_can_be_null=True, null_values=[""]
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != len(block.starts):
            return None
        lines = block.lines + block.line
        filled = _filled(block)
        if not filled.all():
            table, lines = table.filter(pa.array(filled)), lines[filled]
        return Rows(table=table, lines=lines, bytes_done=block.bytes_done)

    def _slow(self, block: Block) -> Rows:
        good: list[list[str]] = []
        lines: list[int] = []
        refused: list[Refusal] = []
        for line, row in self._records(block, refused):
            lines.append(line)
            good.append(row)
        return Rows(
            table=self._table(good),
            lines=np.array(lines, np.int64),
            bytes_done=block.bytes_done,
            refused=refused,
        )

    def _records(self, block: Block, refused: list[Refusal]) -> Iterator[tuple[int, list[str]]]:
        """Read rows one by one; a bad row costs its first line only, and reading goes on with the next."""
        physical = block.data.split(b"\n")
        if physical and not physical[-1]:
            physical.pop()
        last = ends(physical, self.dialect.delimiter)
        at = again = 0
        while at < len(physical):
            line, until = block.line + at, last[at] + 1
            if until > min(len(physical), at + LINES_MAX):
                refused.append(Refusal(line, "unclosed_quote", "A quotation mark is opened and not closed."))
                at += 1
                continue
            raw = b"\n".join(physical[at:until])
            row, trouble = self._record(raw)
            if trouble is None and row is not None:
                if row:
                    yield line, row
                at = until
            else:
                assert trouble is not None
                refused.append(Refusal(line, *trouble))
                again += len(raw)
                at = at + 1 if again < AGAIN_MAX_BYTES else until

    def _record(self, raw: bytes) -> tuple[list[str] | None, tuple[str, str] | None]:
        if len(raw) > ROW_MAX_BYTES:
            return None, ("too_long", f"The row is longer than {ROW_MAX_BYTES // 1024} KB.")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            return None, ("undecodable", f"Byte {error.start + 1} of the line is not {self.dialect.encoding}.")
        try:
            rows = list(csv.reader(io.StringIO(text.rstrip("\r"), newline=""), delimiter=self.dialect.delimiter))
        except csv.Error as error:
            return None, ("bad_row", f"The row cannot be read: {error}.")
        if len(rows) > 1:
            return None, ("bad_row", "A carriage return without a line feed stands in the row; end rows one way.")
        row = rows[0] if rows else []
        if row and len(row) != len(self.header):
            return None, ("column_count", f"The row has {len(row)} columns, the header {len(self.header)}.")
        return row, None

    def _table(self, rows: list[list[str]]) -> pa.Table:
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.header)
        arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
        return pa.table(arrays, names=self.header)


def _beheaded(block: Block) -> Block:
    if len(block.starts) < 2:
        return Block(b"", block.line, block.starts[:0], block.lines[:0], block.bytes_done)
    at, down = int(block.starts[1]), int(block.lines[1])
    return Block(
        block.data[at:],
        block.line + down,
        block.starts[1:] - at,
        block.lines[1:] - down,
        block.bytes_done,
        block.broken,
    )


def _filled(block: Block) -> Flags:
    """Say which rows are more than a line end."""
    data = np.frombuffer(block.data, np.uint8)
    length = np.diff(block.starts, append=len(data))
    return np.asarray(~((length == 1) | ((length == 2) & (data[block.starts] == RETURN))))


def _is_value(name: str) -> bool:
    return bool(name) and not any(letter.isalpha() for letter in name.replace("T", "").replace("Z", ""))
