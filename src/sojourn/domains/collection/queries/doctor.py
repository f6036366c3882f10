"""The doctor's look at the chain from spool to segments; each finding says what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import DatabaseError, connections, router

from sojourn.domains.access import queries as access
from sojourn.domains.collection import hooks, reserve
from sojourn.domains.collection.contracts import Check, Pressure, SegmentCondition
from sojourn.domains.collection.models import (
    BatchRow,
    Command,
    ConsumerCursor,
    LeaseRow,
    OutboxEvent,
    RemovalRow,
    SegmentRow,
)
from sojourn.domains.collection.queries.flow import back_pressure
from sojourn.domains.collection.queries.manifest import newest_batch, position
from sojourn.domains.collection.queries.pickups import failing_pickups
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.spool import Position, SpoolReader, spool_bytes
from sojourn.kit import sealing
from sojourn.kit.errors import SojournError
from sojourn.kit.lock import is_alive

SILENT_SECONDS = 60
MB = 1024 * 1024


def doctor() -> tuple[Check, ...]:
    """Check key, databases, disk, spool, manifest against files and columns, cursors, worker, audit log and rooms."""
    looks: tuple[Callable[[], Iterable[Check]], ...] = (
        _key, _databases, _disk, _spool, _manifest, _segments, _batches, _cursors, _leases, _outbox, _worker,
        _audit, _pickups,
        *hooks.checks,
    )  # fmt: skip
    found: list[Check] = []
    for look in looks:
        try:
            found += look()
        except (OSError, DatabaseError, SojournError) as error:
            name = look.__name__.strip("_")
            found.append(Check(name=name, ok=False, detail=f"{type(error).__name__}: it cannot be looked at."))
    return tuple(found)


def _key() -> Iterator[Check]:
    place = settings.SOJOURN
    sealer = sealing.sealer(place)
    ok = sealer.open(sealer.seal(b"doctor", use="doctor"), use="doctor") == b"doctor"
    yield Check(name="key", ok=ok, detail="The key opens what it seals.")
    if not place.key:
        mode = place.keys_file.stat().st_mode & 0o777
        yield Check(
            name="key file",
            ok=mode & 0o077 == 0,
            detail=f"Readable by {'its owner only' if mode & 0o077 == 0 else f'others (mode {mode:o})'}.",
            advice="" if mode & 0o077 == 0 else f"chmod 600 {place.keys_file}, and keep a copy away from the backups.",
        )


def _databases() -> Iterator[Check]:
    for alias in dict.fromkeys((router.db_for_read(SegmentRow), router.db_for_read(OutboxEvent))):
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA quick_check(1)")
                answer = cursor.fetchone()[0]
                advice = "" if answer == "ok" else "Stop Sojourn and restore this database from the last backup."
                yield Check(name=f"database {alias}", ok=answer == "ok", detail=str(answer)[:120], advice=advice)
            else:
                cursor.execute("SELECT 1")
                yield Check(name=f"database {alias}", ok=True, detail=f"{connection.vendor} answers.")


def _disk() -> Iterator[Check]:
    now = back_pressure()
    free, needed = now.disk_free_bytes // MB, now.disk_needed_bytes // MB
    is_open = now.state is not Pressure.DISK_FULL
    yield Check(
        name="disk",
        ok=is_open,
        detail=f"{free} MB free, {needed} MB needed.",
        advice="" if is_open else "Intake answers 429 until there is room: free some, or lower SOJOURN_DISK_MIN_BYTES.",
    )
    if not settings.SOJOURN.spool.exists():  # intake makes it at the first start, the work process the reserve
        yield Check(name="reserve", ok=True, detail="Not made yet: this folder was never served.", advice="")
        return
    whole = reserve.size() >= settings.SOJOURN.reserve_bytes
    yield Check(
        name="reserve",
        ok=whole,
        detail=f"{reserve.size() // MB} MB kept for erasure and compaction.",
        advice=""
        if whole
        else "It was used on a full disk, or the work process never ran; it returns with free space.",
    )


def _spool() -> Iterator[Check]:
    place, now = settings.SOJOURN, back_pressure()
    reader = SpoolReader(place.spool, sealing.sealer(place))
    at = Position(*position())
    waiting = reader.read(at, 1_000)
    oldest = (time.time() - waiting[0][1].received_at / 1e6) if waiting else 0.0
    yield Check(
        name="spool",
        ok=now.state is not Pressure.SPOOL_FULL,
        detail=f"{spool_bytes(place.spool) // MB} of {place.spool_max_bytes // MB} MB.",
        advice=""
        if now.state is not Pressure.SPOOL_FULL
        else "The work process is behind or stopped; look at its log.",
    )
    yield Check(
        name="spool position",
        ok=oldest < SILENT_SECONDS,
        detail=f"Loaded up to file {at.segment}, byte {at.offset}; the oldest waiting event is {oldest:.0f} s old.",
        advice=""
        if oldest < SILENT_SECONDS
        else "Nothing loads what waits: start `sojourn serve`, or look at its log.",
    )
    if reader.damaged:
        spots = ", ".join(f"file {each.segment} byte {each.offset}" for each in reader.damaged[:5])
        yield Check(
            name="spool records",
            ok=False,
            detail=f"Unreadable: {spots}.",
            advice="Keep a copy of these files; check the disk, and that the key is the one they were written with.",
        )


def _manifest() -> Iterator[Check]:
    folder = settings.SOJOURN.segments
    rows = list(SegmentRow.objects.all())
    missing = [r.path for r in rows if r.condition == SegmentCondition.LIVE and not (folder / r.path).is_file()]
    lost = files.orphans(folder, frozenset(row.path for row in rows))
    yield Check(
        name="manifest",
        ok=not missing,
        detail=f"{len(rows)} segments, {len(missing)} without a file." + (f" First: {missing[0]}" if missing else ""),
        advice="Restore these files from the last backup into the segments folder." if missing else "",
    )
    yield Check(
        name="orphans",
        ok=not lost,
        detail=f"{len(lost)} segment files that no row names.",
        advice="They are left from a crash; the work process removes them when it starts." if lost else "",
    )


def _segments() -> Iterator[Check]:
    """Read every column of every live segment's rows, not only the footer: a hole in the middle shows itself."""
    bad, rows = [], 0
    for row in SegmentRow.objects.filter(condition=SegmentCondition.LIVE).order_by("pk"):
        try:
            with pq.ParquetFile(settings.SOJOURN.segments / row.path) as file:
                held = sum(part.num_rows for part in file.iter_batches())
        except (OSError, pa.ArrowException):
            bad.append(row.path)
            continue
        rows += held
        if held != row.rows:
            bad.append(row.path)
    yield Check(
        name="segments",
        ok=not bad,
        detail=f"{rows} events read." + (f" {len(bad)} segments cannot be read whole, first: {bad[0]}" if bad else ""),
        advice="Restore these files from the last backup; other segments are unharmed." if bad else "",
    )


def _batches() -> Iterator[Check]:
    """Compare what was let in and taken out with what the manifest holds."""
    newest = newest_batch()
    last = BatchRow.objects.order_by("-batch").first()
    ok = (last.batch if last else 0) == newest
    yield Check(name="batches", ok=ok, detail=f"{newest} batches; {RemovalRow.objects.count()} removals.")


def _cursors() -> Iterator[Check]:
    newest = newest_batch()
    for each in ConsumerCursor.objects.order_by("consumer"):
        ok = each.batch <= newest
        yield Check(
            name=each.consumer.rpartition(".")[2].replace("_", " "),
            ok=ok,
            detail=f"At batch {each.batch} of {newest}.",
            advice="" if ok else "Its cursor is ahead: the stream was restored from an older backup than the state.",
        )


def _leases() -> Iterator[Check]:
    now = time.time_ns() // 1_000
    stale = LeaseRow.objects.filter(expires_us__lt=now).count()
    retired = SegmentRow.objects.filter(condition=SegmentCondition.RETIRED)
    old = retired.filter(retired_us__lt=now - 24 * 3_600 * 1_000_000).count()
    yield Check(
        name="leases",
        ok=not old,
        detail=f"{LeaseRow.objects.count()} leases, {stale} run out; {retired.count()} replaced files wait to go.",
        advice="Replaced files are a day old: is the work process running?" if old else "",
    )
    failed = Command.objects.filter(state="waiting", created_us__lt=now - 3_600 * 1_000_000).count()
    yield Check(
        name="commands",
        ok=not failed,
        detail=f"{Command.objects.filter(state='waiting').count()} wait.",
        advice="Some have waited for an hour: look at the work process's log." if failed else "",
    )


def _outbox() -> Iterator[Check]:
    oldest = OutboxEvent.objects.order_by("pk").values_list("recorded_us", flat=True).first()
    age = 0.0 if oldest is None else time.time() - oldest / 1e6
    yield Check(
        name="outbox",
        ok=age < SILENT_SECONDS,
        detail=f"{OutboxEvent.objects.count()} recorded events wait, the oldest for {age:.0f} s.",
        advice="" if age < SILENT_SECONDS else "Nothing loads them: start `sojourn serve`, or look at its log.",
    )


def _worker() -> Iterator[Check]:
    """Read what the work process last said; without a server there is none, and that is in order."""
    place = settings.SOJOURN
    try:
        said = json.loads((place.data / "work.json").read_text())
    except FileNotFoundError:
        running = place.server_file.exists()
        advice = "The server runs without its work process: restart it." if running else ""
        yield Check(name="work process", ok=not running, detail="It is not running.", advice=advice)
        return
    silent = time.time() - float(said.get("at", 0))
    alive = is_alive(int(said.get("pid", 0)))
    broken = [name for name, each in said.get("doers", {}).items() if each.get("failed")]
    ok = alive and silent < SILENT_SECONDS and not broken
    detail = f"State {said.get('state')}, last heard {silent:.0f} s ago, {said.get('behind_seconds', 0)} s behind."
    if broken:
        detail += f" Failing: {', '.join(broken)}."
    yield Check(
        name="work process", ok=ok, detail=detail, advice="" if ok else "Look at its log, and restart the server."
    )


def _audit() -> Iterator[Check]:
    """Recompute the last part of the audit log's chain."""
    found = access.audit_glance()
    said = f"The last {found.rows:,} of {found.place:,} entries of the audit log are"
    yield Check(
        name="audit log",
        ok=found.ok,
        detail=f"{said} untouched." if found.ok else f"{said} not all as they were written: {found.wrong:,} findings.",
        advice="" if found.ok else "Run sojourn audit verify: it looks at all of it and says what is wrong.",
    )


def _pickups() -> Iterator[Check]:
    failing = failing_pickups()
    for name, message in failing:
        yield Check(name="pickups", ok=False, detail=f"The last rounds of pickup {name} failed. {message}"[:300])
    if not failing:
        yield Check(name="pickups", ok=True, detail="No pickup failed three times in a row.")
