"""Answers to the loader: what is in the stream already, and the commit of what it loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.catalogue.contracts import BatchObservation, Breaches, SeenEvents, SeenProperties
from sojourn.domains.collection.actions.commit import Load, commit
from sojourn.domains.collection.contracts import Flow, Refusal
from sojourn.domains.collection.manifest import live, path_of
from sojourn.domains.collection.models import BatchRow, ObservationRow
from sojourn.engine.stream.dedupe import halves_of_hex
from sojourn.engine.stream.loader import Loaded
from sojourn.engine.stream.sightings import Sightings
from sojourn.engine.stream.words import ORIGIN_BITS, ORIGIN_DELIVERY

DAY_US = 86_400_000_000


def commit_loaded(loaded: Loaded) -> None:
    """Commit what the loader made of one step; raise as `commit`."""
    commit(
        Load(
            batch=loaded.batch,
            segments=[loaded.written] if loaded.written else [],
            received_us=loaded.received_us,
            position=loaded.position,
            refused=[
                Refusal(
                    source=each.source,
                    origin="intake",
                    place=each.place,
                    code=each.code,
                    reason=each.reason,
                    received_us=each.received_us,
                    payload=bytes(each.raw),
                    message_id=each.message,
                )
                for each in loaded.rejected
            ],
            flow=[
                Flow(minute=minute, source=source, accepted=f.accepted, refused=f.refused, duplicates=f.duplicates)
                for (minute, source), f in loaded.flow.items()
            ],
            observation=(
                observation(loaded.sightings, batch=loaded.batch, received_us=loaded.received_us)
                if loaded.written
                else None
            ),
            outbox=loaded.outbox,
            also=[loaded.write] if loaded.write else [],
            erased=loaded.erased,
        )
    )


def known_messages(digests: list[bytes]) -> set[bytes]:
    """Say which messages are in the stream: the loader's look into the segments when its hashes meet."""
    wanted = pa.array([each.hex() for each in digests])
    found: set[bytes] = set()
    for path in _paths_of_window():
        with pq.ParquetFile(path) as file:
            for part in file.iter_batches(columns=["message"]):
                column = part.column(0)
                found.update(bytes.fromhex(each.as_py()) for each in column.filter(pc.is_in(column, wanted)))
    return found


def message_hashes() -> Iterator[npt.NDArray[np.uint64]]:
    """Give the hashes of the messages within the window, segment by segment, to warm the loader's memory."""
    for path in _paths_of_window():
        with pq.ParquetFile(path) as file:
            for part in file.iter_batches(columns=["event_id", "message", "received_at"]):
                origin = pc.shift_right(part.column(0), ORIGIN_BITS)
                since = pa.scalar(_window_start(), pa.int64())
                fresh = pc.greater_equal(part.column(2).cast(pa.int64()), since)
                text = part.column(1).filter(pc.and_(fresh, pc.not_equal(origin, ORIGIN_DELIVERY)))
                if len(text):
                    yield halves_of_hex("".join(text.to_pylist()).encode())


def pass_on_observations() -> int:
    """Tell the catalogue what the loader saw since the last time and give the number of batches.

    The catalogue notes a batch once, so a crash between its commit and ours counts nothing twice.
    """
    done = 0
    for row in ObservationRow.objects.order_by("batch")[:200]:
        catalogue.note(msgspec.msgpack.decode(bytes(row.payload), type=BatchObservation))
        with transaction.atomic(using=router.db_for_write(ObservationRow)):
            row.delete()
        done += 1
    return done


def observation(seen: Sightings, *, batch: int, received_us: int) -> BatchObservation:
    """Write what was seen in a batch as the catalogue reads it."""
    return BatchObservation(
        batch=batch,
        received_us=received_us,
        events=tuple(
            SeenEvents(event=event[:200], source=source, count=s.count, first_us=s.first_us, last_us=s.last_us)
            for (event, source), s in seen.events.items()
        ),
        properties=tuple(
            SeenProperties(
                event=event[:200], name=name[:200], type=of, count=s.count, first_us=s.first_us, last_us=s.last_us
            )
            for (event, name, of), s in seen.properties.items()
        ),
        breaches=tuple(
            Breaches(
                event=event[:200], property=name[:200], rule=rule, count=s.count, first_us=s.first_us, last_us=s.last_us
            )
            for (event, name, rule), s in seen.breaches.items()
        ),
    )


def _window_start() -> int:
    return time.time_ns() // 1_000 - settings.SOJOURN.dedupe_days * DAY_US


def _paths_of_window() -> list[Path]:
    """List the live segments whose rows may have been received within the window."""
    first = (
        BatchRow.objects.filter(received_us__gte=_window_start()).order_by("batch").values_list("batch", flat=True)
    ).first()
    return [] if first is None else [path_of(row) for row in live() if row.last_batch >= first]
