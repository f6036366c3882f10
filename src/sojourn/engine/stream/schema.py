"""The columns of an event as a pyarrow schema, made from `words.COLUMNS`."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from sojourn.engine.stream.words import COLUMNS

_TYPES: Final = {
    "BIGINT": pa.int64(),
    "SMALLINT": pa.int16(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
}
_ALWAYS: Final = frozenset({"event_id", "batch", "message", "person", "name", "kind", "occurred_at", "received_at"})

SCHEMA: Final = pa.schema(
    [pa.field(name, _TYPES[kind], nullable=name not in _ALWAYS) for name, kind in COLUMNS.items()]
)


def fitted(table: pa.Table) -> pa.Table:
    """Bring a table to the schema: columns in order, missing ones empty, types cast without loss.

    Raise pyarrow.ArrowInvalid when a value does not fit and ValueError when a needed column is missing or has holes.
    """
    columns = []
    for field in SCHEMA:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
        elif table.schema.field(field.name).type == field.type:
            columns.append(table.column(field.name))
        else:
            columns.append(table.column(field.name).cast(field.type))
        if not field.nullable and columns[-1].null_count:
            raise ValueError(f"column {field.name} must be filled in every row")
    return pa.table(columns, schema=SCHEMA)


def stamped(table: pa.Table, batch: int) -> pa.Table:
    """Put the number of the commit into every row."""
    numbers = pa.repeat(pa.scalar(batch, pa.int64()), table.num_rows)
    if "batch" in table.column_names:
        return table.set_column(table.column_names.index("batch"), SCHEMA.field("batch"), numbers)
    return table.append_column(SCHEMA.field("batch"), numbers)
