"""Sources and write keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

KINDS = click.Choice(["web", "server", "mobile", "file", "internal"])
COLUMNS: Columns = [
    ("source", "slug"),
    ("name", "name"),
    ("kind", "kind"),
    ("channel", "channel"),
    ("active", "is_active"),
    ("strict", "is_strict"),
    ("write key", "write_key"),
]
FRESHNESS: Columns = [
    ("source", "source"),
    ("state", "state"),
    ("events", "events"),
    ("last received", moment("last_received_at")),
    ("promised every (min)", "expected_every_minutes"),
]
RATE = click.IntRange(0, 1_000_000)
EVERY = click.IntRange(0, 525_600)


@click.group()
def source() -> None:
    """Manage where events come from, and write keys."""


@source.command("list")
@connected
def list_sources(server: Server) -> Shown:
    """List the sources with their write keys."""
    page = server.get("/sources")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No sources yet: sojourn source add SLUG.")


@source.command("freshness")
@connected
def freshness(server: Server) -> Shown:
    """Say when each source was last heard, and whether that is as promised."""
    page = server.get("/freshness")
    return Shown(data=page, columns=FRESHNESS, rows=page["items"], empty="No active sources.")


@source.command("add")
@click.argument("slug")
@click.option("--kind", type=KINDS, default="server", show_default=True)
@click.option("--name", default="", help="Name for people; without it, the slug.")
@click.option("--channel", default="", help="Taken where an event names none.")
@click.option("--strict", is_flag=True, help="Answer 400 when any item of a request is refused.")
@click.option("--rate", type=RATE, default=0, help="Events a second that intake takes; 0: as the settings say.")
@click.option("--every", type=EVERY, default=0, help="Promise: events at least every so many minutes.")
@connected
def add(server: Server, slug: str, strict: bool, every: int, **given: Any) -> Shown:
    """Make a source with a write key of its own."""
    made = server.post(
        "/sources", {**given, "slug": slug, "is_strict": strict, "expected_every_minutes": every or None}
    )
    return Shown(data=made, before=[f"write key of {made['slug']}: {made['write_key']}"])


@source.command("change")
@click.argument("slug")
@click.option("--name")
@click.option("--channel")
@click.option("--strict/--lenient", "is_strict", default=None)
@click.option("--active/--inactive", "is_active", default=None)
@click.option("--rate", type=RATE)
@click.option("--every", "expected_every_minutes", type=EVERY, help="0 takes the promise back.")
@connected
def change(server: Server, slug: str, **given: Any) -> Shown:
    """Change what is given, leave the rest."""
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("Say what to change; sojourn source change --help lists it.")
    changed = server.patch(f"/sources/{quote(slug, safe='')}", changes)
    return Shown(data=changed, columns=COLUMNS, rows=[changed])


@source.command("rotate")
@click.argument("slug")
@connected
def rotate(server: Server, slug: str) -> Shown:
    """Give a source a new write key; the old one opens nothing from now on."""
    made = server.post(f"/sources/{quote(slug, safe='')}/rotate")
    return Shown(data=made, before=[f"new write key of {slug}: {made['write_key']}"])


@source.command("remove")
@click.argument("slug")
@connected
def remove(server: Server, slug: str) -> Shown:
    """Remove a source; its events stay."""
    server.delete(f"/sources/{quote(slug, safe='')}")
    return Shown(data={"slug": slug}, before=[f"The source {slug} is gone; its events stay."])
