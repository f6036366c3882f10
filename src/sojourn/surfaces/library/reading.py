"""Opening files and DataFrames as logs; nothing is read before a question is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from sojourn.engine.stream.files.mapping import Cell, ColumnMapping, checked, parse
from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.parquet import rows_of
from sojourn.engine.stream.files.presets import PRESETS, detect, fitted, preset
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.surfaces.library.here import Here
from sojourn.surfaces.library.log import Log
from sojourn.surfaces.library.recorded import Recorded, record
from sojourn.surfaces.library.results.table import needed

INDEX_COLUMN = "__index_level_"  # what pandas calls an index without a name when it becomes Arrow
BATCH_ROWS = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """How columns become events, as the caller said it."""

    customer: str | None = None
    event: str | None = None
    at: str | None = None
    mapping: str | Mapping[str, Any] | ColumnMapping | None = None
    time_format: str | None = None
    time_zone: str | None = None


def read_events(
    path: str | os.PathLike[str],
    *,
    customer: str | None = None,
    event: str | None = None,
    at: str | None = None,
    mapping: str | Mapping[str, Any] | ColumnMapping | None = None,
    time_format: str | None = None,
    time_zone: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Log:
    """Give the log of a CSV, Parquet, JSON lines or XES file, gzipped or not; it is read when first asked.

    Columns are recognised by their names (Sojourn's own, XES and pm4py, Celonis, retentioneering, Segment, invoices);
    `customer`, `event` and `at` name them otherwise. `mapping` is a preset's name or a whole mapping as in
    `docs/reference/import.md`. Times without a zone are in `time_zone` (UTC). Raise NotFoundError for a file that is
    not there; when it is read, UnreadableFileError, or InvalidError naming the columns found.
    """
    file = Path(path)
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    columns = Columns(
        customer=customer, event=event, at=at, mapping=mapping, time_format=time_format, time_zone=time_zone
    )
    return Log(Here(file.name, partial(_file, file, columns, encoding, delimiter)))


def from_dataframe(
    frame: Any,
    *,
    customer: str | None = None,
    event: str | None = None,
    at: str | None = None,
    mapping: str | Mapping[str, Any] | ColumnMapping | None = None,
    time_format: str | None = None,
    time_zone: str | None = None,
) -> Log:
    """Give the log of a pandas or Polars DataFrame, a Polars LazyFrame, or an Arrow table or reader.

    Columns are recognised or named as in `read_events`. What happens to a pandas frame later does not change the log.
    Raise InvalidError for something that is no table.
    """
    if not any(hasattr(frame, each) for each in ("__arrow_c_stream__", "to_arrow", "collect")):
        raise InvalidError(
            f"A {type(frame).__name__} is no table: give a pandas or Polars DataFrame, or an Arrow table; "
            "for a list of rows, pandas.DataFrame(rows)."
        )
    columns = Columns(
        customer=customer, event=event, at=at, mapping=mapping, time_format=time_format, time_zone=time_zone
    )
    return Log(Here(f"{type(frame).__module__.partition('.')[0]} data", partial(_frame, _own(frame), columns)))


def _file(path: Path, columns: Columns, encoding: str | None, delimiter: str | None) -> Recorded:
    reader = open_file(path, encoding=encoding, delimiter=delimiter)
    return record(reader.batches(), mapping_of(reader.header, columns))


def recorded_of(table: pa.Table) -> Recorded:
    """Read a table in Sojourn's own columns, as a server exports events."""
    return _frame(table, Columns(mapping="sojourn"))


def _frame(frame: Any, columns: Columns) -> Recorded:
    table = _arrow(frame)
    mapping = mapping_of(table.column_names, columns)
    first = 1
    batches = []
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        batches.append(rows_of(pa.Table.from_batches([batch]), first))
        first += batch.num_rows
    return record(batches, mapping)


def _own(frame: Any) -> Any:
    """Take a pandas frame as it stands: its owner may change it. The others never change in place."""
    if not hasattr(frame, "iloc"):
        return frame
    copies_on_write = int(needed("pandas").__version__.partition(".")[0]) >= 3
    return frame.copy(deep=not copies_on_write)


def _arrow(frame: Any) -> pa.Table:
    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "iloc"):
        return pa.Table.from_pandas(frame, preserve_index=False)
    if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):
        frame = frame.collect()
    table = pa.table(frame) if hasattr(frame, "__arrow_c_stream__") else frame.to_arrow()
    return table.drop_columns([name for name in table.column_names if name.startswith(INDEX_COLUMN)])


def mapping_of(header: Sequence[str], columns: Columns) -> ColumnMapping:
    """Find how columns become events; raise InvalidError saying which were found and what to name."""
    mapping = _said(header, columns)
    named = {"user_id": columns.customer, "event": columns.event, "timestamp": columns.at}
    for column in filter(None, named.values()):
        if column not in header:
            raise InvalidError(f"There is no column {column!r}; the columns are: {_listed(header)}.")
    cells = dict(mapping.cells) | {name: Cell(columns=(column,)) for name, column in named.items() if column}
    if columns.customer:
        cells.pop("anonymous_id", None)
    missing = [
        word
        for word, fields in (("customer", ("user_id", "anonymous_id")), ("event", ("event",)), ("at", ("timestamp",)))
        if not set(fields) & set(cells)
    ]
    if missing:
        raise InvalidError(
            f"The columns are: {_listed(header)}. Say which holds the {' and the '.join(missing)}: "
            + ", ".join(f'{word}="..."' for word in missing)
            + ("" if "at" not in missing else " (at is the time of the event).")
        )
    return checked(
        replace(
            mapping,
            cells={name: replace(cell, scoped=False) for name, cell in cells.items()},  # one log is one source
            time_format=columns.time_format or mapping.time_format,
            time_zone=columns.time_zone or mapping.time_zone,
            steps=() if columns.event or columns.at else mapping.steps,  # what was named is one event a row
        )
    )


def _said(header: Sequence[str], columns: Columns) -> ColumnMapping:
    said = columns.mapping
    if isinstance(said, ColumnMapping):
        return said
    if isinstance(said, str):
        return fitted(preset(said), header)
    if said is not None:
        return parse(dict(said))
    found = detect(header)
    if found:
        return found[0].mapping
    return ColumnMapping(name="columns", cells=_known(header))


def _known(header: Sequence[str]) -> dict[str, Cell]:
    """Give the fields that some preset recognises although none fits as a whole."""
    cells: dict[str, Cell] = {}
    for each in PRESETS.values():
        for name in ("event", "timestamp", "user_id"):
            cell = each.mapping.cells.get(name, Cell())
            present = tuple(column for column in cell.columns if column in header)
            if present and not cell.starts_with:
                cells.setdefault(name, Cell(columns=present))
    if "at" in header:  # as `Log.to_arrow` calls it
        cells.setdefault("timestamp", Cell(columns=("at",)))
    return cells


def _listed(header: Sequence[str]) -> str:
    return ", ".join(map(str, header)) or "none"
