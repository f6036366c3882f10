"""Changes of the manifest, each inside the caller's transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connections, router

from sojourn.domains.collection import statements
from sojourn.domains.collection.contracts import SegmentCondition
from sojourn.domains.collection.models import Counter, RemovalRow, SegmentRow
from sojourn.engine.stream.segments import Written


def live() -> list[SegmentRow]:
    """List the live segments, oldest first."""
    return list(SegmentRow.objects.filter(condition=SegmentCondition.LIVE).order_by("pk"))


def path_of(row: SegmentRow) -> Path:
    """Say where a segment's file is."""
    return Path(settings.SOJOURN.segments / row.path)


def retire(segments: Sequence[int]) -> None:
    """Take segments out of the manifest, inside the caller's transaction; the files go when no lease needs them."""
    with connections[router.db_for_write(Counter)].cursor() as cursor:
        cursor.execute(statements.ADD_COUNTER, ["generation"])
    generation = Counter.objects.get(name="generation").value
    SegmentRow.objects.filter(pk__in=segments).update(
        condition=SegmentCondition.RETIRED, retired_generation=generation, retired_us=time.time_ns() // 1_000
    )


def add_segments(written: Iterable[Written], *, delivery: int | None = None) -> None:
    """Put files into the manifest, inside the caller's transaction."""
    SegmentRow.objects.bulk_create(
        [
            SegmentRow(
                path=each.path,
                condition=SegmentCondition.LIVE,
                first_batch=each.first_batch,
                last_batch=each.last_batch,
                rows=each.rows,
                size=each.size,
                since_us=each.since_us,
                until_us=each.until_us,
                bucket=each.bucket,
                source=each.source,
                delivery=delivery,
            )
            for each in written
        ]
    )


def note_removal(
    *, batch: int, rows: int, low: int | None = None, high: int | None = None, person: int | None = None
) -> None:
    """Note what a batch took out, inside the caller's transaction, for the tail and the timeline."""
    RemovalRow.objects.create(batch=batch, low_event_id=low, high_event_id=high, person=person, rows=rows)
