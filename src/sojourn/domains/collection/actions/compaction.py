"""Merging segments into buckets sorted by person, and deleting what they replace."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import reserve, rules
from sojourn.domains.collection.contracts import SegmentCondition
from sojourn.domains.collection.manifest import add_segments, retire
from sojourn.domains.collection.models import LeaseRow, SegmentRow
from sojourn.domains.collection.queries import manifest
from sojourn.domains.collection.writing import writing
from sojourn.engine.stream import query
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.segments import Written
from sojourn.kit import durable
from sojourn.kit.lock import is_alive

LEASE_SECONDS = 4 * 3_600


def compact(*, fresh_min: int | None = None) -> int:
    """Merge the segments that are worth it and give the number of merges; rows keep their batch.

    The work is done beside the loader; only the swap takes the write lock. Raise DiskFullError.
    """
    least = settings.SOJOURN.compact_min_segments if fresh_min is None else fresh_min
    done = 0
    for merge in rules.merges(manifest.segments(), fresh_min=least):
        reserve.with_room(functools.partial(_merge, merge))
        done += 1
    return done


def delete_retired(*, grace_seconds: int | None = None) -> int:
    """Delete replaced files that no lease may still need, and their rows; give how many."""
    grace = settings.SOJOURN.retired_grace_seconds if grace_seconds is None else grace_seconds
    now = time.time_ns() // 1_000
    old = SegmentRow.objects.filter(condition=SegmentCondition.RETIRED, retired_us__lte=now - grace * 1_000_000)
    if not old.exists():
        return 0
    _drop_dead_leases(now)
    oldest = LeaseRow.objects.order_by("generation").values_list("generation", flat=True).first()
    if oldest is not None:
        old = old.filter(retired_generation__lte=oldest)
    rows = list(old)
    files.delete(settings.SOJOURN.segments, [row.path for row in rows])
    durable.reach("retired.deleted")
    SegmentRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def tidy() -> int:
    """Remove segment files that a crash left without a row, put the reserve in place; give the number removed.

    Done when the work process starts, before anything is written.
    """
    with writing():
        folder = settings.SOJOURN.segments
        known = frozenset(SegmentRow.objects.values_list("path", flat=True))
        lost = [str(path.relative_to(folder)) for path in files.orphans(folder, known)]
        files.delete(folder, lost)
    reserve.ensure()
    return len(lost)


def _drop_dead_leases(now: int) -> None:
    """Drop leases that have run out and those of processes that were killed."""
    LeaseRow.objects.filter(expires_us__lt=now).delete()
    dead = [row.pk for row in LeaseRow.objects.all() if not is_alive(row.pid)]
    LeaseRow.objects.filter(pk__in=dead).delete()


def _merge(merge: rules.Merge) -> None:
    written: list[Written] = []
    try:
        with manifest.lease("compaction", LEASE_SECONDS):
            _write(merge, written)
            durable.reach("compaction.written")
            swapped = _swap(merge, written)
    except BaseException:
        _discard(written)
        raise
    if not swapped:
        _discard(written)
    durable.reach("compaction.after")


def _write(merge: rules.Merge, written: list[Written]) -> None:
    place, batch = settings.SOJOURN, max(each.last_batch for each in merge.segments)
    paths = [place.segments / each.path for each in merge.segments]
    memory = place.memory_limit_mb
    with query.session(paths, temporary=place.temporary, memory_limit_mb=memory, threads=1) as connection:
        connection.execute("SET preserve_insertion_order = true")
        by = f"person % {place.buckets}" if merge.bucket is None else "0"
        sql = f"SELECT * FROM events ORDER BY {by}, person, occurred_at, event_id"
        parts = _cut(query.events(connection, sql), place.buckets if merge.bucket is None else 1)
        writer: files.Writer | None = None
        at = -1
        for bucket, table in parts:
            if writer is None or bucket != at:
                _close(writer, written)
                at = bucket
                writer = files.Writer(
                    place.segments, batch=batch, bucket=merge.bucket if merge.bucket is not None else at
                )
            writer.add(table)
        _close(writer, written)


def _close(writer: files.Writer | None, written: list[Written]) -> None:
    if writer is not None:
        with writer:
            written.append(writer.finish())


def _cut(tables: Iterator[pa.Table], buckets: int) -> Iterator[tuple[int, pa.Table]]:
    """Cut sorted tables where the bucket changes."""
    for table in tables:
        of = table["person"].to_numpy() % buckets
        edges = [0, *(np.flatnonzero(np.diff(of)) + 1).tolist(), table.num_rows]
        for low, high in itertools.pairwise(edges):
            if high > low:
                yield int(of[low]), table.slice(low, high - low)


def _swap(merge: rules.Merge, written: list[Written]) -> bool:
    """Put the new files in the place of the old; False when one of these was rewritten meanwhile."""
    old = [each.id for each in merge.segments]
    with writing(), transaction.atomic(using=router.db_for_write(SegmentRow)):
        if SegmentRow.objects.filter(pk__in=old, condition=SegmentCondition.LIVE).count() != len(old):
            return False
        retire(old)
        add_segments(written)
        durable.reach("compaction.inside")
    return True


def _discard(written: list[Written]) -> None:
    files.delete(settings.SOJOURN.segments, [each.path for each in written])
