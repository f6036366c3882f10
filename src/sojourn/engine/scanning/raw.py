"""Looking through files byte by byte, unpacked where they are packed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
from pathlib import Path
from typing import IO, Any, Final

from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look

CHUNK_BYTES: Final = 4 << 20
_PACKED: Final[dict[bytes, Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}


def look_at_file(path: Path, look: Look, searcher: Searcher) -> None:
    """Count needles in a file as it lies there and, for gzip, bzip2, xz and zip (so also XLSX), in what it unpacks to.

    Raise OSError, EOFError and zipfile.BadZipFile.
    """
    search_file(path, look, searcher)
    with path.open("rb") as file:
        head = file.read(6)
    for magic, opened in _PACKED.items():
        if head.startswith(magic):
            with opened(path, "rb") as stream:
                search_stream(stream, look, searcher)
    if head.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as stream:
                    search_stream(stream, look, searcher)


def search_file(path: Path, look: Look, searcher: Searcher) -> None:
    """Count needles in a file's bytes; what is cut off while it is read does no harm. Raise OSError."""
    searcher.count(os.fsencode(path.name), look.counts)
    with path.open("rb") as file:
        search_stream(file, look, searcher)


def search_stream(stream: IO[bytes], look: Look, searcher: Searcher) -> None:
    """Count needles in a stream, also those that lie over the border of two chunks."""
    tail = b""
    while chunk := stream.read(CHUNK_BYTES):
        searcher.count(tail + chunk, look.counts, after=len(tail))
        look.bytes += len(chunk)
        tail = (tail + chunk)[-max(searcher.longest - 1, 0) :] if searcher.longest > 1 else b""
