"""What is kept whoever asks to be erased: statutory duties and legal holds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

NUMBER = click.IntRange(1, (1 << 63) - 1)
KINDS = {"account": "who holds accounts", "household": "who is of a household", "company": "who is of a company"}
DUTIES: Columns = [
    ("duty", "name"),
    ("what", "title"),
    ("law", "law"),
    ("keeps", lambda row: ", ".join([*row["events"], *row["traits"], *(KINDS[each] for each in row["accounts"])])),
    ("ends with", lambda row: ", ".join(row["ends"])),
    ("months", "months"),
    ("in use", lambda row: "yes" if row["is_active"] else "no"),
]
HOLDS: Columns = [
    ("hold", "id"),
    ("customer", lambda row: ", ".join(map(str, row["customers"]))),
    ("reason", "reason"),
    ("until", "until"),
    ("locked", lambda row: "yes" if row["is_locked"] else ""),
    ("released", lambda row: row["released_why"] or ("" if row["is_active"] else "ran out")),
]


@click.group("duties")
def duties() -> None:
    """Show and change what the law has you keep of customers who ask to be erased."""


@duties.command("list")
@connected
def list_duties(server: Server) -> Shown:
    """List the statutory duties, by name."""
    page = server.get("/duties")
    return Shown(data=page, columns=DUTIES, rows=page["items"], empty="No duties: an erasure takes everything.")


@duties.command("save")
@click.argument("name")
@click.option("--title", required=True, help="What is kept, in a few words; letters name it.")
@click.option("--law", required=True, help="The law and its article.")
@click.option("--months", type=click.IntRange(1, 1_200), required=True, help="How long after the relationship's end.")
@click.option("--event", "events", multiple=True, help="An event that is kept; repeat for more.")
@click.option("--trait", "traits", multiple=True, help="A trait that is kept; repeat for more.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    type=click.Choice(list(KINDS)),
    help="A kind of account of which it is kept who held them; repeat for more.",
)
@click.option("--end", "ends", multiple=True, help="An event that ends the relationship; repeat for more.")
@click.option("--active/--retired", "is_active", default=True, show_default=True, help="Whether erasures ask for it.")
@connected
def save_duty(server: Server, name: str, **said: Any) -> Shown:
    """Save a statutory duty, in the place of one of its name; it counts for erasures from now on."""
    body = {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()}
    made = server.put(f"/duties/{quote(name, safe='')}", body)
    return Shown(data=made, columns=DUTIES, rows=[made])


@duties.command("delete")
@click.argument("name")
@connected
def delete_duty(server: Server, name: str) -> Shown:
    """Delete a statutory duty; what it keeps already stays until its date."""
    server.delete(f"/duties/{quote(name, safe='')}")
    return Shown(data={"deleted": name}, before=[f"{name} is deleted; what it keeps already stays until its date."])


@click.group("holds")
def holds() -> None:
    """Keep everything of a customer until a day: place, list and release legal holds."""


@holds.command("list")
@connected
def list_holds(server: Server) -> Shown:
    """List the legal holds with their end dates, the next to end first; whom they lock by number only."""
    page = server.get("/holds")
    return Shown(data=page, columns=HOLDS, rows=page["items"], empty="No holds.")


@holds.command("place")
@click.argument("customer", type=click.IntRange(0, (1 << 63) - 1))
@click.option("--until", required=True, help="The day on which it ends, such as 2027-12-31.")
@click.option("--reason", required=True, help="The dispute or order, without names of people.")
@connected
def place_hold(server: Server, **said: Any) -> Shown:
    """Keep everything of a customer: no erasure and no retention rule takes anything of theirs."""
    made = server.post("/holds", said)
    return Shown(data=made, columns=HOLDS, rows=[made])


@holds.command("release")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True, help="Why it ends before its day, without names of people.")
@connected
def release_hold(server: Server, number: int, reason: str) -> Shown:
    """Release a hold before its day; an erasure that waits for it goes on by the next night."""
    made = server.post(f"/holds/{number}/release", {"reason": reason})
    return Shown(data=made, columns=HOLDS, rows=[made])
