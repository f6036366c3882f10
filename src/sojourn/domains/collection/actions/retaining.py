"""Retention in the segments: events of some names that are old enough go, or lose a property."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import reserve
from sojourn.domains.collection.actions.compaction import delete_retired
from sojourn.domains.collection.manifest import live, path_of
from sojourn.domains.collection.models import SegmentRow
from sojourn.domains.collection.rewriting import Rewritten
from sojourn.domains.collection.writing import writing
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.schema import fitted
from sojourn.kit import durable
from sojourn.kit.period import micros

NOBODY: Final[Int64s] = np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Old:
    """Which events are concerned."""

    names: tuple[str, ...]
    before: datetime
    spare: pa.Array

    def concerned(self, table: pa.Table) -> pa.ChunkedArray:
        """Mask the rows of a table that are."""
        cut = pa.scalar(self.before.astimezone(UTC).replace(tzinfo=None), table["occurred_at"].type)
        mask = pc.less(table["occurred_at"], cut)
        if self.names:
            mask = pc.and_(mask, pc.is_in(table["name"], pa.array(self.names, pa.string())))
        return pc.and_not(mask, pc.is_in(table["person"], self.spare)) if len(self.spare) else mask


def retain(*, names: Sequence[str], before: datetime, field: str = "", spare: Int64s = NOBODY) -> int:
    """Take events before an instant out of every segment, or a property from them, and give the number of rows.

    No names mean all; events of the persons to `spare` stay. Segment by segment: what fails on the way is finished by
    doing it again. The caller rebuilds the timeline. Raise DiskFullError.
    """
    rows, old = 0, _Old(names=tuple(names), before=before, spare=pa.array(spare, pa.int64()))
    for row in live():
        if row.since_us < micros(before):
            rows += reserve.with_room(functools.partial(_in_segment, row.pk, old, field))
            durable.reach("retention.segment")
    delete_retired()
    return rows


def _in_segment(segment: int, old: _Old, field: str) -> int:
    with writing() as batch:
        row = next((each for each in live() if each.pk == segment), None)
        if row is None:
            return 0  # merged meanwhile: the next night looks at its successor
        done = _rewritten(row, batch, old, field)
        if not done.rows:
            done.discard()
            return 0
        try:
            with transaction.atomic(using=router.db_for_write(SegmentRow)):
                done.apply()
        except BaseException:
            done.discard()
            raise
    return done.rows


def _rewritten(row: SegmentRow, batch: int, old: _Old, field: str) -> Rewritten:
    done = Rewritten(old=[row.pk])
    left = 0
    with (
        pq.ParquetFile(path_of(row)) as file,
        files.Writer(settings.SOJOURN.segments, batch=batch, bucket=row.bucket) as writer,
    ):
        for group in range(file.num_row_groups):
            table = fitted(file.read_row_group(group))
            mask = old.concerned(table)
            if field:
                table, found = _without_property(table, mask, field)
            else:
                found = int(pc.sum(mask).as_py() or 0)
                table = table.filter(pc.invert(mask))
            done.rows += found
            left += table.num_rows
            if table.num_rows:
                writer.add(table)
        if left:
            done.new.append(writer.finish())
    return done


def _without_property(table: pa.Table, mask: pa.ChunkedArray, field: str) -> tuple[pa.Table, int]:
    """Take a property out of the rows that have it; only texts in which its name stands are read."""
    column = table["properties"]
    held = pc.and_(mask, pc.fill_null(pc.match_substring(column, f'"{field}"'), False))
    places = np.flatnonzero(held.to_numpy())
    if not len(places):
        return table, 0
    texts, found = column.to_pylist(), 0
    for at in places.tolist():
        told = msgspec.json.decode(texts[at])
        if field in told:
            del told[field]
            texts[at] = msgspec.json.encode(told).decode() if told else None
            found += 1
    at = table.schema.get_field_index("properties")
    return table.set_column(at, table.schema.field(at), pa.array(texts, column.type)), found
