"""Saved lists of customers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

COLUMNS: Columns = [
    ("id", "id"),
    ("name", "name"),
    ("customers", "address"),
    ("saved by", "owner"),
    ("seen by", lambda row: "everyone" if row["is_shared"] else "owner"),
    ("saved", moment("saved_at")),
]


@click.group("lists")
def lists() -> None:
    """Save lists of customers: filters, columns and order."""


@lists.command("list")
@connected
def list_lists(server: Server) -> Shown:
    """List your own saved lists and the shared ones."""
    page = server.get("/lists")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="None yet: sojourn lists save NAME QUERY.")


@lists.command("save")
@click.argument("name")
@click.argument("query", default="")
@click.option("--shared", is_flag=True, help="Everyone who may list customers opens it, not only you.")
@connected
def save(server: Server, name: str, query: str, shared: bool) -> Shown:
    """Save a list under a name.

    QUERY is what GET /customers takes, such as "state=customer&known=plan=premium&trait=visits&sort=visits". Whom it
    holds is told by sojourn customer list --saved ID.
    """
    return _one(server.post("/lists", {"name": name, "query": query, "is_shared": shared}))


@lists.command("change")
@click.argument("list_id")
@click.option("--name", help="Another name.")
@click.option("--query", help="Other filters, columns and order.")
@click.option("--private/--shared", "private", default=None, help="Who opens it: only who saved it, or everyone.")
@connected
def change(server: Server, list_id: str, private: bool | None, **given: str | None) -> Shown:
    """Change a saved list; what is not given stays."""
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if private is not None:
        changes["is_shared"] = not private
    if not changes:
        raise click.UsageError("Say what changes: --name, --query, --private or --shared.")
    return _one(server.patch(_path(list_id), changes))


@lists.command("remove")
@click.argument("list_id")
@connected
def remove(server: Server, list_id: str) -> Shown:
    """Delete a saved list; for a day it can be brought back."""
    server.delete(_path(list_id))
    undo = f"The list is deleted; for a day, sojourn lists restore {list_id} brings it back."
    return Shown(data={"id": list_id}, before=[undo])


@lists.command("restore")
@click.argument("list_id")
@connected
def restore(server: Server, list_id: str) -> Shown:
    """Bring back a list deleted less than a day ago."""
    return _one(server.post(f"{_path(list_id)}/restore"))


def _path(list_id: str) -> str:
    return f"/lists/{quote(list_id, safe='')}"


def _one(saved: dict[str, Any]) -> Shown:
    return Shown(data=saved, columns=COLUMNS, rows=[saved])
