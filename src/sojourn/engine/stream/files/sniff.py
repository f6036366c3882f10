"""What is this file: format by content, encoding, delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from sojourn.engine.stream.files.rows import Dialect, UnreadableFileError
from sojourn.engine.stream.files.unpacking import Source

SAMPLE_BYTES: Final = 1 << 18
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN: Final = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook; unpack it or save it as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file; save it as CSV (UTF-8)"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV or Parquet"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it or compress it with gzip"),
    (b"BZh", "compressed with bzip2; unpack it or compress it with gzip"),
    (b"\xfd7zXZ", "compressed with xz; unpack it or compress it with gzip"),
    (b"ARROW1", "an Arrow or Feather file; save it as Parquet"),
    (b"ORC", "an ORC file; save it as Parquet"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
)  # fmt: skip
# 8-bit encodings worth telling from cp1252; anything else that is not UTF-8 is read as cp1252.
_RIVALS: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "koi8_r", "shift_jis", "gb18030", "big5", "euc_kr",
)  # fmt: skip
# An object that begins with one of the lists of an object-centric log (or with the mark of one that Sojourn wrote).
_OCEL: Final = re.compile(
    r"""\{\s*(?:"form"\s*:\s*"sojourn|"(?:objectTypes|eventTypes|objects|events)"\s*:\s*\[|"ocel:[a-z-]+"\s*:\s*[\[{])"""
)
_SCRIPTS: Final = re.compile("[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


def sniff(path: Path) -> Dialect:
    """Look at a file's beginning (and some of its middle) and say how it is written.

    Raise UnreadableFileError when it is empty, binary or a kind that is not read here.
    """
    raw = _head(path, compressed=False)
    compressed = raw.startswith(b"\x1f\x8b")
    head = _head(path, compressed=True) if compressed else raw
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableFileError("The file is empty.")
    if head.startswith(b"PAR1"):
        if compressed:
            raise UnreadableFileError("A Parquet file inside gzip cannot be read piece by piece; unpack it first.")
        return Dialect(format="parquet", notes=_misnamed(path, (".parquet", ".pq", ".parq")))
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise UnreadableFileError(f"This is {what}.")
    encoding, notes = _encoding(path, head, compressed=compressed)
    text = _decoded(head, encoding)
    found = _text_format(text)
    if found == "xes":
        return Dialect(
            format="xes", compressed=compressed, encoding=encoding, notes=_misnamed(path, (".xes", ".xml", ".gz"))
        )
    if found == "ocel":
        return Dialect(
            format="ocel",
            compressed=compressed,
            encoding=encoding,
            notes=notes + _misnamed(path, (".json", ".jsonocel", ".gz")),
        )
    if found == "jsonl":
        notes += _misnamed(path, (".jsonl", ".ndjson", ".json", ".gz"))
        return Dialect(format="jsonl", compressed=compressed, encoding=encoding, notes=notes)
    notes += _misnamed(path, (".csv", ".tsv", ".txt", ".gz", ".tab", ".psv", ".dat"))
    return Dialect(format="csv", compressed=compressed, encoding=encoding, delimiter=_delimiter(text), notes=notes)


def _head(path: Path, *, compressed: bool, at: int = 0) -> bytes:
    with Source(path, compressed=compressed) as file:
        if at:
            file.seek(at)
        return file.read(SAMPLE_BYTES)


def _text_format(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        if re.search(r"<(?:\w+:)?log[\s>]", start):
            return "xes"
        if re.match(r"<!doctype html|<html", start, re.IGNORECASE):
            raise UnreadableFileError(
                "This is a web page (HTML): perhaps a sign-in page was saved instead of the file."
            )
        if "<!DOCTYPE" in start or "<!ENTITY" in start:
            raise UnreadableFileError("The XML declares a document type or entities, which Sojourn does not expand.")
        raise UnreadableFileError("This is XML, but not an event log: XES has a <log> element.")
    if start.startswith("{"):
        return "ocel" if _OCEL.match(start) else "jsonl"
    if start.startswith("["):
        raise UnreadableFileError("This is one JSON list; JSON lines are needed: one object on each line.")
    return "csv"


def _misnamed(path: Path, usual: tuple[str, ...]) -> tuple[str, ...]:
    ending = path.suffix.lower()
    known = {".parquet", ".pq", ".parq", ".jsonl", ".ndjson", ".json", ".xes", ".xml", ".csv", ".tsv", ".xlsx", ".gz"}
    if ending in usual or ending not in known:
        return ()
    return (f"The name ends in {ending}, but the content is something else; read by its content.",)


def _encoding(path: Path, head: bytes, *, compressed: bool) -> tuple[str, tuple[str, ...]]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, ()
    wide = _wide(head)
    if wide:
        return wide, ()
    if b"\x00" in head[:SAMPLE_BYTES]:
        raise UnreadableFileError("This is a binary file, not text; CSV, Parquet, JSON lines and XES can be imported.")
    sample = head
    if not compressed and path.stat().st_size > 4 * SAMPLE_BYTES:
        sample += b"\n" + _head(path, compressed=False, at=path.stat().st_size // 2)
    bad, good = _utf8_marks(sample)
    if not bad:
        return "utf-8", ()
    if good >= 4 * bad:
        return "utf-8", ("Some lines are not UTF-8 although the others are; those lines are refused.",)
    return _eight_bit(sample)


def _wide(head: bytes) -> str | None:
    """Name UTF-16 without a mark: nearly every second byte of Western text is zero."""
    pairs = head[: len(head) // 2 * 2][:4096]
    if len(pairs) < 4:
        return None
    even, odd = pairs[0::2].count(0), pairs[1::2].count(0)
    half = len(pairs) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.1 * half else None


def _utf8_marks(sample: bytes) -> tuple[int, int]:
    """Count lines with bytes that are not UTF-8, and lines with proper UTF-8 beyond ASCII."""
    bad = good = 0
    for line in sample.split(b"\n")[:-1] or [sample]:
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return bad, good


def _eight_bit(sample: bytes) -> tuple[str, tuple[str, ...]]:
    lines = b"\n".join(line for line in sample.split(b"\n") if not line.isascii())[:65_536]
    if sum(byte < 9 or 13 < byte < 32 for byte in lines) > len(lines) // 100:
        raise UnreadableFileError("This is a binary file, not text; CSV, Parquet, JSON lines and XES can be imported.")
    best = from_bytes(lines, cp_isolation=list(_RIVALS)).best()
    name = "cp1252"
    if best is not None and len(_SCRIPTS.findall(str(best))) > len(lines) // 10:
        name = best.encoding
    elif not any(0x80 <= byte <= 0x9F for byte in lines):
        name = "latin-1"
    return name, (f"The file is not UTF-8; read as {name}. Choose another encoding if letters look wrong.",)


def _decoded(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)


def _delimiter(text: str) -> str:
    lines = text.splitlines()
    sample = "\n".join(lines[: 200 if len(lines) < 200 else -1][:200])
    return max(",;\t|", key=lambda mark: _consistency(sample, mark))


def _consistency(sample: str, mark: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark) if row)
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, rows = widths.most_common(1)[0]
    return (rows / widths.total() if width > 1 else 0.0), width
