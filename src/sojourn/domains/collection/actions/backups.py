"""Backing up while everything runs.

The order makes the parts fit: a lease first, so that no segment goes; then the spool, so that no event is in neither
spool nor stream; then the state's database, whose cursors must not be ahead of the stream; then the stream's database
(in PostgreSQL they are one, taken at one moment), and the segments that it names. Events that come meanwhile belong to
the next backup.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from sojourn import __version__
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Backup
from sojourn.domains.collection.queries.backups import backups, vault, verify_backup
from sojourn.domains.collection.queries.manifest import lease
from sojourn.domains.collection.snapshots import postgres, sqlite
from sojourn.kit import durable, jobs
from sojourn.kit.errors import ConflictError
from sojourn.kit.vault import Kept, Manifest, Vault
from sojourn.kit.vault import backups as names_of

JOB: Final = "collection.backup"
LEASE_SECONDS: Final = 6 * 3_600
MADE_AGAIN: Final = frozenset(
    {"cache", "tmp", "timeline", "backups", "segments", "spool"}
)  # or brought in their own way
NOT_KEPT: Final = frozenset({"lock", "stream.lock", "server.json", "work.json", "reserve", "audit.head", "audit.lock"})
TOMBSTONES: Final = "tombstones"


class BackupRunsError(ConflictError):
    """A backup is being made."""


def request_backup(*, viewer: Viewer) -> None:
    """Have a backup made by the work process, or at once where there is none; raise ForbiddenError."""
    viewer.require(Right.BACKUPS_RUN)
    _refuse()
    access.audit(viewer=viewer, what="backups.run", on="backups")
    jobs.defer(JOB)


def make_backup(*, now: datetime | None = None) -> Backup:
    """Make a backup, read it whole and delete those beyond the number to keep.

    Raise BackupRunsError, OSError and VaultError.
    """
    _refuse()
    with turn(), _scratch() as scratch:
        found = vault()
        taken = now or datetime.now(UTC)
        name = f"{taken:%Y%m%dT%H%M%S%fZ}"
        with lease("backup", LEASE_SECONDS):
            files, said = _stored(found, scratch)
        durable.reach("backup.stored")
        said |= {"made_at": taken.isoformat(), "version": __version__}
        found.write(Manifest(name=name, files=tuple(files), said=said))
        verify_backup(name)
        found.keep_only(names_of(settings.SOJOURN.backups)[: settings.SOJOURN.backups_keep])
        keep_tombstones()
    return next(each for each in backups() if each.name == name)


def is_backup_due(*, now: datetime | None = None) -> bool:
    """Say whether the time for the next backup has come; never while none is wanted."""
    hours = settings.SOJOURN.backup_every_hours
    if not hours:
        return False
    newest = next(iter(backups()), None)
    return newest is None or newest.made_at + timedelta(hours=hours) <= (now or datetime.now(UTC))


def keep_tombstones() -> None:
    """Keep what a restore must do again (`hooks.since_backup`) beside the backups, when there are backups."""
    if names_of(settings.SOJOURN.backups):
        for answer in hooks.since_backup:
            raw = answer()
            found = vault()
            if found.beside(TOMBSTONES) != raw:
                found.put_beside(TOMBSTONES, raw)


def replay(raw: bytes) -> int:
    """Do again what was done since the backup that this state was restored from; give the number of persons erased."""
    return sum(answer(raw) for answer in hooks.replay) if raw else 0


def _stored(found: Vault, scratch: Path) -> tuple[list[Kept], dict[str, Any]]:
    place = settings.SOJOURN
    files = [_put(found, path, place.data) for path in sorted(place.spool.glob("*.spool"))]
    if place.audit_head_file.exists():  # before the state: an end that the log has not come to would look cut off
        files.append(_put(found, place.audit_head_file, place.data))
    taken = postgres.take(found) if place.database_url else sqlite.take(found, scratch)
    files += taken.files
    files += [_put(found, place.segments / path, place.data) for path, _ in taken.segments]
    files += [_put(found, path, place.data) for path in _others(place.data)]
    if (place.spool / "next").exists():  # last: a number that was given meanwhile is not given again
        files.append(_put(found, place.spool / "next", place.data))
    said = {"tables": taken.tables, "batch": taken.batch, "segments": len(taken.segments)}
    return files, said | {"events": sum(rows for _, rows in taken.segments)} | taken.said


def _others(folder: Path) -> Iterator[Path]:
    """List what else lies in the data folder: keys, deliveries, what is waiting to be imported, small files."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if place.parts[0] in MADE_AGAIN | NOT_KEPT or ".sqlite3" in place.parts[0] or not path.is_file():
            continue
        yield path


def _put(found: Vault, path: Path, root: Path) -> Kept:
    with path.open("rb") as file:
        return found.put(str(path.relative_to(root)), file)


@contextmanager
def turn() -> Iterator[None]:
    """Let no other backup begin, and no key come or go while one is made; raise BackupRunsError while one is."""
    place = settings.SOJOURN.backups
    durable.make_folder(place)
    descriptor = os.open(place / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRunsError("A backup is being made; wait until it is done.") from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = settings.SOJOURN.temporary / f"backup-{uuid.uuid4().hex}"
    durable.make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse() -> None:
    """Refuse while there is nothing that could be backed up."""
    if not settings.SOJOURN.database_url and not (settings.SOJOURN.data / sqlite.STREAM).exists():
        raise ConflictError("There is nothing to back up yet.")
