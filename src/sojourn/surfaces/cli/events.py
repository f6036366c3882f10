"""Events one by one."""

from __future__ import annotations

import json
from typing import Any

import click

from sojourn.surfaces.cli.asked import listing_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

COLUMNS: Columns = [
    ("occurred at", moment("occurred_at")),
    ("event", "name"),
    ("customer", lambda row: str(row["customer"])),
    ("channel", "channel"),
    ("unit", "unit"),
    ("source", "source"),
    ("value", lambda row: " ".join(each for each in (row["value"], row["currency"]) if each)),
    ("properties", lambda row: json.dumps(row["properties"], ensure_ascii=False) if row["properties"] else ""),
]


@click.command("events")
@listing_options
@click.option("--customer", type=click.IntRange(1, (1 << 63) - 1), help="Only this customer's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@connected
def events(server: Server, limit: int, **asked: Any) -> Shown:
    """List events, newest first."""
    items: list[Any] = []
    cursor: str | None = ""
    while cursor is not None and len(items) < limit:
        page = server.get("/events", **asked, limit=min(limit - len(items), 1_000), cursor=cursor)
        items += page["items"]
        cursor = page["next"]
    return Shown(data=items, columns=COLUMNS, rows=items, empty="No events here. Send some, or: sojourn import FILE.")
