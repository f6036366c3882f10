"""Let events in: one transaction for everything that belongs to a batch."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import pyarrow as pa
from django.conf import settings
from django.db import connections, router, transaction

from sojourn.domains.catalogue.contracts import BatchObservation
from sojourn.domains.collection import statements
from sojourn.domains.collection.contracts import Flow, Refusal
from sojourn.domains.collection.manifest import add_segments
from sojourn.domains.collection.models import BatchRow, Counter, ObservationRow, RefusedItem, SegmentRow
from sojourn.domains.collection.rewriting import without_range
from sojourn.domains.collection.writing import is_held, writing
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.schema import fitted, stamped
from sojourn.engine.stream.segments import Written
from sojourn.engine.stream.words import ORDINAL_BITS, ORIGIN_DELIVERY, event_id
from sojourn.kit import durable, sealing
from sojourn.kit.errors import ConflictError

SEALED_FOR = "quarantine"
ERASED_BEFORE = "erased_before"  # why a row of an erased person did not enter


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What one commit lets in; everything in it is committed, or nothing.

    `segments` are files on disk already; `also` are writes that belong to it (traits, tokens), run inside the
    transaction; `position` is the place in the spool that is done; `outbox` are rows of the outbox that are in.
    """

    batch: int
    segments: Sequence[Written] = ()
    received_us: int = 0
    position: tuple[int, int, int] | None = None
    refused: Sequence[Refusal] = ()
    flow: Sequence[Flow] = ()
    observation: BatchObservation | None = None
    outbox: Sequence[int] = ()
    delivery: int | None = None
    also: Sequence[Callable[[], None]] = ()
    erased: Mapping[str, int] = field(default_factory=dict)  # by source: rows of erased persons, dropped and counted


def commit(load: Load) -> None:
    """Let a batch in: manifest, position, traits and tokens, quarantine and counts in one transaction.

    Call inside `writing()`, with its number. Raise ConflictError when the lock is not held or the number is not the
    next; the files then stay orphans, which the next start removes.
    """
    if not is_held():
        raise ConflictError("A batch is committed under the stream's write lock only.")
    durable.reach("commit.before")
    with transaction.atomic(using=router.db_for_write(SegmentRow)):
        _number(load)
        _manifest(load)
        _counts(load)
        _quarantine(load.refused, load.delivery)
        for write in load.also:
            write()
        durable.reach("commit.inside")
    durable.reach("commit.after")


def commit_tables(
    *,
    tables: Iterable[pa.Table],
    source: str,
    delivery: int | None = None,
    replaces: int | None = None,
    received_us: int | None = None,
    refused: Sequence[Refusal] = (),
    flow: Sequence[Flow] = (),
    observation: BatchObservation | None = None,
    also: Sequence[Callable[[], None]] = (),
) -> int:
    """Let Arrow tables in as one batch, each table one segment, and give the batch's number.

    A table has the columns of `engine.stream.words.COLUMNS` (absent ones are empty; `batch` and a missing `source`
    are put in here): `event_id` from `event_id(ORIGIN_DELIVERY, delivery, ordinal)`, `message` made by the caller,
    `person` from `identity.actions.resolver().tokens`, whose `write` goes into `also`: tokens and rows commit together.
    Take `writing()` around both calls when tokens are made. `replaces` is the delivery that this one corrects:
    its rows leave the stream in the same commit, and the tail sees both. Tables are drawn one by one, so a generator
    keeps memory small. Raise ValueError or pyarrow.ArrowInvalid when a column does not fit; nothing is in then.
    """
    with writing() as batch:
        folder = settings.SOJOURN.segments
        written = []
        try:
            for table in tables:
                if table.num_rows:
                    whole = fitted(_sourced(stamped(table, batch), source))
                    written.append(files.write(folder, whole, batch=batch))
            if replaces is not None:
                also = [*also, withdrawal(batch=batch, delivery=replaces)]
            commit(
                Load(
                    batch=batch,
                    segments=written,
                    received_us=received_us or time.time_ns() // 1_000,
                    refused=refused,
                    flow=flow,
                    observation=observation,
                    delivery=delivery,
                    also=also,
                )
            )
        except BaseException:
            files.delete(folder, [each.path for each in written])
            raise
    return batch


def withdrawal(*, batch: int, delivery: int) -> Callable[[], None]:
    """Prepare taking a delivery's rows out of the stream; the write that comes back goes into `Load.also`.

    Its own segments are retired; compacted ones that hold some of its rows are written anew without them. Call
    inside `writing()`.
    """
    low = event_id(ORIGIN_DELIVERY, delivery, 0)
    high = low + (1 << ORDINAL_BITS)
    return without_range(batch=batch, low=low, high=high, delivery=delivery)


def _number(load: Load) -> None:
    current = Counter.objects.filter(name="batch").values_list("value", flat=True).first() or 0
    if load.batch != current + 1:
        raise ConflictError(f"Batch {load.batch} does not follow {current}.")
    with connections[router.db_for_write(Counter)].cursor() as cursor:
        cursor.execute(statements.SET_COUNTER, ["batch", load.batch])
        if load.position is not None:
            cursor.execute(statements.SET_PLACE, list(load.position))
        if load.outbox:
            cursor.executemany(statements.TAKE_OUTBOX, [(each,) for each in load.outbox])


def _manifest(load: Load) -> None:
    add_segments(load.segments, delivery=load.delivery)
    rows = sum(each.rows for each in load.segments)
    BatchRow.objects.create(
        batch=load.batch, committed_us=time.time_ns() // 1_000, received_us=load.received_us, rows=rows
    )
    if load.observation is not None:
        ObservationRow.objects.create(batch=load.batch, payload=msgspec.msgpack.encode(load.observation))


def _counts(load: Load) -> None:
    refused = Tally((each.source, each.code) for each in load.refused)
    refused.update({(source, ERASED_BEFORE): count for source, count in load.erased.items()})
    with connections[router.db_for_write(SegmentRow)].cursor() as cursor:
        if load.flow:
            rows = [(f.minute, f.source, f.accepted, f.refused, f.duplicates) for f in load.flow]
            cursor.executemany(statements.ADD_FLOW, rows)
        if refused:
            rows_ = [(source, code, count) for (source, code), count in refused.items()]
            cursor.executemany(statements.ADD_REFUSED_COUNT, rows_)


def _quarantine(refused: Sequence[Refusal], delivery: int | None) -> None:
    if not refused:
        return
    sealer = sealing.sealer(settings.SOJOURN)
    rows = [
        (
            each.source,
            each.origin[:200],
            each.place[:64],
            each.code[:64],
            each.reason[:300],
            each.received_us,
            each.message_id,
            sealer.seal(each.payload, use=SEALED_FOR),
            delivery,
        )
        for each in refused
    ]
    with connections[router.db_for_write(RefusedItem)].cursor() as cursor:
        cursor.executemany(statements.ADD_REFUSED, rows)


def _sourced(table: pa.Table, source: str) -> pa.Table:
    if "source" in table.column_names:
        return table
    return table.append_column("source", pa.repeat(pa.scalar(source), table.num_rows))
