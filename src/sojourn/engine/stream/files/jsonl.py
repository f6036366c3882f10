"""JSON lines, one object a line; a bad line is refused alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from sojourn.engine.stream.files.blocks import Block, blocks
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Dialect, Refusal, Rows, columned

BLOCK_BYTES: Final = 4 << 20
KEYS_MAX: Final = 2_000
_DECODER: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)


class JsonLinesReader:
    """Reads JSON lines; a value that is no text is given as JSON."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.dialect = dialect
        self._path = path
        first = next(self.batches(size=1 << 18), None)
        self.header = list(first.table.column_names) if first else []

    def batches(self, *, size: int = BLOCK_BYTES) -> Iterator[Rows]:
        """Yield the rows in order; raise UnreadableFileError when a gzip file breaks off."""
        for block in blocks(self._path, self.dialect, quoted=False, size=size):
            yield _parsed(block, self.dialect.encoding)


def _parsed(block: Block, encoding: str) -> Rows:
    records: list[dict[str, str]] = []
    flags: list[frozenset[str]] = []
    lines: list[int] = []
    refused: list[Refusal] = []
    for at, raw in enumerate(block.data.split(b"\n")):
        if not raw.strip():
            continue
        found = _record(raw, encoding)
        if isinstance(found[0], str):
            refused.append(Refusal(block.line + at, found[0], str(found[1])))
        else:
            records.append(found[0])
            flags.append(found[1])
            lines.append(block.line + at)
    table, is_json = columned(records, flags)
    return Rows(
        table=table, lines=np.array(lines, np.int64), bytes_done=block.bytes_done, refused=refused, is_json=is_json
    )


def _record(raw: bytes, encoding: str) -> tuple[Any, Any]:
    """Give the texts of a line and which of them are JSON, or a code and a reason."""
    if len(raw) > ROW_MAX_BYTES:
        return "too_long", f"The line is longer than {ROW_MAX_BYTES // 1024} KB."
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return "undecodable", f"Byte {error.start + 1} of the line is not {encoding}."
    try:
        # Raw values are not looked into until they are read: the whole line is checked first.
        msgspec.json.decode(raw)
        values = _DECODER.decode(raw)
    except msgspec.ValidationError:
        return "not_an_object", "The line is JSON, but not an object."
    except (msgspec.DecodeError, RecursionError) as error:
        return "bad_json", f"The line is not JSON: {error}."
    if len(values) > KEYS_MAX:
        return "too_long", f"The object has more than {KEYS_MAX} keys."
    texts = {key: _text(bytes(value)) for key, value in values.items() if bytes(value) != b"null"}
    return texts, frozenset(key for key in texts if bytes(values[key])[:1] != b'"')


def _text(value: bytes) -> str:
    return _TEXT.decode(value) if value[:1] == b'"' else value.decode()
