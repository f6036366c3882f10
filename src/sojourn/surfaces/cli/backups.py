"""Backups."""

from __future__ import annotations

import time

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

WAIT_SECONDS = 3_600
LOOK_SECONDS = 1.0
COLUMNS: Columns = [
    ("backup", "name"),
    ("made", moment("made_at")),
    ("events", lambda row: f"{row['events']:,}"),
    ("files", lambda row: f"{row['files']:,}"),
    ("MB", lambda row: f"{row['size'] / 1e6:,.1f}"),
    ("read whole", moment("verified_at")),
]


@click.group()
def backup() -> None:
    """Make, list and verify backups."""


@backup.command("run")
@connected
def run(server: Server) -> Shown:
    """Make a backup while everything runs, and wait for it."""
    known = {each["name"] for each in server.get("/backups")["items"]}
    server.post("/backups")
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        fresh = [each for each in server.get("/backups")["items"] if each["name"] not in known and each["verified_at"]]
        if fresh:
            return Shown(data=fresh[0], columns=COLUMNS, rows=fresh[:1])
        time.sleep(LOOK_SECONDS)
    raise click.ClickException("It is not done after an hour; sojourn backup list shows it when it is.")


@backup.command("list")
@connected
def list_backups(server: Server) -> Shown:
    """List the backups, newest first."""
    page = server.get("/backups")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No backups yet: sojourn backup run.")


@backup.command("verify")
@click.argument("name")
@connected
def verify(server: Server, name: str) -> Shown:
    """Read a backup whole and compare every file with its digest."""
    found = server.post(f"/backups/{name}/verify")
    return Shown(data=found, columns=COLUMNS, rows=[found], after=["Every file is what was put there."])
