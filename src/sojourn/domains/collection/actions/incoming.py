"""The watched folder: complete files below `incoming/<source>/` are handed in, and come to rest in `done` or `failed`.

Those that were loaded stay for `settings.keep_originals_days` (`originals`).

A file is complete when nobody has touched it for `settings.incoming_quiet_seconds`, or when an empty `<name>.done` lies
beside it. Names that begin with a point or end as a transfer under way does (`.part`, `.tmp`, ...) are left alone.
`<name>.control` beside it says what is in it (`control`): it must have come before the file is complete.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.collection import control
from sojourn.domains.collection.actions.deliveries import NOT_SAID, begin, start
from sojourn.domains.collection.actions.originals import DONE, LOADED, REPORT
from sojourn.domains.collection.contracts import Delivery, DeliveryStatus
from sojourn.domains.collection.models import DeliveryRow
from sojourn.domains.collection.queries.deliveries import refused_rows
from sojourn.domains.collection.rules import CONTROL, is_under_way
from sojourn.kit import durable
from sojourn.kit.errors import SojournError

FAILED, READY = "failed", ".done"
OVER: Final = (DeliveryStatus.DONE, DeliveryStatus.FAILED, DeliveryStatus.CANCELLED, DeliveryStatus.REPLACED)
REFUSED_SHOWN: Final = 100


def take_incoming(*, now: float | None = None) -> int:
    """Hand in the complete files of the watched folder, put away those that are finished; give how many were moved on.

    A folder that is no source yet becomes one.
    """
    now = time.time() if now is None else now
    moved = sum(_put_away(row) for row in DeliveryRow.objects.filter(is_watched=True, status__in=OVER))
    durable.make_folder(settings.SOJOURN.incoming)
    for folder in sorted(each for each in settings.SOJOURN.incoming.iterdir() if each.is_dir()):
        if not folder.name.startswith("."):
            moved += sum(_hand_in(folder, path) for path in _complete(folder, now))
    return moved


def _complete(folder: Path, now: float) -> list[Path]:
    found = []
    for path in sorted(folder.iterdir()):
        is_aside = is_under_way(path.name) or path.name.endswith((READY, CONTROL))
        if is_aside or path.is_symlink() or not path.is_file():
            continue
        quiet = now - path.stat().st_mtime >= settings.SOJOURN.incoming_quiet_seconds
        if quiet or path.with_name(path.name + READY).exists():
            found.append(path)
    return found


def _hand_in(folder: Path, path: Path) -> bool:
    source = folder.name
    if DeliveryRow.objects.filter(is_watched=True, source=source, name=path.name).exists():
        return False  # on its way
    try:
        catalogue.ensure_source(slug=source, viewer=SYSTEM)
        said = path.with_name(path.name + CONTROL)
        totals = control.read(said.read_bytes()[: control.BYTES_MAX + 1]) if said.is_file() else NOT_SAID
        taken = begin(source=source, name=path.name, file=path, control=totals, viewer=SYSTEM, is_watched=True)
        start(delivery=taken.id, viewer=SYSTEM)
    except SojournError as error:
        _rest(path, FAILED, {"file": path.name, "source": source, "status": "failed", "message": error.message})
    return True


def _put_away(row: DeliveryRow) -> bool:
    """Move a finished file and write its report; the row is changed last, so that a crash in between repeats it."""
    path = settings.SOJOURN.incoming / row.source / row.name
    ended = row.contract()
    place = DONE if ended.status in LOADED else FAILED
    _rest(path, place, _report(ended))
    with transaction.atomic(using=router.db_for_write(DeliveryRow)):
        DeliveryRow.objects.filter(pk=row.pk).update(is_watched=False)
    return True


def _report(ended: Delivery) -> dict[str, Any]:
    refused = refused_rows(ended.id, limit=REFUSED_SHOWN)
    return {
        "file": ended.name,
        "source": ended.source,
        "delivery": ended.id,
        "status": ended.status.value,
        "message": ended.message,
        "preset": ended.preset,
        "rows_good": ended.rows_good,
        "rows_known": ended.rows_known,
        "rows_refused": ended.rows_refused,
        "value_total": str(ended.value_total),
        "control_rows": ended.control.rows,
        "control_total": None if ended.control.total is None else str(ended.control.total),
        "replaces": ended.replaces,
        "warnings": list(ended.warnings),
        "refused_by_code": ended.refused_by_code,
        "refused": [{"line": int(each.place), "code": each.code, "reason": each.reason} for each in refused],
        "finished_at": None if ended.finished_at is None else ended.finished_at.isoformat(),
    }


def _rest(path: Path, place: str, report: dict[str, Any]) -> None:
    folder = path.parent / place
    durable.make_folder(folder)
    target = folder / path.name
    if place == DONE and not settings.SOJOURN.keep_originals_days:
        path.unlink(missing_ok=True)
    elif path.exists():
        path.replace(target)
    for beside in (READY, CONTROL):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    written = target.with_name(target.name + REPORT)
    fresh = written.with_name("." + written.name)
    fresh.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    durable.sync_file(fresh)
    fresh.rename(written)
    durable.sync_folder(folder)
