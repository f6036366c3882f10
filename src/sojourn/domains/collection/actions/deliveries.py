"""Deliveries of files: hand one in, let it be loaded, call it off."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import shelf
from sojourn.domains.collection.contracts import ControlTotals, Delivery, DeliveryStatus
from sojourn.domains.collection.models import DeliveryRow
from sojourn.engine.stream.files import mapping as mappings
from sojourn.engine.stream.files import presets
from sojourn.kit import jobs
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

JOB = "collection.deliver"
NAME_MAX = 200
NOT_SAID = ControlTotals()


def begin(
    *,
    source: str,
    name: str,
    file: IO[bytes] | Path,
    viewer: Viewer,
    mapping: Mapping[str, Any] | str | None = None,
    encoding: str = "",
    delimiter: str = "",
    control: ControlTotals = NOT_SAID,
    is_watched: bool = False,
) -> Delivery:
    """Take a file in and keep it until it is loaded; `start` lets that happen, `queries.preview` looks before.

    `mapping` is a preset's name, a mapping as `engine.stream.files.mapping.parse` reads it, or None to find one. The
    same name from the same source is a corrected delivery and will replace its predecessor. A file that is not what
    `control` says does not enter. Raise ForbiddenError, NotFoundError (source), InvalidError (name, mapping),
    TooLargeError; nothing is kept then.
    """
    viewer.require(Right.IMPORTS_RUN)
    catalogue.source(source)
    if not name.strip() or len(name) > NAME_MAX or "\x00" in name:
        raise InvalidError(f"name: 1 to {NAME_MAX} characters.")
    said = checked_mapping(mapping)
    row = DeliveryRow.objects.create(
        source=source,
        name=name,
        mapping=said,
        encoding=encoding[:32],
        delimiter="\t" if delimiter in ("\\t", "tab") else delimiter[:1],
        by=viewer.name[:100],
        control_rows=control.rows,
        control_total=control.total,
        is_watched=is_watched,
        created_us=time.time_ns() // 1_000,
    )
    try:
        _store(row, file)
    except BaseException:
        row.delete()
        raise
    return row.contract()


def start(*, delivery: int, viewer: Viewer, mapping: Mapping[str, Any] | str | None = None) -> Delivery:
    """Let a delivery be loaded, with another mapping where one is given; without a server it is loaded at once.

    Raise ForbiddenError, NotFoundError, MappingError, and ConflictError when it is on its way or done.
    """
    viewer.require(Right.IMPORTS_RUN)
    with transaction.atomic(using=router.db_for_write(DeliveryRow)):
        row = held(delivery)
        if row.status != DeliveryStatus.WAITING or row.is_queued:
            raise ConflictError(f"Delivery {delivery} is {row.status} already.")
        if mapping is not None:
            row.mapping = checked_mapping(mapping)
        row.is_queued = True
        row.save()
    if not jobs.is_bound():  # else the work process finds it in the table, within a second
        jobs.defer(JOB)
    row.refresh_from_db()
    return row.contract()


def cancel(*, delivery: int, viewer: Viewer) -> Delivery:
    """Call a delivery off: nothing of it enters. Raise ForbiddenError, NotFoundError, ConflictError when it is over."""
    viewer.require(Right.IMPORTS_RUN)
    with transaction.atomic(using=router.db_for_write(DeliveryRow)):
        row = held(delivery)
        if row.status == DeliveryStatus.RUNNING:
            row.is_cancelling = True  # the loading process looks between two blocks, and before it commits
        elif row.status == DeliveryStatus.WAITING:
            row.status, row.finished_us = DeliveryStatus.CANCELLED, time.time_ns() // 1_000
        else:
            raise ConflictError(f"Delivery {delivery} is {row.status} already.")
        row.save(update_fields=["is_cancelling", "status", "finished_us"])
    if row.status == DeliveryStatus.CANCELLED:
        shelf.clear(row)
    return row.contract()


def held(delivery: int) -> DeliveryRow:
    """Give the row of a delivery; raise NotFoundError."""
    row = DeliveryRow.objects.filter(pk=delivery).first()
    if row is None:
        raise NotFoundError("There is no delivery of this number.")
    return row


def checked_mapping(said: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """Bring what was said of a mapping into the form that is kept; raise MappingError."""
    if not said:
        return {}
    if isinstance(said, str):
        return {"name": presets.preset(said).mapping.name}
    if not isinstance(said, Mapping):
        raise mappings.MappingError("The mapping must pair fields of an event with columns.")
    if set(said) <= {"name", "title", *mappings.BESIDE}:
        kept = {name: str(said[name]) for name in mappings.BESIDE if said.get(name)}
        mappings.beside(mappings.ColumnMapping(name="mapping"), kept)
        if said.get("name") or not kept:
            kept["name"] = presets.preset(str(said.get("name"))).mapping.name
        return kept
    return mappings.form(mappings.parse(said))


def _store(row: DeliveryRow, file: IO[bytes] | Path) -> None:
    target = shelf.folder(row) / shelf.stored_name(row.name)
    most = settings.SOJOURN.upload_max_bytes
    if isinstance(file, Path):
        with file.open("rb") as stream:
            row.bytes_total, row.digest = shelf.store(stream, target, most=1 << 50)
    else:
        row.bytes_total, row.digest = shelf.store(file, target, most=most)
    row.file = str(target.relative_to(settings.SOJOURN.deliveries))
    row.save()
