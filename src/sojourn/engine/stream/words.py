"""The columns of an event, as every segment holds them.

Columns are added, never renamed or retyped. Instants are UTC in microseconds. The order of events is
(customer, occurred_at, event_id) everywhere. A row holds no direct identifier: `person`, `agent` and `case` are
random 64-bit tokens whose meaning only the identity map knows.
"""

from __future__ import annotations

from typing import Final

# name -> DuckDB type; `schema.py` has the same as a pyarrow schema
COLUMNS: Final[dict[str, str]] = {
    "event_id": "BIGINT",  # (origin << 61) | (spool segment or delivery << 30) | ordinal: a replay mints the same
    "batch": "BIGINT",  # number of the commit that let it in; only grows
    "message": "VARCHAR",  # 32 hex characters: digest of source and the sender's message id
    "person": "BIGINT",
    "name": "VARCHAR",
    "kind": "VARCHAR",  # track, page, screen, identify, group, alias
    "occurred_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "channel": "VARCHAR",
    "touchpoint": "VARCHAR",
    "unit": "VARCHAR",  # code of a unit of the organisation
    "agent": "BIGINT",
    "product": "VARCHAR",
    "case": "BIGINT",
    "source": "VARCHAR",  # slug of the source in the catalogue
    "purposes": "SMALLINT",  # bit mask of the purposes allowed at collection
    "value": "DECIMAL(18,4)",
    "currency": "VARCHAR",
    "properties": "VARCHAR",  # JSON object
}

ORIGIN_SPOOL: Final = 0
ORIGIN_DELIVERY: Final = 1
ORIGIN_OUTBOX: Final = 2
ORIGIN_BITS: Final = 61
SEGMENT_BITS: Final = 31
ORDINAL_BITS: Final = 30


def event_id(origin: int, segment: int, ordinal: int) -> int:
    """Mint the id of the event at a place; the same place always gives the same id.

    >>> event_id(ORIGIN_SPOOL, 1, 0) == 1 << 30
    True
    """
    if segment >= 1 << SEGMENT_BITS or ordinal >= 1 << ORDINAL_BITS:
        raise ValueError("segment or ordinal out of range")
    return (origin << ORIGIN_BITS) | (segment << ORDINAL_BITS) | ordinal
