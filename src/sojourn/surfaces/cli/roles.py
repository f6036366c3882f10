"""Roles and what groups of the identity provider give."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

COLUMNS: Columns = [
    ("role", "slug"),
    ("name", "name"),
    ("given", "grants"),
    ("rights", lambda row: ", ".join(row["rights"])),
]
GROUPS: Columns = [("group", "group"), ("role", "role"), ("unit", lambda row: row["unit"] or "the whole")]


@click.group()
def roles() -> None:
    """Show the roles with their rights, make your own, and say what groups give."""


@roles.command("list")
@connected
def list_roles(server: Server) -> Shown:
    """List the roles with their rights."""
    page = server.get("/roles")
    return Shown(data=page, columns=COLUMNS, rows=page["items"])


@roles.command("save")
@click.argument("slug")
@click.option("--name", help="For people to read; without it the short name.")
@click.option("--right", "rights", multiple=True, required=True, help="As often as there are rights.")
@connected
def save(server: Server, slug: str, name: str | None, rights: tuple[str, ...]) -> Shown:
    """Save a role of your own with its rights."""
    saved = server.put(f"/roles/{slug}", {"name": name or slug, "rights": sorted(set(rights))})
    return Shown(data=saved, before=[f"The role {saved['slug']} has {len(saved['rights'])} rights."])


@roles.command("delete")
@click.argument("slug")
@connected
def delete(server: Server, slug: str) -> Shown:
    """Delete a role of your own that nobody has."""
    server.delete(f"/roles/{slug}")
    return Shown(data={"slug": slug}, before=[f"The role {slug} is gone."])


@roles.command("groups")
@connected
def groups(server: Server) -> Shown:
    """List what groups of the identity provider give."""
    page = server.get("/groups")
    return Shown(
        data=page, columns=GROUPS, rows=page["items"], empty="No group gives a role: sojourn roles map GROUP ROLE."
    )


@roles.command("map")
@click.argument("group")
@click.argument("role")
@click.option("--unit", help="In this unit and all below it; without it in the whole organisation.")
@connected
def map_group(server: Server, group: str, role: str, unit: str | None) -> Shown:
    """Let a group give its members a role at sign-in."""
    made = server.post("/groups", {"group": group, "role": role, "unit": unit})
    return Shown(data=made, before=[f"{group} gives {_where(made)}, from the next sign-in on."])


@roles.command("unmap")
@click.argument("group")
@click.argument("role")
@click.option("--unit", help="The unit that it gives the role for.")
@connected
def unmap_group(server: Server, group: str, role: str, unit: str | None) -> Shown:
    """Let a group give a role no longer."""
    server.delete("/groups", group=group, role=role, unit=unit)
    gone = {"group": group, "role": role, "unit": unit}
    return Shown(data=gone, before=[f"{group} gives {_where(gone)} no longer."])


def _where(row: dict[str, Any]) -> str:
    return f"{row['role']} in {row['unit']}" if row["unit"] else str(row["role"])
