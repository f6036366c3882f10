"""Plain XES, a block of traces at a time; what is not plain is left to the parser in `xes`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import Bytes, Int64s
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Rows
from sojourn.engine.stream.files.unpacking import Source
from sojourn.engine.stream.files.xes_scan import BOOLEAN, FLOAT, INT, KINDS, copied, tokens_of

BLOCK_BYTES: Final = 4 << 20
HEAD_MAX_BYTES: Final = 8 << 20
_FIRST, _LAST, _END = b"<trace", b"</trace>", re.compile(rb"\s*</log\s*>\s*")
_TYPED: Final = (INT, FLOAT, BOOLEAN)
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class NotPlainError(Exception):
    """The log has something that only a parser understands, or is broken: nothing of this block was given out."""


@dataclass(frozen=True, slots=True)
class Default:
    """An attribute that a `<global>` declares."""

    key: str
    kind: str
    value: str


Defaults = dict[str, Sequence[Default]]  # by scope
Convert = Callable[[str, str], str | None]  # kind and text to JSON, None when the text is no such value


def head(file: Source) -> tuple[bytes, bytes]:
    """Give what stands before the first trace, and what was read beyond; raise NotPlainError."""
    read = b""
    while (at := read.find(_FIRST)) < 0:
        piece = file.read(BLOCK_BYTES)
        read += piece
        if not piece or len(read) > HEAD_MAX_BYTES:
            raise NotPlainError
    before = read[:at]
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']", before)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise NotPlainError
    if before.count(b"<!--") != before.count(b"-->") or b"<![CDATA[" in before or b"<!DOCTYPE" in before:
        raise NotPlainError
    return before, read[at:]


def blocks(file: Source, begun: bytes, defaults: Defaults, convert: Convert) -> Iterator[Rows]:
    """Yield the events of a plain log, after its head; raise NotPlainError at what is not plain."""
    rest, number = begun, 1
    while True:
        piece = file.read(BLOCK_BYTES)
        data = rest + piece
        end = data.rfind(_LAST)
        if end >= 0:
            end += len(_LAST)
            rows = _rows(np.frombuffer(data[:end], np.uint8), number, file.done, defaults, convert)
            rest, number = data[end:], number + len(rows.lines)
            if len(rows.lines):
                yield rows
        else:
            rest = data
        if not piece:
            break
        if len(rest) > 16 * BLOCK_BYTES:
            raise NotPlainError
    if not _END.fullmatch(rest):
        raise NotPlainError


def _rows(data: Bytes, first: int, done: int, defaults: Defaults, convert: Convert) -> Rows:
    found = tokens_of(data, longest=ROW_MAX_BYTES)
    if found is None:
        raise NotPlainError
    tokens, trace_of, traces, keys = found
    names = [bytes(data[start:end]).decode("utf-8", "strict") for start, end in keys.tolist()]
    columns: dict[str, Any] = {}
    flags: dict[str, Any] = {}
    of_trace = tokens[:, 0] < 0
    for prefix, scope, some, count in (
        ("case:", "trace", tokens[of_trace], traces),
        ("", "event", tokens[~of_trace], len(trace_of)),
    ):
        rows = -1 - some[:, 0] if prefix else some[:, 0]
        given = {each.key: each for each in defaults.get(scope, ())}
        seen = {names[key]: key for key in np.unique(some[:, 1]).tolist()}
        for name in dict.fromkeys((*given, *seen)):
            mine = some[:, 1] == seen.get(name, -1)
            column, flag = _column(data, rows[mine], some[mine], count, given.get(name), convert)
            if prefix:
                column = column.take(pa.array(trace_of))
                flag = None if flag is None else flag.take(pa.array(trace_of))
            columns[prefix + name] = column
            if flag is not None:
                flags[prefix + name] = flag
    lines = np.arange(first, first + len(trace_of), dtype=np.int64)
    return Rows(table=pa.table(columns), lines=lines, bytes_done=done, is_json=flags)


def _column(
    data: Bytes, rows: Int64s, tokens: Int64s, count: int, default: Default | None, convert: Convert
) -> tuple[Any, Any]:
    """Give a column's texts, and which of them are JSON (None: none)."""
    kinds = set(np.unique(tokens[:, 2]).tolist()) | ({KINDS.index(default.kind)} if default else set())
    if len(kinds) > 1 and kinds & set(_TYPED):
        raise NotPlainError
    extra = default.value.encode() if default else b""
    whole = np.concatenate([data, np.frombuffer(extra, np.uint8)]) if extra else data
    starts, ends = np.full(count, len(data), np.int64), np.full(count, len(data) + len(extra), np.int64)
    present = np.full(count, default is not None)
    starts[rows], ends[rows], present[rows] = tokens[:, 3], tokens[:, 4], True
    column = _texts(whole, starts, ends, present)
    escaped = bool(tokens[:, 5].any())
    kind = next(iter(kinds)) if kinds else 0
    if not escaped and kind not in _TYPED:
        return column, None
    coded = column.dictionary_encode()
    values = coded.dictionary.to_pylist()
    if escaped:
        values = [_unescaped(value) for value in values]
    if kind not in _TYPED:
        return pa.array(values, pa.string()).take(coded.indices), None
    made = [convert(KINDS[kind], value) for value in values]
    texts = [value if text is None else text for value, text in zip(values, made, strict=True)]
    is_json = pa.array([text is not None for text in made], pa.bool_()).take(coded.indices).fill_null(False)
    return pa.array(texts, pa.string()).take(coded.indices), is_json


def _texts(data: Bytes, starts: Int64s, ends: Int64s, present: Any) -> Any:
    length = int((ends - starts).sum())
    if length >= 1 << 31:
        raise NotPlainError
    offsets, out = np.empty(len(starts) + 1, np.int32), np.empty(length, np.uint8)
    copied(data, starts, ends, offsets, out)
    mask = None if present.all() else pa.array(present).buffers()[1]
    array = pa.Array.from_buffers(
        pa.string(), len(starts), [mask, pa.py_buffer(offsets), pa.py_buffer(out)], null_count=int((~present).sum())
    )
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:  # not UTF-8: the parser says where
        raise NotPlainError from None
    return array


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    is_letter = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    if not is_letter:
        raise NotPlainError
    return chr(code)
