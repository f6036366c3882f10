"""Ask the manifest: which segments, which batch, what was taken out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, router, transaction

from sojourn.domains.collection import reserve
from sojourn.domains.collection.contracts import Removal, Segment, SegmentCondition
from sojourn.domains.collection.models import BatchRow, LeaseRow, RemovalRow, SegmentRow, SpoolPlace
from sojourn.domains.collection.writing import counter
from sojourn.engine.stream import query
from sojourn.kit.period import instant


def segments(*, after_batch: int = 0) -> tuple[Segment, ...]:
    """List the live segments that hold rows of batches after the one given.

    They may hold older rows too (compaction keeps each row's batch): filter by the row's `batch`. Take a `lease`
    around listing and reading when it lasts longer than `settings.retired_grace_seconds`.
    """
    rows = SegmentRow.objects.filter(condition=SegmentCondition.LIVE, last_batch__gt=after_batch)
    return tuple(each.contract() for each in rows.order_by("pk"))


def newest_batch() -> int:
    """Give the number of the newest committed batch, 0 before the first."""
    return counter("batch")


def position() -> tuple[int, int, int]:
    """Say how far the loader has come in the spool: file, bytes, items."""
    row = SpoolPlace.objects.first()
    return (0, 0, 0) if row is None else (row.segment, row.offset, row.ordinal)


def received_at(*, batch: int) -> datetime | None:
    """Say when the newest event of a batch was received; None when the batch has no events of its own."""
    found = BatchRow.objects.filter(batch__lte=batch, received_us__gt=0).order_by("-batch").first()
    return None if found is None else instant(found.received_us)


def withdrawn(*, after_batch: int = 0) -> tuple[Removal, ...]:
    """List what batches after the one given took out of the stream: corrected deliveries, erased persons."""
    rows = RemovalRow.objects.filter(batch__gt=after_batch).order_by("batch", "pk")
    return tuple(
        Removal(
            batch=each.batch,
            low_event_id=each.low_event_id,
            high_event_id=each.high_event_id,
            person=each.person,
            rows=each.rows,
        )
        for each in rows
    )


@contextmanager
def lease(holder: str, seconds: int) -> Iterator[None]:
    """Keep the files of the manifest from being deleted while a long reader reads, at most for some seconds.

    Take it before listing the segments.
    """
    row = _leased(holder, seconds)
    try:
        yield
    finally:
        if row is not None:
            LeaseRow.objects.filter(pk=row.pk).delete()


def _leased(holder: str, seconds: int) -> LeaseRow | None:
    """Store a lease; on a full disk readers must do without, so that they can still read."""
    now = time.time_ns() // 1_000
    try:
        with transaction.atomic(using=router.db_for_write(LeaseRow)):
            return LeaseRow.objects.create(
                holder=holder[:64],
                pid=os.getpid(),
                generation=counter("generation"),
                started_us=now,
                expires_us=now + seconds * 1_000_000,
            )
    except OperationalError as error:
        if not reserve.is_full(error):
            raise
        return None


@contextmanager
def sql(*, after_batch: int = 0) -> Iterator[query.Connection]:
    """Open DuckDB over the live segments, as the view `events`; for collection, identity and privacy only."""
    place = settings.SOJOURN
    with lease("sql", 3_600):
        paths = [place.segments / each.path for each in segments(after_batch=after_batch)]
        memory, threads = place.memory_limit_mb, place.threads or 1
        with query.session(paths, temporary=place.temporary, memory_limit_mb=memory, threads=threads) as connection:
            yield connection
