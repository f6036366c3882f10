"""Ask for deliveries: how far they are, what they refused, and what a file would become."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from sojourn.domains.collection import shelf
from sojourn.domains.collection.contracts import Delivery, DeliveryStatus, FittingPreset, Preview, RefusedRow
from sojourn.domains.collection.manifest import live
from sojourn.domains.collection.models import DeliveryRow, RefusedItem
from sojourn.domains.collection.opened import OpenedFile, open_delivery
from sojourn.engine.stream.files import mapping as mappings
from sojourn.engine.stream.files import presets
from sojourn.engine.stream.files.shaped import Shaped
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant

SHOWN: Final = 20
NAMES_SHOWN: Final = 50
SMALL_BYTES: Final = 2 << 20
SMALL_HISTORY: Final = 2_000_000  # rows of the segments that are looked through for known messages


def deliveries(*, source: str | None = None, before: int | None = None, limit: int = 100) -> tuple[Delivery, ...]:
    """List deliveries, newest first; `before` is the number of the last one seen."""
    rows = DeliveryRow.objects.order_by("-pk")
    if source is not None:
        rows = rows.filter(source=source)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(row.contract() for row in rows[:limit])


def delivery(number: int) -> Delivery:
    """Give one delivery; raise NotFoundError."""
    return _held(number).contract()


def refused_rows(number: int, *, after: int = 0, limit: int = 100) -> tuple[RefusedRow, ...]:
    """List rows that a delivery refused, in the file's order; the first thousand are kept.

    `after` is the `id` of the last one seen.
    """
    rows = RefusedItem.objects.filter(delivery=number, pk__gt=after).order_by("pk")
    return tuple(
        RefusedRow(
            id=row.pk,
            source=row.source,
            origin=row.origin,
            place=row.place,
            code=row.code,
            reason=row.reason,
            received_at=instant(row.received_us),
        )
        for row in rows[:limit]
    )


def has_queued_deliveries() -> bool:
    """Say whether a delivery waits to be loaded, or was left unfinished."""
    return next_delivery() is not None


def is_small_delivery_next() -> bool:
    """Say whether the delivery that is to be loaded next is so small that a process of its own would take longer."""
    row = next_delivery()
    return row is not None and is_small(row)


def next_delivery() -> DeliveryRow | None:
    """Give the oldest delivery that waits to be loaded, or was left unfinished."""
    open_ones = (DeliveryStatus.WAITING, DeliveryStatus.RUNNING)
    return DeliveryRow.objects.filter(is_queued=True, status__in=open_ones).order_by("pk").first()


def is_small(row: DeliveryRow) -> bool:
    """Say whether a delivery is loaded in about a second, with the source's messages that it is held against.

    One that broke off before is not taken for small.
    """
    if row.bytes_total > SMALL_BYTES or row.attempts:
        return False
    return sum(each.rows for each in live() if each.source in (None, row.source)) <= SMALL_HISTORY


def import_presets() -> tuple[tuple[str, str], ...]:
    """List the presets: name and title."""
    return tuple((name, each.mapping.title) for name, each in presets.PRESETS.items())


def preview(
    number: int, *, mapping: Mapping[str, Any] | None = None, encoding: str = "", delimiter: str = ""
) -> Preview:
    """Show what a delivery that waits would become, by another mapping where one is given.

    Raise NotFoundError, UnreadableFileError, MappingError.
    """
    row = _held(number)
    if not row.file or not shelf.path(row).is_file():
        raise NotFoundError("The file of this delivery is no longer there.")
    return preview_file(
        shelf.path(row),
        source=row.source,
        mapping=row.mapping if mapping is None else mapping,
        encoding=encoding or row.encoding,
        delimiter=delimiter or row.delimiter,
    )


def preview_file(
    path: Path, *, source: str, mapping: Mapping[str, Any] | None = None, encoding: str = "", delimiter: str = ""
) -> Preview:
    """Show what a file would become, from its first rows (a block of 8 MB, or 64,000 rows).

    Raise UnreadableFileError, MappingError.
    """
    opened = open_delivery(path, source=source, mapping=mapping or {}, encoding=encoding, delimiter=delimiter)
    shaped = opened.shaper.shaped(opened.first)
    is_whole = opened.first.bytes_done >= path.stat().st_size
    return _preview(opened, shaped, is_whole=is_whole)


def _preview(opened: OpenedFile, shaped: Shaped, *, is_whole: bool) -> Preview:
    dialect, shape, rows = opened.reader.dialect, opened.shape, len(shaped.at)
    names = Tally[str]()
    for code, count in enumerate(np.bincount(shaped.name.codes, minlength=len(shaped.name.values)).tolist()):
        names[shaped.name.values[code] or ""] += count
    return Preview(
        format=dialect.format,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter if dialect.format == "csv" else "",
        is_compressed=dialect.compressed,
        header=tuple(opened.reader.header),
        presets=tuple(
            FittingPreset(name=each.mapping.name, title=each.mapping.title, score=each.score, reason=each.reason)
            for each in opened.matches
        ),
        preset=shape.mapping.name,
        mapping=mappings.form(shape.mapping),
        time_format=shape.time_format or "",
        decimal=shape.decimal,
        traits=shape.traits,
        personal=shape.personal,
        properties=tuple(dict.fromkeys(each.name for each in shaped.seen)),
        warnings=(*dialect.notes, *shape.warnings),
        rows=rows + len(shaped.refused),
        is_whole=is_whole,
        rows_good=rows,
        rows_refused=len(shaped.refused),
        value_total=pc.sum(shaped.value).as_py() or Decimal(0),
        event_names=tuple((name, count) for name, count in names.most_common(NAMES_SHOWN) if count),
        first_at=instant(int(shaped.at.min())) if rows else None,
        last_at=instant(int(shaped.at.max())) if rows else None,
        events=tuple(_event(shaped, row) for row in range(min(rows, SHOWN))),
        refused=tuple((each.line, each.code, each.reason) for each in shaped.refused[:SHOWN]),
    )


def _event(shaped: Shaped, row: int) -> dict[str, str | None]:
    """Write a row as it would enter; identifiers are shown, for the person who hands the file in has it anyway."""
    shown: dict[str, str | None] = {
        "line": str(int(shaped.lines[row])),
        "timestamp": instant(int(shaped.at[row])).isoformat(),
        "type": _text(shaped.kind, row),
        "event": _text(shaped.name, row),
        "user_id": _text(shaped.user, row),
        "anonymous_id": _text(shaped.anonymous, row),
        "agent": _text(shaped.agent, row),
        "case": _text(shaped.case, row),
    }
    for name, column in {**shaped.words, "value": shaped.value, "properties": shaped.properties}.items():
        value = column[row].as_py()
        shown[name] = None if value is None else str(value)
    return shown


def _text(values: Any, row: int) -> str | None:
    code = int(values.codes[row])
    text: str | None = None if code < 0 else values.values[code]
    return text


def _held(number: int) -> DeliveryRow:
    row = DeliveryRow.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no delivery of this number.")
    return row
