"""Reads segments into rows: only the columns needed, strings as dictionary codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.kernels.words import NO_CODE, Int64s, UInt16s
from sojourn.engine.stream.words import COLUMNS
from sojourn.engine.timeline import rows as loose
from sojourn.engine.timeline.dictionary import Dictionary
from sojourn.engine.timeline.properties import property_codes
from sojourn.engine.timeline.rows import Rows
from sojourn.engine.timeline.words import Layout

CHUNK_ROWS: Final = 1_000_000
PLAIN: Final = ("event_id", "person", "occurred_at", "purposes", "value")
TEXTS: Final = frozenset(name for name, kind in COLUMNS.items() if kind == "VARCHAR")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A segment to read: its file and the batches in it."""

    path: Path
    rows: int
    first_batch: int
    last_batch: int


class Dictionaries:
    """The dictionaries of a timeline: event names, currencies, and one for each dimension."""

    def __init__(self, held: dict[str, Dictionary] | None = None) -> None:
        self.held = held or {"name": Dictionary([""]), "currency": Dictionary()}  # code 0 is an erased event

    def __getitem__(self, name: str) -> Dictionary:
        return self.held.setdefault(name, Dictionary())


def read(sources: Sequence[Source], layout: Layout, dictionaries: Dictionaries, *, after_batch: int = 0) -> Rows:
    """Read the rows of segments that came after a batch.

    Raise OSError or pyarrow.ArrowInvalid when a file is not there or damaged.
    """
    wanted = [source for source in sources if source.last_batch > after_batch]
    chunks = []
    with ThreadPoolExecutor(1) as ahead:  # decode the next chunk while this one is coded
        tables = _tables(wanted, layout, after_batch)
        waiting = ahead.submit(next, tables, None)
        while (table := waiting.result()) is not None:
            waiting = ahead.submit(next, tables, None)
            if table.num_rows:
                chunks.append(_coded(table, layout, dictionaries))
    return loose.joined(chunks, layout.dimensions)


def _tables(sources: Sequence[Source], layout: Layout, after_batch: int) -> Iterator[pa.Table]:
    columns = list(dict.fromkeys([*PLAIN, "name", "currency", *_columns(layout)]))
    texts = [name for name in columns if name in TEXTS and name != "properties"]
    for source in sources:
        partly = source.first_batch <= after_batch
        with pq.ParquetFile(source.path, memory_map=True, read_dictionary=texts) as file:
            known = set(file.schema_arrow.names)
            asked = [name for name in [*columns, *(["batch"] if partly else [])] if name in known]
            for groups in _groups(file.metadata):
                table = file.read_row_groups(groups, columns=asked)
                yield table.filter(pc.field("batch") > after_batch) if partly else table


def _columns(layout: Layout) -> list[str]:
    return [name if name in COLUMNS else "properties" for name in layout.dimensions]


def _groups(metadata: pq.FileMetaData) -> Iterator[list[int]]:
    groups: list[int] = []
    held = 0
    for group in range(metadata.num_row_groups):
        groups.append(group)
        held += metadata.row_group(group).num_rows
        if held >= CHUNK_ROWS:
            yield groups
            groups, held = [], 0
    if groups:
        yield groups


def _coded(table: pa.Table, layout: Layout, dictionaries: Dictionaries) -> Rows:
    value = table.column("value")
    rich = np.flatnonzero(value.is_valid().to_numpy())
    return Rows(
        at=_numbers(table.column("occurred_at").cast(pa.timestamp("us")).cast(pa.int64())),
        row=_numbers(table.column("event_id")),
        event=_codes(table.column("name"), dictionaries["name"]),
        purposes=_numbers(table.column("purposes").fill_null(layout.unstated_purposes)).astype(np.uint16),
        pid=np.arange(table.num_rows, dtype=np.int32),
        persons=_numbers(table.column("person")),
        dimensions={name: _dimension(table, name, dictionaries[f"dimension:{name}"]) for name in layout.dimensions},
        money_at=rich,
        money_amount=_amounts(value, rich),
        money_currency=_codes(table.column("currency"), dictionaries["currency"])[rich],
    )


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    numbers: npt.NDArray[np.int64] = column.to_numpy()
    return numbers


def _amounts(value: pa.ChunkedArray, rich: Int64s) -> Int64s:
    """Give decimals as whole ten-thousandths; 18 digits always fit the lower half of their 16 bytes."""
    held = value.drop_null().cast(pa.decimal128(18, 4)).combine_chunks()
    if not len(rich):
        return np.empty(0, np.int64)
    parts = held.chunks if isinstance(held, pa.ChunkedArray) else [held]
    return np.concatenate(
        [
            np.frombuffer(part.buffers()[1], np.int64)[2 * part.offset : 2 * (part.offset + len(part)) : 2]
            for part in parts
        ]
    )


def _codes(column: pa.ChunkedArray, dictionary: Dictionary) -> UInt16s:
    return _joined([_chunk_codes(chunk, dictionary) for chunk in column.chunks])


def _chunk_codes(chunk: pa.Array, dictionary: Dictionary) -> UInt16s:
    coded = chunk if isinstance(chunk, pa.DictionaryArray) else chunk.dictionary_encode()
    lut = np.append(dictionary.codes(coded.dictionary.to_pylist()), NO_CODE)
    indices = coded.indices
    if indices.null_count:
        indices = indices.fill_null(len(lut) - 1)
    codes: UInt16s = lut[indices.to_numpy()]
    return codes


def _dimension(table: pa.Table, name: str, dictionary: Dictionary) -> UInt16s:
    if name in table.column_names and name in COLUMNS:
        return _codes(table.column(name), dictionary)
    if name in COLUMNS or "properties" not in table.column_names:
        return np.full(table.num_rows, NO_CODE, np.uint16)
    return _joined([property_codes(chunk, name, dictionary) for chunk in table.column("properties").chunks])


def _joined(parts: list[UInt16s]) -> UInt16s:
    return np.concatenate(parts) if parts else np.empty(0, np.uint16)
