"""Writing segments anew without some of their rows: for corrected deliveries and for erasure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from sojourn.domains.collection.manifest import add_segments, live, note_removal, path_of, retire
from sojourn.domains.collection.models import SegmentRow
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.schema import fitted
from sojourn.engine.stream.segments import Written


@dataclass(slots=True)
class Rewritten:
    """Segments to retire and what stands in for them, on disk already."""

    old: list[int] = field(default_factory=list)
    new: list[Written] = field(default_factory=list)
    rows: int = 0  # rows left out

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
            _rewrite(row, done, batch, "event_id", lambda ids: _between(ids, low, high), (low, high - 1))

    def write() -> None:
        done.apply()
        note_removal(batch=batch, rows=done.rows, low=low, high=high)

    return write


def without_persons(row: SegmentRow, persons: Sequence[int], *, batch: int) -> Rewritten:
    """Write one segment anew without some persons' rows; nothing is done when it holds none."""
    wanted = pa.array(sorted(persons), pa.int64())
    done = Rewritten()
    _rewrite(row, done, batch, "person", lambda tokens: pc.is_in(tokens, wanted), (min(persons), max(persons)))
    return done


def _rewrite(
    row: SegmentRow,
    done: Rewritten,
    batch: int,
    column: str,
    goes: Callable[[pa.ChunkedArray], pa.Array],
    bounds: tuple[int, int],
) -> None:
    with pq.ParquetFile(path_of(row)) as file:
        if not any(_may_hold(file, group, column, bounds) for group in range(file.num_row_groups)):
            return
        found = sum(pc.sum(goes(part.column(0))).as_py() or 0 for part in file.iter_batches(columns=[column]))
        if not found:
            return
        done.old.append(row.pk)
        done.rows += found
        if found == row.rows:
            return
        with files.Writer(settings.SOJOURN.segments, batch=batch, bucket=row.bucket) as writer:
            for group in range(file.num_row_groups):
                table = fitted(file.read_row_group(group))
                writer.add(table.filter(pc.invert(goes(table[column]))))
            done.new.append(writer.finish())


def _may_hold(file: pq.ParquetFile, group: int, column: str, bounds: tuple[int, int]) -> bool:
    held = file.metadata.row_group(group)
    at = file.schema_arrow.get_field_index(column)
    statistics = held.column(at).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return not (bounds[1] < statistics.min or bounds[0] > statistics.max)


def _between(ids: pa.ChunkedArray, low: int, high: int) -> pa.Array:
    return pc.and_(pc.greater_equal(ids, low), pc.less(ids, high))
