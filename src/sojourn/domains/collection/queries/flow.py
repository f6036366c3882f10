"""Ask the flow of data: what came in, what was refused, how much room is left."""

from __future__ import annotations

import shutil
from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from sojourn.domains.collection import reserve
from sojourn.domains.collection.contracts import BackPressure, FlowPoint, Pressure, RefusedCountRow, RefusedRow
from sojourn.domains.collection.models import FlowMinute, RefusedCount, RefusedItem
from sojourn.engine.stream.spool import spool_bytes
from sojourn.kit import sealing
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant, micros

MINUTE_US = 60_000_000
SEALED_FOR = "quarantine"


def flow(*, since: datetime, until: datetime) -> tuple[FlowPoint, ...]:
    """List what came in by minute and source, oldest first; minutes without events are absent."""
    rows = FlowMinute.objects.filter(minute__gte=micros(since) // MINUTE_US, minute__lt=-(-micros(until) // MINUTE_US))
    return tuple(
        FlowPoint(
            minute=instant(each.minute * MINUTE_US),
            source=each.source,
            accepted=each.accepted,
            refused=each.refused,
            duplicates=each.duplicates,
        )
        for each in rows.order_by("minute", "source")
    )


def totals() -> dict[str, int]:
    """Count all that ever came in: accepted, refused, duplicates."""
    found = FlowMinute.objects.aggregate(accepted=Sum("accepted"), refused=Sum("refused"), duplicates=Sum("duplicates"))
    return {name: value or 0 for name, value in found.items()}


def refused(
    *, before_id: int | None = None, source: str | None = None, code: str | None = None, limit: int = 50
) -> tuple[RefusedRow, ...]:
    """List the quarantine, newest first; `before_id` continues behind the last row of a page."""
    rows = RefusedItem.objects.defer("payload").order_by("-pk")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    if source is not None:
        rows = rows.filter(source=source)
    if code is not None:
        rows = rows.filter(code=code)
    return tuple(_row(each) for each in rows[:limit])


def refused_payload(number: int) -> tuple[RefusedRow, bytes]:
    """Give a refused item and what was sent, opened: personal data, for roles that may see it. Raise NotFoundError."""
    row = RefusedItem.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("This refused item is not there (any more).")
    return _row(row), sealing.sealer(settings.SOJOURN).open(bytes(row.payload), use=SEALED_FOR)


def refused_counts() -> tuple[RefusedCountRow, ...]:
    """Count all that was ever refused, by source and code, most first."""
    rows = RefusedCount.objects.order_by("-count", "source", "code")
    return tuple(RefusedCountRow(source=each.source, code=each.code, count=each.count) for each in rows)


def back_pressure() -> BackPressure:
    """Say whether intake takes events, by the same limits as intake itself."""
    place = settings.SOJOURN
    usage = shutil.disk_usage(place.data)
    needed = max(place.disk_min_bytes, usage.total * place.disk_min_percent // 100)
    held = spool_bytes(place.spool)
    state = Pressure.OPEN
    if usage.free < needed:
        state = Pressure.DISK_FULL
    elif held >= place.spool_max_bytes:
        state = Pressure.SPOOL_FULL
    return BackPressure(
        state=state,
        spool_bytes=held,
        spool_max_bytes=place.spool_max_bytes,
        disk_free_bytes=usage.free,
        disk_needed_bytes=needed,
        reserve_bytes=reserve.size(),
    )


def _row(row: RefusedItem) -> RefusedRow:
    return RefusedRow(
        id=row.pk,
        source=row.source,
        origin=row.origin,
        place=row.place,
        code=row.code,
        reason=row.reason,
        received_at=instant(row.received_us),
    )
