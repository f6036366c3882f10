"""Rows of the columns `statements.LISTED`, read; or of the same columns of a segment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from sojourn.domains.privacy.contracts import EventRow

COLUMNS: Final = (  # without `customer`, which no segment knows
    *("event_id", "name", "kind", "occurred_at", "received_at", "channel", "touchpoint", "unit", "product", "source"),
    *("value", "currency", "properties"),
)


def rows_of(table: pa.Table, *, customer: int) -> tuple[EventRow, ...]:
    """Read a customer's rows of `COLUMNS`, newest first."""
    table = table.sort_by([("occurred_at", "descending"), ("event_id", "descending")])
    return tuple(_row_of(each, customer) for each in table.to_pylist())


def _row_of(row: dict[str, Any], customer: int) -> EventRow:
    event_id, *rest, value, currency, properties = (row[name] for name in COLUMNS)
    return row_of((event_id, customer, *rest, None if value is None else str(value), currency, properties))


def row_of(row: tuple[Any, ...]) -> EventRow:
    """Read a row of the columns `statements.LISTED`."""
    event_id, customer, name, kind, occurred_at, received_at, channel, touchpoint, unit, product, source, *rest = row
    value, currency, properties = rest
    return EventRow(
        event_id=event_id,
        customer=customer,
        name=name,
        kind=kind,
        occurred_at=_utc(occurred_at),
        received_at=_utc(received_at),
        channel=channel,
        touchpoint=touchpoint,
        unit=unit,
        product=product,
        source=source,
        value=value,
        currency=currency,
        properties=json.loads(properties) if properties else {},
    )


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
