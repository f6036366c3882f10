"""People who sign in."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.options import connected, read_password
from sojourn.surfaces.cli.server import RefusedError, Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

ROLES = click.Choice(["administrator", "analyst", "viewer"])
COLUMNS: Columns = [
    ("email", "email"),
    ("role", "role"),
    ("active", "is_active"),
    ("last seen", moment("last_seen_at")),
]


@click.group()
def user() -> None:
    """Manage who signs in."""


@user.command("list")
@connected
def list_people(server: Server) -> Shown:
    """List who signs in."""
    page = server.get("/people")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="Nobody signs in yet: sojourn user add EMAIL.")


@user.command("add")
@click.argument("email")
@click.option("--role", type=ROLES, default="viewer", show_default=True)
@connected
def add(server: Server, email: str, role: str) -> Shown:
    """Make somebody who signs in; the password is asked for, or read from standard input."""
    made = server.post("/people", {"email": email, "role": role, "password": read_password()})
    return Shown(data=made, before=[f"{made['email']} signs in as {made['role']}."])


@user.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
@connected
def change_role(server: Server, email: str, role: str) -> Shown:
    """Give somebody another role."""
    return _changed(server.patch(f"/people/{_id(server, email)}", {"role": role}))


@user.command("password")
@click.argument("email")
@connected
def set_password(server: Server, email: str) -> Shown:
    """Set somebody's password; it is asked for, or read from standard input."""
    server.put(f"/people/{_id(server, email)}/password", {"password": read_password()})
    return Shown(data={"email": email}, before=[f"{email} has a new password."])


@user.command("remove")
@click.argument("email")
@connected
def remove(server: Server, email: str) -> Shown:
    """Shut somebody out."""
    return _changed(server.patch(f"/people/{_id(server, email)}", {"is_active": False}))


@user.command("restore")
@click.argument("email")
@connected
def restore(server: Server, email: str) -> Shown:
    """Let somebody in again."""
    return _changed(server.patch(f"/people/{_id(server, email)}", {"is_active": True}))


def _id(server: Server, email: str) -> int:
    for person in server.get("/people")["items"]:
        if person["email"] == email.strip().lower():
            return int(person["id"])
    raise RefusedError(f"Nobody signs in as {email}.")


def _changed(person: dict[str, Any]) -> Shown:
    state = f"signs in as {person['role']}" if person["is_active"] else "is shut out"
    return Shown(data=person, before=[f"{person['email']} {state}."])
