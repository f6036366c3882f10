"""Originals of the watched folder: loaded files in `incoming/<source>/done`, kept for some days and no longer.

Only a file beside which its report says that it was loaded is touched: all that entered of it is in the stream.
"""

from __future__ import annotations

import codecs
import gzip
import json
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from sojourn.domains.collection.contracts import DeliveryStatus
from sojourn.engine.scanning.folder import is_named_in
from sojourn.engine.scanning.raw import search_stream
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look, Needles
from sojourn.engine.stream.files.sniff import sniff
from sojourn.kit import durable
from sojourn.kit.errors import SojournError

DONE: Final = "done"
REPORT: Final = ".report.json"
DAY_SECONDS: Final = 86_400
LOADED: Final = (DeliveryStatus.DONE, DeliveryStatus.REPLACED)


def clear_originals(*, now: float | None = None) -> int:
    """Delete originals that were loaded longer ago than `settings.keep_originals_days`, and give how many.

    Their reports stay. The report's own time counts: a file keeps that of its sender.
    """
    oldest = (time.time() if now is None else now) - settings.SOJOURN.keep_originals_days * DAY_SECONDS
    gone = [
        original
        for original, report in _pairs()
        if original.exists() and report.stat().st_mtime <= oldest and _was_loaded(report)
    ]
    _delete(gone)
    return len(gone)


def originals_naming(*, needles: Needles) -> list[str]:
    """List originals in which one of some needles stands, and reports that name one: places below the data folder.

    One that cannot be read is not among them; the scan of every store tells of it.
    """
    if not len(needles):
        return []
    searcher = Searcher(needles)
    return [
        str(path.relative_to(settings.SOJOURN.data))
        for pair in _pairs()
        if _was_loaded(pair[1])
        for path in pair
        if is_named_in(path, searcher) or _is_named_in_text(path, searcher)
    ]


def forget_originals(*, places: Iterable[str]) -> None:
    """Delete what `originals_naming` has found; what is gone already is no error."""
    _delete([settings.SOJOURN.data / place for place in places])


def _pairs() -> Iterator[tuple[Path, Path]]:
    """Give files in `done`, or where they were, with their reports."""
    for report in sorted(settings.SOJOURN.incoming.glob(f"*/{DONE}/*{REPORT}")):
        if not report.name.startswith("."):
            yield report.with_name(report.name.removesuffix(REPORT)), report


def _was_loaded(report: Path) -> bool:
    try:
        told = json.loads(report.read_text())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("status") in LOADED


def _is_named_in_text(path: Path, searcher: Searcher) -> bool:
    """Say whether a needle stands in a file as an import reads it: a scan knows no encoding but UTF-8."""
    look = Look("incoming", path.name, searcher.zeros())
    try:
        dialect = sniff(path)
        if dialect.encoding.startswith("utf-8") or dialect.format == "parquet":
            return False
        with gzip.open(path) if dialect.compressed else path.open("rb") as file:
            search_stream(codecs.EncodedFile(file, "utf-8", dialect.encoding, errors="replace"), look, searcher)
    except (OSError, EOFError, zlib.error, SojournError):
        return False
    return bool(look.counts.any())


def _delete(paths: Iterable[Path]) -> None:
    folders = set()
    for path in paths:
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        durable.sync_folder(folder)
