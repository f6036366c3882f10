"""Writing segments anew without some of their rows: for corrected deliveries and for erasure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from sojourn.domains.collection.contracts import Keep
from sojourn.domains.collection.manifest import add_segments, live, note_removal, path_of, retire
from sojourn.domains.collection.models import SegmentRow
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.schema import fitted
from sojourn.engine.stream.segments import Written


@dataclass(slots=True)
class Rewritten:
    """Segments to retire and what stands in for them, on disk already."""

    old: list[int] = field(default_factory=list)
    new: list[Written] = field(default_factory=list)
    rows: int = 0  # rows left out
    ids: list[Int64s] = field(default_factory=list)  # of rows left out, where asked for

    def apply(self) -> None:
        """Swap old for new in the manifest, inside the caller's transaction."""
        if self.old:
            retire(self.old)
        add_segments(self.new)

    def discard(self) -> None:
        """Remove the new files; the manifest never heard of them."""
        files.delete(settings.SOJOURN.segments, [each.path for each in self.new])


def without_range(*, batch: int, low: int, high: int, delivery: int | None = None) -> Callable[[], None]:
    """Write what is left of the segments that hold event ids in [low, high) and prepare the swap.

    Segments of `delivery` are retired whole. The write that comes back belongs into a commit's transaction.
    """
    done = Rewritten()
    for row in live():
        if delivery is not None and row.delivery == delivery:
            done.old.append(row.pk)
            done.rows += row.rows
        else:
            _rewrite(row, done, batch, _Goes(("event_id",), lambda ids: _between(ids, low, high), (low, high - 1)))

    def write() -> None:
        done.apply()
        note_removal(batch=batch, rows=done.rows, low=low, high=high)

    return write


def without_persons(row: SegmentRow, persons: Sequence[int], *, batch: int, keep: Keep | None = None) -> Rewritten:
    """Write one segment anew without some persons' rows; nothing is done when it holds none.

    With `keep` events of its names stay, and the ids of those that go are given.
    """
    wanted, done = pa.array(sorted(persons), pa.int64()), Rewritten()
    bounds = (min(persons), max(persons))
    if keep is None:
        _rewrite(row, done, batch, _Goes(("person",), lambda tokens: pc.is_in(tokens, wanted), bounds))
    else:
        stay = pa.array(sorted(keep.events), pa.string())

        def goes(tokens: pa.ChunkedArray, names: pa.ChunkedArray, _: pa.ChunkedArray) -> pa.Array:
            return pc.and_(pc.is_in(tokens, wanted), pc.invert(pc.is_in(names, stay)))

        _rewrite(row, done, batch, _Goes(("person", "name", "event_id"), goes, bounds))
    return done


@dataclass(frozen=True, slots=True)
class _Goes:
    """Which rows go: a predicate over columns, and the bounds of the first. With several the ids are given."""

    columns: tuple[str, ...]
    test: Callable[..., pa.Array]
    bounds: tuple[int, int]

    def of(self, table: pa.Table | pa.RecordBatch) -> pa.Array:
        """Say of each row whether it goes."""
        return self.test(*(table.column(name) for name in self.columns))


def _rewrite(row: SegmentRow, done: Rewritten, batch: int, goes: _Goes) -> None:
    with pq.ParquetFile(path_of(row)) as file:
        groups = [n for n in range(file.num_row_groups) if _may_hold(file, n, goes.columns[0], goes.bounds)]
        found = sum(_found(part, goes, done) for part in file.iter_batches(columns=goes.columns, row_groups=groups))
        if not found:
            return
        done.old.append(row.pk)
        done.rows += found
        if found == row.rows:
            return
        with files.Writer(settings.SOJOURN.segments, batch=batch, bucket=row.bucket) as writer:
            for group in range(file.num_row_groups):
                table = fitted(file.read_row_group(group))
                writer.add(table.filter(pc.invert(goes.of(table))))
            done.new.append(writer.finish())


def _found(part: pa.RecordBatch, goes: _Goes, done: Rewritten) -> int:
    mask = goes.of(part)
    found = pc.sum(mask).as_py() or 0
    if found and len(goes.columns) > 1:
        done.ids.append(np.asarray(part.column("event_id").filter(mask)))
    return int(found)


def _may_hold(file: pq.ParquetFile, group: int, column: str, bounds: tuple[int, int]) -> bool:
    held = file.metadata.row_group(group)
    at = file.schema_arrow.get_field_index(column)
    statistics = held.column(at).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return not (bounds[1] < statistics.min or bounds[0] > statistics.max)


def _between(ids: pa.ChunkedArray, low: int, high: int) -> pa.Array:
    return pc.and_(pc.greater_equal(ids, low), pc.less(ids, high))
