"""Rows that hold several instants, such as a ticket's creation and solution: an event for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sojourn.engine.stream.files import coded as codes
from sojourn.engine.stream.files.mapping import Cell, ColumnMapping, Step
from sojourn.engine.stream.files.rows import Rows
from sojourn.engine.stream.files.texts import filled

EVENT: Final = "\x00event"  # columns of our own; no header can be called so
MESSAGE: Final = "\x00message"
OWN: Final = (EVENT, MESSAGE)
# Further from each other than lines of any file, so that no two events of a row share the id of a sealed value.
_APART: Final = 1 << 48


def stepped(mapping: ColumnMapping) -> ColumnMapping:
    """Give the mapping of rows as `unfolded` writes them; the same where a row is one event."""
    if not mapping.steps:
        return mapping
    cells = {**mapping.cells, "event": Cell(columns=(EVENT,))}
    if "message_id" in cells:
        cells["message_id"] = Cell(columns=(MESSAGE,))
    return replace(mapping, cells=cells, steps=())


def unfolded(rows: Rows, mapping: ColumnMapping) -> Rows:
    """Give each row once for each of its steps, in the file's order; the texts of a row stay with its first event.

    A step is left out where the column that tells of it is empty. A row of which no step is told stays, without an
    event, and is refused for that.
    """
    if not mapping.steps:
        return rows
    parts, places, sources = [], [], []
    told = np.zeros(rows.table.num_rows, np.bool_)
    for number, step in enumerate((*mapping.steps, None)):
        held = ~told if step is None else _held(rows.table, step, is_first=number == 0)
        told |= held
        parts.append(_copied(rows.table.filter(pa.array(held)), mapping, step, is_first=number == 0))
        chosen = np.flatnonzero(held)
        sources.append(chosen)
        places.append(rows.lines[chosen] + number * _APART)
    source = np.concatenate(sources)
    order = np.argsort(source, kind="stable")
    lines = rows.lines[source[order]]
    table = pa.concat_tables(parts, promote_options="permissive").take(pa.array(order)).combine_chunks()
    return replace(
        rows,
        table=table,
        lines=lines,
        places=np.concatenate(places)[order],
        is_json={name: flags.take(pa.array(source[order])) for name, flags in rows.is_json.items()},
    )


def _held(table: pa.Table, step: Step, *, is_first: bool) -> Any:
    held = np.ones(table.num_rows, np.bool_)
    if not is_first:
        held &= _filled(table, step.time)
    if step.where:
        held &= _filled(table, step.where)
    return held


def _filled(table: pa.Table, name: str) -> Any:
    if name not in table.column_names:
        return np.zeros(table.num_rows, np.bool_)
    return filled(codes.flat(table.column(name)))


def _copied(table: pa.Table, mapping: ColumnMapping, step: Step | None, *, is_first: bool) -> pa.Table:
    rows = table.num_rows
    if step is None:
        return table.append_column(EVENT, pa.nulls(rows, pa.string())).append_column(
            MESSAGE, pa.nulls(rows, pa.string())
        )
    messages = _messages(table, mapping.cells.get("message_id"), step)
    emptied = set(step.without) | (set() if is_first else set(mapping.personal))
    times = mapping.cells["timestamp"].columns
    said = table.column(step.time) if step.time in table.column_names else None
    for at, name in enumerate(table.column_names):
        kind = table.schema.field(name).type
        if name in times and said is not None and name != step.time:
            table = table.set_column(at, name, said.cast(kind))
        elif name in emptied:
            table = table.set_column(at, name, pa.nulls(rows, kind))
    return table.append_column(EVENT, pa.array([step.event] * rows, pa.string())).append_column(MESSAGE, messages)


def _messages(table: pa.Table, cell: Cell | None, step: Step) -> pa.Array:
    """Name the message of each row after what happened to what, so that a later export adds only what is new."""
    cases = codes.absent(table.num_rows)
    for column in [each for each in cell.columns if each in table.column_names] if cell else []:
        cases = codes.first_of(cases, codes.coded(table.column(column)))
    prefix = (cell.prefix if cell else None) or ""
    texts = [None if each is None else f"{step.event} {prefix}{each}" for each in cases.array().to_pylist()]
    for column in (each for each in step.tells if each in table.column_names):
        more = codes.coded(table.column(column)).array().to_pylist()
        texts = [None if text is None else f"{text}\x1f{part or ''}" for text, part in zip(texts, more, strict=True)]
    return pa.array(texts, pa.string())
