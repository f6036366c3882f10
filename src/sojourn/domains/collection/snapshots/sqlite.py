"""A state in SQLite: its files, each copied as it is at one moment, first what follows the stream, then the stream."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import pysqlite3
from django.conf import settings

from sojourn.domains.collection.snapshots.words import BATCH, SEGMENTS, Snapshot
from sojourn.kit.errors import ConflictError
from sojourn.kit.vault import Kept, Vault

STATE: Final = "state.sqlite3"
STREAM: Final = "stream.sqlite3"
JOBS: Final = "jobs.sqlite3"


def take(found: Vault, scratch: Path) -> Snapshot:
    """Copy the databases to a scratch folder and put the copies into the vault; raise ConflictError for damage."""
    data = settings.SOJOURN.data
    files = [_put(found, data / name, scratch) for name in (STATE, STREAM, JOBS) if (data / name).exists()]
    with closing(pysqlite3.connect(scratch / STREAM)) as stream:
        segments = stream.execute(SEGMENTS).fetchall()
        batch = stream.execute(BATCH).fetchone()
    return Snapshot(files=files, tables=_counts(scratch), segments=segments, batch=batch[0] if batch else 0)


def _put(found: Vault, path: Path, scratch: Path) -> Kept:
    copy = scratch / path.name
    with (
        closing(pysqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as source,
        closing(pysqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        answer = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise ConflictError(f"The database {path.name} is damaged; no backup was made of it. Ask sojourn doctor.")
    with copy.open("rb") as file:
        return found.put(path.name, file)


def _counts(scratch: Path) -> dict[str, int]:
    counts = {}
    for path in sorted(scratch.glob("*.sqlite3")):
        with closing(pysqlite3.connect(path)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            for (table,) in tables:
                counts[f"{path.stem}.{table}"] = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return counts
