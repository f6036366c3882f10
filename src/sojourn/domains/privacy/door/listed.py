"""Rows of the columns `statements.LISTED`, read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sojourn.domains.privacy.contracts import EventRow


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
