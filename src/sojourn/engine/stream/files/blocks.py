"""A text file as blocks of UTF-8 that begin and end with whole rows, each with the line it begins at."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Dialect
from sojourn.engine.stream.files.scan import scanned
from sojourn.engine.stream.files.unpacking import Source

BLOCK_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole rows as bytes (not yet checked to be UTF-8); `line` is the number of the first line, from 1.

    `starts` and `lines` are the rows' first bytes and lines, counted from the block. `broken` marks rows that ended
    only because a quote stayed open.
    """

    data: bytes
    line: int
    starts: Int64s
    lines: Int64s
    bytes_done: int
    broken: bool = False


def blocks(path: Path, dialect: Dialect, *, quoted: bool, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Yield a file's rows in blocks; raise UnreadableFileError when a gzip file breaks off.

    With `quoted` a line end inside quotes belongs to the row. A row longer than `ROW_MAX_BYTES` is given out as a block
    of its own that is `broken`.
    """
    quote = '"' if quoted else "\x00"
    delimiter = dialect.delimiter if quoted else "\x00"
    rest, line = b"", 1
    for piece, done in pieces(path, dialect, size):
        data = rest + piece
        starts, lines, end, ended = scanned(data, delimiter, quote)
        if end:
            yield Block(data[:end], line, starts, lines, done)
        rest, line = data[end:], line + ended
        if len(rest) > ROW_MAX_BYTES:
            yield (last := _broken(rest, line, done))
            rest, line = b"", line + last.data.count(b"\n")
    if rest.strip(b"\r\n"):
        yield _final(rest, line, path.stat().st_size, delimiter, quote)


def _final(rest: bytes, line: int, done: int, delimiter: str, quote: str) -> Block:
    data = rest if rest.endswith(b"\n") else rest + b"\n"
    starts, lines, end, _ = scanned(data, delimiter, quote)
    return Block(data, line, starts, lines, done) if end == len(data) else _broken(data, line, done)


def _broken(data: bytes, line: int, done: int) -> Block:
    starts, lines, _, _ = scanned(data if data.endswith(b"\n") else data + b"\n", "\x00", "\x00")
    return Block(data, line, starts, lines, done, broken=True)


def pieces(path: Path, dialect: Dialect, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield pieces of UTF-8 and how far into the file on disk they reach."""
    recode = _recoder(dialect.encoding)
    with Source(path, compressed=dialect.compressed, most=dialect.unpacked_max) as file:
        first = True
        while piece := file.read(size):
            text = recode(piece)
            yield (text.removeprefix(codecs.BOM_UTF8) if first else text), file.done
            first = False


def _an_invalid_byte(error: UnicodeError) -> tuple[str, int]:
    """Stand in for bytes that mean nothing; `surrogateescape` itself refuses those below 128, as in half a pair."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error("sojourn.invalid", _an_invalid_byte)


class _Recoder:
    """Turns bytes of an encoding into UTF-8, piece by piece; what it cannot read becomes an invalid byte."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="sojourn.invalid")

    def __call__(self, piece: bytes) -> bytes:
        return self._decoder.decode(piece).encode("utf-8", errors="surrogateescape")


def _recoder(encoding: str) -> Callable[[bytes], bytes]:
    if encoding in ("utf-8", "utf-8-sig", "ascii"):
        return bytes
    return _Recoder(encoding)
