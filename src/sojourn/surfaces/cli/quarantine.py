"""Refused items and the flow of data."""

from __future__ import annotations

import base64
from typing import Any

import click

from sojourn.surfaces.cli.asked import Instant
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

REFUSED: Columns = [
    ("id", lambda row: str(row["id"])),
    ("received", moment("received_at")),
    ("source", "source"),
    ("origin", "origin"),
    ("place", "place"),
    ("code", "code"),
    ("reason", "reason"),
]
FLOW: Columns = [
    ("minute", moment("minute")),
    ("source", "source"),
    ("accepted", "accepted"),
    ("refused", "refused"),
    ("duplicates", "duplicates"),
]


@click.group()
def quarantine() -> None:
    """Look at what was refused."""


@quarantine.command("list")
@click.option("--source", default="", help="Of one source only.")
@click.option("--code", default="", help="Refused for one reason only.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
@connected
def list_refused(server: Server, **asked: Any) -> Shown:
    """List refused items, newest first."""
    page = server.get("/quarantine", **asked)
    return Shown(data=page, columns=REFUSED, rows=page["items"], empty="Nothing was refused.")


@quarantine.command("counts")
@connected
def counts(server: Server) -> Shown:
    """Count refused items by source and reason."""
    page = server.get("/quarantine/counts")
    columns: Columns = [("source", "source"), ("code", "code"), ("count", "count")]
    return Shown(data=page, columns=columns, rows=page["items"], empty="Nothing was refused.")


@quarantine.command("show")
@click.argument("item", type=click.IntRange(1))
@connected
def show(server: Server, item: int) -> Shown:
    """Show what was refused, as it was sent; it may hold personal data."""
    answer = server.get(f"/quarantine/{item}")
    sent = base64.b64decode(answer["payload"]).decode("utf-8", "replace")
    return Shown(data=answer, columns=REFUSED, rows=[answer["row"]], after=[sent])


@click.command("flow")
@click.option("--since", type=Instant(), help="24 hours before the end, when not given.")
@click.option("--until", type=Instant(), help="Now, when not given.")
@connected
def flow(server: Server, **asked: Any) -> Shown:
    """List what came in, by minute and source."""
    items = server.every("/flow", **asked)
    totals = server.get("/flow/totals")
    line = (
        f"ever: {totals['accepted']:,} accepted, {totals['refused']:,} refused, {totals['duplicates']:,} duplicates; "
        f"intake is {totals['pressure']['state']}"
    )
    return Shown(
        data={"items": items, "totals": totals}, columns=FLOW, rows=items, empty="Nothing came in.", after=[line]
    )
