"""A small shop's clicks, with ties, repeats, a dimension and customers of one event."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa

NAMES = ("search", "view", "basket", "buy", "complain", "exit")
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


def clicks(customers: int = 60, seed: int = 7) -> pa.Table:
    """Give rows in no order of customers; instants are whole hours, so that ties are common."""
    chance = random.Random(seed)
    rows = [
        (
            f"c{who:03}",
            chance.choice(NAMES),
            BEGIN + timedelta(hours=chance.randrange(400)),
            chance.choice(("app", "web", None)),
        )
        for who in range(customers)
        for _ in range(1 if who % 10 == 0 else chance.randrange(1, 14))
    ]
    chance.shuffle(rows)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return pa.table(
        {
            "user_id": columns[0],
            "event": columns[1],
            "timestamp": pa.array(columns[2], pa.timestamp("us", tz="UTC")),
            "channel": columns[3],
        }
    )
