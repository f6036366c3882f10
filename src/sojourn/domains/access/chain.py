"""The audit log's chain: each row sealed when it is written, linked to the row before it, its end noted elsewhere.

A row carries a seal (HMAC-SHA256 of its canonical line) from the transaction that writes it. Its link (HMAC over the
digest before it, its place and its line) is made in the same transaction on SQLite, which has one writer, and on
PostgreSQL when no other transaction is at the chain's end. Nobody waits for it there, because the lock is held until
some page's transaction ends: who does not get it links right after the commit, or leaves it to who has it.
`docs/reference/audit.md` describes the form for who checks it outside Sojourn.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connections, router, transaction

from sojourn.domains.access import rules
from sojourn.domains.access.models import AuditKey, AuditRow
from sojourn.kit import sealing

USE = "audit"
KEY_BYTES = 32
MARK_BYTES = 16
PG_LOCK = 0x736A_6175  # any number that nothing else locks
PG_LOCK_NOT_AVAILABLE = "55P03"
WAIT_MOST_MS = 500
LOGGED_EVERY = 100  # links
logger = logging.getLogger("sojourn.audit")


class ForeignHeadError(Exception):
    """What is noted outside the database was not written with this log's key."""


def append(*, at: datetime, who: str, what: str, on: str, detail: dict[str, str]) -> None:
    """Add a row in the caller's transaction, sealed, and link it."""
    using = database()
    with transaction.atomic(using=using, savepoint=False):
        mark = secrets.token_hex(MARK_BYTES)
        line = rules.audit_text(at=at, who=who, what=what, on=on, detail=detail)
        seal = rules.audit_seal(key(), mark=mark, line=line)
        AuditRow.objects.create(at=at, who=who, what=what, object=on, detail=detail, mark=mark, seal=seal)
        if _is_turn(using):
            _link_waiting(using)
        if connections[using].vendor == "postgresql":
            transaction.on_commit(link, using=using, robust=True)


def link() -> None:
    """Link every sealed row that has no place yet, in the order of their numbers; rows with a wrong seal stay out.

    When another transaction stays at the chain's end they are left to it: it links what waits when it has ended.
    """
    using = database()
    try:
        with transaction.atomic(using=using, savepoint=False):
            _wait_for_turn(using, most_ms=WAIT_MOST_MS)
            _link_waiting(using)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != PG_LOCK_NOT_AVAILABLE:
            raise


def _link_waiting(using: str) -> None:
    opened = key()
    place, digest = begun = end()
    for row in AuditRow.objects.filter(place__isnull=True).order_by("pk"):
        line = line_of(row)
        if row.seal != rules.audit_seal(opened, mark=row.mark, line=line):
            continue
        place += 1
        digest = rules.audit_link(opened, before=digest, place=place, row=row.pk, mark=row.mark, line=line)
        AuditRow.objects.filter(pk=row.pk).update(place=place, digest=digest)
    if (place, digest) != begun:
        transaction.on_commit(_note_end, using=using, robust=True)


def end() -> tuple[int, str]:
    """Give the last place of the chain and its digest; (0, "") before the first."""
    last = AuditRow.objects.filter(place__isnull=False).order_by("-place").first()
    return (last.place or 0, last.digest) if last else (0, "")


def database() -> str:
    """Name the database of the audit log."""
    return router.db_for_write(AuditRow)


def line_of(row: AuditRow) -> str:
    """Write a row's canonical line."""
    return rules.audit_text(at=row.at, who=row.who, what=row.what, on=row.object, detail=row.detail)


def key() -> bytes:
    """Give the key of the seals, making it at the first entry; raise SealingError when it cannot be opened."""
    found = AuditKey.objects.order_by("pk").first() or _make_key()
    return _opened(bytes(found.sealed))


def noted() -> tuple[int, str] | None:
    """Give the place and digest noted outside the database; None when nothing is noted.

    Raise ForeignHeadError when what is noted was not written with this log's key.
    """
    try:
        text = settings.SOJOURN.audit_head_file.read_text()
    except FileNotFoundError:
        return None
    try:
        said = json.loads(text)
        place, digest, seal = int(said["place"]), str(said["digest"]), str(said["seal"])
    except (ValueError, KeyError, TypeError):
        raise ForeignHeadError from None
    if seal != rules.audit_head(key(), place=place, digest=digest):
        raise ForeignHeadError
    return place, digest


def note(place: int, digest: str) -> int | None:
    """Write the chain's end to the data folder and give the place noted before; None when nothing was written.

    It never goes back to an earlier place, and never past a noted place that the chain no longer holds: what was cut
    off would else be forgotten with the next entry.
    """
    file: Path = settings.SOJOURN.audit_head_file
    with file.with_suffix(".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            before = noted()
        except ForeignHeadError:
            return None
        if before and (before[0] >= place or not AuditRow.objects.filter(place=before[0], digest=before[1]).exists()):
            return None
        seal = rules.audit_head(key(), place=place, digest=digest)
        fresh: Path = settings.SOJOURN.temporary / f"audit.head.{os.getpid()}"
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({"place": place, "digest": digest, "seal": seal}) + "\n")
        fresh.replace(file)
        return before[0] if before else 0


@lru_cache(maxsize=4)
def _opened(sealed: bytes) -> bytes:
    return sealing.sealer(settings.SOJOURN).open(sealed, use=USE)


def _make_key() -> AuditKey:
    using = database()
    with transaction.atomic(using=using, savepoint=False):
        _wait_for_turn(using)  # of two processes that write the first entry at once the second takes the first's key
        sealed = sealing.sealer(settings.SOJOURN).seal(secrets.token_bytes(KEY_BYTES), use=USE)
        return AuditKey.objects.order_by("pk").first() or AuditKey.objects.create(sealed=sealed)


def _is_turn(using: str) -> bool:
    """Take the chain's end until the transaction ends, if nobody else has it."""
    if connections[using].vendor != "postgresql":
        return True
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PG_LOCK])
        return bool(cursor.fetchone()[0])


def _wait_for_turn(using: str, *, most_ms: int = 0) -> None:
    """Take the chain's end as soon as nobody else has it; raise OperationalError after `most_ms`, 0: never."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(most_ms)])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PG_LOCK])
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def _note_end() -> None:
    place, digest = end()
    before = note(place, digest)
    if before is not None and before // LOGGED_EVERY != place // LOGGED_EVERY:
        logger.info("the audit log's chain has come to place %d, digest %s", place, digest)
