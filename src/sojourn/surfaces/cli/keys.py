"""API keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.people import said_grants
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

COLUMNS: Columns = [
    ("id", "id"),
    ("name", "name"),
    ("begins with", "prefix"),
    ("roles", said_grants),
    ("scopes", "scopes"),
    ("active", "is_active"),
    ("last used", moment("last_used_at")),
    ("expires", moment("expires_at")),
]


@click.group()
def keys() -> None:
    """Manage API keys."""


@keys.command("list")
@connected
def list_keys(server: Server) -> Shown:
    """List the keys; their secrets are kept nowhere."""
    page = server.get("/keys")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No keys yet: sojourn keys create NAME.")


@keys.command("create")
@click.argument("name")
@click.option("--scope", "scopes", type=click.Choice(["read", "write"]), multiple=True, default=("read",))
@click.option("--role", default="analyst", show_default=True, help="See sojourn roles list.")
@click.option("--unit", help="In this unit and all below it; without it in the whole organisation.")
@click.option("--days", type=click.IntRange(1, 3_650), help="Days until it expires; without it, never.")
@connected
def create(server: Server, name: str, scopes: tuple[str, ...], role: str, unit: str | None, days: int | None) -> Shown:
    """Make a key and print its secret, this once."""
    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat() if days else None
    asked = {"name": name, "scopes": sorted(set(scopes)), "role": role, "unit": unit, "expires_at": expires}
    made = server.post("/keys", asked)
    return Shown(data=made, before=[made["secret"]], after=["Keep it now: it is not shown again."])


@keys.command("revoke")
@click.argument("key_id", type=click.IntRange(1))
@connected
def revoke(server: Server, key_id: int) -> Shown:
    """Close a key for good."""
    closed = server.delete(f"/keys/{key_id}")
    return Shown(data=closed, before=[f"The key {closed['name']} opens nothing any more."])
