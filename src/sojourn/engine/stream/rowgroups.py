"""A few known rows out of many segments: only the row groups are read that may hold them.

A segment never changes, so that what its footer says is kept by path: which persons and event ids each row group spans.
Sorted segments are narrow in persons, fresh ones in event ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.engine.stream.query import UnreadableError
from sojourn.engine.stream.schema import SCHEMA

SPANS_KEPT: Final = 8_192  # files; 32 bytes a row group
FOOTERS_KEPT: Final = 32  # files; about half a kilobyte a row group and column
FIRST, LAST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True)
class Spans:
    """What the row groups of a file span: lowest and highest person, lowest and highest event id; parallel arrays."""

    person: tuple[Int64s, Int64s]
    event_id: tuple[Int64s, Int64s]

    def holding(self, persons: Int64s, event_ids: Int64s) -> list[int]:
        """List the row groups that may hold a row of one of the persons with one of the ids; both ascending."""
        found = _meets(self.person, persons) & _meets(self.event_id, event_ids)
        return [int(each) for each in np.flatnonzero(found)]


def fetched(paths: Iterable[Path], persons: Int64s, event_ids: Int64s, columns: Sequence[str]) -> pa.Table:
    """Read the rows of some persons that have some ids, in no order; ids that no file holds are left out.

    Files are opened in the order given, until every id is found: the likely ones first. Columns that an older segment
    lacks are empty. Raise UnreadableError.
    """
    theirs, missing = np.unique(persons), np.unique(event_ids)
    parts = []
    try:
        for path in paths:
            if not len(missing):
                break
            for group in _spans(path).holding(theirs, missing):
                part = _part(path, group, theirs, missing, columns)
                if part is not None:
                    parts.append(part)
                    missing = np.setdiff1d(missing, part["event_id"].to_numpy(), assume_unique=True)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError from error
    return (
        pa.concat_tables(parts)
        if parts
        else pa.table({name: pa.array([], SCHEMA.field(name).type) for name in columns})
    )


def _part(path: Path, group: int, persons: Int64s, event_ids: Int64s, columns: Sequence[str]) -> pa.Table | None:
    """Read what a row group has of them; the other columns only where it has any."""
    with pq.ParquetFile(path, metadata=_footer(path)) as file:
        keys = file.read_row_group(group, columns=["person", "event_id"], use_threads=False)
        has = pc.is_in(keys["event_id"], pa.array(event_ids))
        places = np.flatnonzero(pc.and_(has, pc.is_in(keys["person"], pa.array(persons))).to_numpy())
        if not len(places):
            return None
        there = [name for name in columns if name in file.schema_arrow.names]
        held = file.read_row_group(group, columns=there, use_threads=False).take(places)
    empty = {name: pa.nulls(len(places), SCHEMA.field(name).type) for name in columns if name not in there}
    return pa.table({name: empty[name] if name in empty else held[name] for name in columns})


def _meets(span: tuple[Int64s, Int64s], wanted: Int64s) -> Flags:
    low, high = span
    found: Flags = np.searchsorted(wanted, low, side="left") < np.searchsorted(wanted, high, side="right")
    return found


@lru_cache(SPANS_KEPT)
def _spans(path: Path) -> Spans:
    footer = _footer(path)
    places = {footer.schema.column(at).name: at for at in range(footer.num_columns)}
    groups = [footer.row_group(each) for each in range(footer.num_row_groups)]

    def spans(name: str) -> tuple[Int64s, Int64s]:
        said = [each.column(places[name]).statistics for each in groups]
        pairs = [(FIRST, LAST) if one is None or not one.has_min_max else (one.min, one.max) for one in said]
        low, high = np.array(pairs, np.int64).reshape(-1, 2).T
        return low, high

    return Spans(person=spans("person"), event_id=spans("event_id"))


@lru_cache(FOOTERS_KEPT)
def _footer(path: Path) -> pq.FileMetaData:
    return pq.read_metadata(path)
