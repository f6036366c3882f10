"""The columns of events on their way out: the native form of `files.presets`, all pseudonymous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

# Numbers of events, customers, agents and cases are the random ones that Sojourn made, as text.
SCHEMA: Final = pa.schema(
    [
        ("message_id", pa.string()),
        ("user_id", pa.string()),
        ("type", pa.string()),
        ("event", pa.string()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("channel", pa.string()),
        ("touchpoint", pa.string()),
        ("unit", pa.string()),
        ("agent", pa.string()),
        ("product", pa.string()),
        ("case", pa.string()),
        ("value", pa.decimal128(18, 4)),
        ("currency", pa.string()),
        ("properties", pa.string()),
    ]
)
WRITTEN_ROWS: Final = 8_192  # rows made into text at once
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Event(NamedTuple):
    """An event as text, but for its properties."""

    message_id: str
    user_id: str
    type: str
    event: str
    timestamp: str  # ISO 8601 in UTC, microseconds
    channel: str | None
    touchpoint: str | None
    unit: str | None
    agent: str | None
    product: str | None
    case: str | None
    value: str | None
    currency: str | None
    properties: dict[str, Any]


def fitted(batch: pa.RecordBatch) -> pa.Table:
    """Bring the columns of a query to the schema."""
    return pa.table([batch.column(field.name).cast(field.type) for field in SCHEMA], schema=SCHEMA)


def as_texts(table: pa.Table) -> pa.Table:
    """Write every column as text: instants as ISO 8601, amounts with a point."""
    columns = []
    for field in SCHEMA:
        column = table.column(field.name)
        if pa.types.is_timestamp(field.type):
            column = pc.binary_join_element_wise(pc.strftime(column, format="%Y-%m-%dT%H:%M:%S"), "Z", "")
        columns.append(column.cast(pa.string()))
    return pa.table(columns, names=SCHEMA.names)


def pieces(table: pa.Table) -> Iterator[list[Event]]:
    """Give the rows as events, some thousand at a time."""
    for at in range(0, table.num_rows, WRITTEN_ROWS):
        texts = as_texts(table.slice(at, WRITTEN_ROWS))
        columns = [texts.column(name).to_pylist() for name in SCHEMA.names[:-1]]
        properties = [_decode(text) if text else {} for text in texts.column("properties").to_pylist()]
        yield [Event(*row) for row in zip(*columns, properties, strict=True)]
