"""What an erasure looks for beside the segments: refused items, notes of removals, deleted rows in database files."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connections, router, transaction

from sojourn.domains.collection.actions.commit import SEALED_FOR
from sojourn.domains.collection.manifest import live, path_of
from sojourn.domains.collection.models import ConsumerCursor, RefusedItem, RemovalRow
from sojourn.domains.collection.queries.manifest import position
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Needles
from sojourn.engine.stream import query
from sojourn.engine.stream.spool import Position, SpoolReader, ask_to_roll
from sojourn.kit import sealing

ITEMS_AT_ONCE = 2_000
LOOK_SECONDS = 0.05


def forget_refused(*, needles: Needles) -> int:
    """Delete the refused items in which one of some texts stands, and give how many; the counts of refusals stay."""
    if not len(needles):
        return 0
    searcher, sealer, gone, after = Searcher(needles), sealing.sealer(settings.SOJOURN), list[int](), 0
    while rows := list(RefusedItem.objects.filter(pk__gt=after).order_by("pk")[:ITEMS_AT_ONCE]):
        after = rows[-1].pk
        for row in rows:
            counts = searcher.zeros()
            searcher.count(sealer.open(bytes(row.payload), use=SEALED_FOR), counts)
            if counts.any():
                gone.append(row.pk)
    with transaction.atomic(using=router.db_for_write(RefusedItem)):
        for at in range(0, len(gone), ITEMS_AT_ONCE):
            RefusedItem.objects.filter(pk__in=gone[at : at + ITEMS_AT_ONCE]).delete()
    return len(gone)


def cases_of(*, persons: Sequence[int]) -> tuple[int, ...]:
    """Give the tokens of the cases that only events of some persons name."""
    place = settings.SOJOURN
    paths = [path_of(row) for row in live()]
    with query.session(
        paths, temporary=place.temporary, memory_limit_mb=place.memory_limit_mb, threads=place.kernel_threads
    ) as connection:
        connection.register("gone", pa.table({"person": pa.array(sorted(persons), pa.int64())}))
        mine = connection.execute(
            'SELECT DISTINCT "case" FROM events WHERE "case" IS NOT NULL AND person IN (SELECT person FROM gone)'
        ).fetchnumpy()["case"]
        if not len(mine):
            return ()
        connection.register("mine", pa.table({"case": pa.array(np.asarray(mine, np.int64))}))
        shared = connection.execute(
            'SELECT DISTINCT "case" FROM events WHERE "case" IN (SELECT "case" FROM mine) '
            "AND person NOT IN (SELECT person FROM gone)"
        ).fetchnumpy()["case"]
    return tuple(sorted({int(each) for each in mine} - {int(each) for each in shared}))


def forget_removals(*, persons: Sequence[int]) -> int:
    """Delete the notes of whose rows were taken out, and give how many wait: for consumers that have not heard of them.

    Call when the timeline has; who comes later sees a stream without those rows.
    """
    heard = min(ConsumerCursor.objects.values_list("batch", flat=True), default=None)
    with transaction.atomic(using=router.db_for_write(RemovalRow)):
        rows = RemovalRow.objects.filter(person__in=list(persons))
        (rows if heard is None else rows.filter(batch__lte=heard)).delete()
        return RemovalRow.objects.filter(person__in=list(persons)).count()


def settle_spool(*, wait_seconds: float = 5.0) -> None:
    """Delete what is loaded from the spool, the newest file too: intake is asked for the next one, and waited for.

    Where intake does not run, the files go under its lock. What is yet to be loaded stays.
    """
    place = settings.SOJOURN
    reader, done = SpoolReader(place.spool, sealing.sealer(place)), Position(*position())
    if not place.spool.exists() or reader.empty(done):
        return
    asked, until = ask_to_roll(place.spool), time.monotonic() + wait_seconds
    while reader.newest() == asked and reader.holds_frames(asked) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    reader.delete(done)


def settle_databases(*, rewrite: bool = False) -> None:
    """Bring the write-ahead logs of SQLite into their files and cut them off, so that no deleted row is left in them.

    With `rewrite` the files are written anew: where rows moved from page to page, copies of deleted ones may stand in
    what a page does not use (in one of some hundred). A reader that is at it delays this; PostgreSQL keeps its own
    house.
    """
    for alias in connections:
        if connections[alias].vendor == "sqlite":
            with connections[alias].cursor() as cursor:
                if rewrite:
                    cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()
