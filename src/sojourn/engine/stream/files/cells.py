"""The fields of events, read from a table's columns as a mapping says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.engine.stream.files import coded as codes
from sojourn.engine.stream.files import instants
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.mapping import Cell, ColumnMapping
from sojourn.engine.stream.files.texts import filled, trimmed


def columns_of(table: pa.Table, mapping: ColumnMapping, name: str) -> tuple[Cell | None, list[Any]]:
    """Give the cell of a field and those of its columns that the table has."""
    cell = mapping.cells.get(name)
    present = [column for column in cell.columns if column in table.column_names] if cell else []
    return cell, [codes.flat(table.column(column)) for column in present]


def coded(table: pa.Table, mapping: ColumnMapping, name: str, *, source: str) -> Coded:
    """Read a field of text; `source` stands before the values of a cell that means something within one source only."""
    cell, columns = columns_of(table, mapping, name)
    rows = table.num_rows
    if cell is None:
        return codes.absent(rows)
    made = codes.absent(rows)
    for at, column in enumerate(columns):
        made = codes.coded(column) if at == 0 else codes.first_of(made, codes.coded(column))
    if cell.split:
        mark = cell.split
        made = made.mapped(lambda text: text.split(mark)[0].strip() or None)
    if cell.starts_with or cell.otherwise:
        made = made.mapped(lambda text: _named(text, cell))
    if cell.constant is not None:
        constant = codes.constant(cell.constant, rows)
        made = codes.first_of(made, constant) if columns else constant
    if cell.only_without:
        made = codes.only_where(made, ~coded(table, mapping, cell.only_without, source=source).is_present)
    if cell.prefix:
        made = made.mapped(lambda text: f"{cell.prefix}{text}")
    if cell.scoped:
        made = made.mapped(lambda text: f"{source}:{text}")
    return made


def instants_of(table: pa.Table, mapping: ColumnMapping, *, time_format: str | None) -> tuple[Int64s, Flags, Flags]:
    """Read the events' instants in microseconds; say which rows have a readable one, and which have none at all."""
    _, columns = columns_of(table, mapping, "timestamp")
    rows = table.num_rows
    empty = np.ones(rows, np.bool_)
    at, known = np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
    for column in columns:
        present = filled(column)
        more, readable = instants.instants(trimmed(codes.flat(column)), time_format=time_format, zone=mapping.time_zone)
        at = np.where(known | ~empty, at, more)
        known |= empty & readable
        empty &= ~present
    return at, known, empty


def _named(text: str, cell: Cell) -> str | None:
    for start, name in cell.starts_with:
        if text.startswith(start):
            return name
    return cell.otherwise if cell.otherwise is not None else text
