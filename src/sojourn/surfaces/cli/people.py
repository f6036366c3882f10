"""People who sign in."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.options import connected, read_password
from sojourn.surfaces.cli.server import RefusedError, Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment


def said_grants(holder: dict[str, Any]) -> str:
    """Write somebody's roles and where they have them."""
    said = [f"{each['role']} in {each['unit']}" if each["unit"] else str(each["role"]) for each in holder["grants"]]
    return ", ".join(said) or "nothing"


COLUMNS: Columns = [
    ("email", "email"),
    ("roles", said_grants),
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
@click.option("--role", default="viewer", show_default=True, help="See sojourn roles list.")
@click.option("--unit", help="In this unit and all below it; without it in the whole organisation.")
@connected
def add(server: Server, email: str, role: str, unit: str | None) -> Shown:
    """Make somebody who signs in; the password is asked for, or read from standard input."""
    made = server.post("/people", {"email": email, "role": role, "unit": unit, "password": read_password()})
    return _changed(made)


@user.command("invite")
@click.argument("email")
@click.option("--role", default="viewer", show_default=True, help="See sojourn roles list.")
@click.option("--unit", help="In this unit and all below it; without it in the whole organisation.")
@connected
def invite(server: Server, email: str, role: str, unit: str | None) -> Shown:
    """Invite somebody by mail; without a mail server print the link, to be handed over."""
    made = server.post("/invitations", {"email": email, "role": role, "unit": unit})
    address = made["person"]["email"]
    said = f"{address} got a mail." if made["is_mailed"] else f"Hand this to {address}; it works once:\n{made['link']}"
    return Shown(data=made, before=[said])


@user.command("reset-factor")
@click.argument("email")
@connected
def reset_factor(server: Server, email: str) -> Shown:
    """Take all second factors from somebody who lost theirs."""
    taken = server.delete(f"/people/{_id(server, email)}/factors")
    return Shown(data=taken, before=[f"{email} signs in with the password alone until they set up a new factor."])


@user.command("role")
@click.argument("email")
@click.argument("role")
@connected
def change_role(server: Server, email: str, role: str) -> Shown:
    """Give somebody one role in the whole organisation instead of all they have."""
    return _changed(server.patch(f"/people/{_id(server, email)}", {"role": role}))


@user.command("grant")
@click.argument("email")
@click.argument("role")
@click.option("--unit", help="In this unit and all below it; without it in the whole organisation.")
@connected
def grant(server: Server, email: str, role: str, unit: str | None) -> Shown:
    """Give somebody a role, in a part of the organisation."""
    given = server.post(f"/people/{_id(server, email)}/grants", {"role": role, "unit": unit})
    return Shown(data=given, before=[f"{email} is {said_grants({'grants': given['items']})}."])


@user.command("withdraw")
@click.argument("email")
@click.argument("role")
@click.option("--unit", help="The unit that it was given for.")
@connected
def withdraw(server: Server, email: str, role: str, unit: str | None) -> Shown:
    """Take a role back from somebody."""
    left = server.delete(f"/people/{_id(server, email)}/grants", role=role, unit=unit)
    return Shown(data=left, before=[f"{email} is {said_grants({'grants': left['items']})}."])


@user.command("employee")
@click.argument("email")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@connected
def set_employee(server: Server, email: str, ids: tuple[str, ...]) -> Shown:
    """Say which employee somebody is, by the ids that sources send; without an id nobody."""
    changed = server.put(f"/people/{_id(server, email)}/employee", {"ids": list(ids)})
    numbers = ", ".join(changed["employee_numbers"])
    said = f"is the employee {numbers} in figures" if numbers else "is no employee in figures"
    return Shown(data=changed, before=[f"{changed['email']} {said}."])


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
    state = f"signs in as {said_grants(person)}" if person["is_active"] else "is shut out"
    return Shown(data=person, before=[f"{person['email']} {state}."])
