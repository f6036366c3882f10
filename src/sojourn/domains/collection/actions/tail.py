"""The tail: each consumer gets each batch once, in order, however often segments are rewritten meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import TailBatch
from sojourn.domains.collection.models import ConsumerCursor
from sojourn.domains.collection.queries import manifest
from sojourn.engine.stream import segments as files
from sojourn.kit import durable
from sojourn.kit.errors import ConflictError

LEASE_SECONDS = 3_600


def run_tail() -> int:
    """Let every consumer of `hooks.tail` catch up; give the number of consumers that had something to do."""
    return sum(follow(consumer=f"{each.__module__}.{each.__qualname__}", handle=each) for each in hooks.tail)


def follow(*, consumer: str, handle: Callable[[TailBatch], Callable[[], None]]) -> bool:
    """Give a consumer what it has not seen; its write and its cursor go in one transaction on the state database.

    Say whether there was anything. A consumer that fails keeps its cursor and gets the same again. Raise
    ConflictError when somebody else moved the cursor meanwhile.
    """
    seen = ConsumerCursor.objects.filter(pk=consumer[:64]).values_list("batch", flat=True).first() or 0
    if manifest.newest_batch() <= seen:
        return False
    with manifest.lease(f"tail:{consumer}", LEASE_SECONDS):
        batch = _unseen(seen)
        write = handle(batch)
        durable.reach("tail.handled")
        with transaction.atomic(using=router.db_for_write(ConsumerCursor)):
            _move(consumer[:64], batch)
            write()
            durable.reach("tail.inside")
        durable.reach("tail.after")
    return True


def new_rows(batch: TailBatch, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Read the rows of a tail batch, the columns asked for and no others."""
    for part in files.read(batch.paths, list(dict.fromkeys([*columns, "batch"]))):
        number = part.column(part.schema.get_field_index("batch"))
        rows = part.filter(pc.and_(pc.greater(number, batch.after), pc.less_equal(number, batch.until)))
        if rows.num_rows:
            yield rows.select(columns)


def _unseen(after: int) -> TailBatch:
    # The number first: what is committed meanwhile belongs to the next turn.
    until = manifest.newest_batch()
    return TailBatch(
        after=after,
        until=until,
        paths=tuple(settings.SOJOURN.segments / each.path for each in manifest.segments(after_batch=after)),
        removals=tuple(each for each in manifest.withdrawn(after_batch=after) if each.batch <= until),
    )


def _move(consumer: str, batch: TailBatch) -> None:
    ConsumerCursor.objects.get_or_create(consumer=consumer)
    moved = ConsumerCursor.objects.filter(consumer=consumer, batch=batch.after).update(batch=batch.until)
    if not moved:
        raise ConflictError(f"Another process has moved the cursor of {consumer}.")
