"""One customer: who they are, what they did, what is noted."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

HITS: Columns = [("customer", "customer"), ("name", "name"), ("state", "state"), ("found by", "found_by")]
TRAITS: Columns = [
    ("trait", "name"),
    ("value", lambda row: _plain(row["value"])),
    ("source", "source"),
    ("since", moment("occurred_at")),
]
EVENTS: Columns = [
    ("when", moment("occurred_at")),
    ("event", "name"),
    ("channel", "channel"),
    ("unit", "unit"),
    ("texts", lambda row: "; ".join(f"{each['name']}: {each['text']}" for each in row["texts"])),
]
NUMBER = click.IntRange(0, (1 << 63) - 1)


@click.group("customer")
def customer() -> None:
    """Show, find and note about one customer, by name; audited."""


@customer.command("search")
@click.argument("text", required=False)
@click.option("--limit", type=click.IntRange(1, 50), default=20, show_default=True)
@connected
def search(server: Server, text: str | None, limit: int) -> Shown:
    """Find customers by number, mail, phone, case or whole words of their name.

    Without TEXT it is read from standard input, so that it stays out of the shell's history.
    """
    wanted = sys.stdin.readline().strip() if text is None else text
    if not wanted:
        raise click.UsageError("Say whom to look for.")
    found = server.post("/customers/search", {"text": wanted, "limit": limit})
    more = ["There are more: another word narrows it down."] if found["is_cut"] else []
    return Shown(data=found, columns=HITS, rows=found["items"], empty="Nobody is found.", after=more)


@customer.command("show")
@click.argument("number", type=NUMBER)
@connected
def show(server: Server, number: int) -> Shown:
    """Show a customer: traits with source and time, identifiers, notes."""
    seen = server.get(f"/customers/{number}")
    head = [f"{seen['name'] or 'No name'} ({seen['state']}, {seen['number']})"]
    head += [f"{each['kind']}: {each['value']}" for each in seen["identifiers"]]
    notes = [f"note {each['id']} by {each['author']}: {each['text']}" for each in seen["notes"]]
    return Shown(data=seen, columns=TRAITS, rows=seen["traits"], empty="No traits.", before=head, after=notes)


@customer.command("events")
@click.argument("number", type=NUMBER)
@click.option("--name", multiple=True, help="Only events of this name; repeat for more.")
@click.option("--channel", multiple=True, help="Only of this channel; repeat for more.")
@click.option("--days", type=click.IntRange(1, 36_500), help="Only the last days of the data.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Go on behind the page that gave it.")
@connected
def events(server: Server, number: int, channel: tuple[str, ...], **asked: Any) -> Shown:
    """List a customer's events, newest first, with texts opened."""
    page = server.get(f"/customers/{number}/events", where=[f"channel:{each}" for each in channel], **asked)
    more = [f"more: --cursor {page['next']}"] if page["next"] else []
    return Shown(data=page, columns=EVENTS, rows=page["items"], empty="No events.", after=more)


@customer.command("note")
@click.argument("number", type=NUMBER)
@click.argument("text")
@connected
def note(server: Server, number: int, text: str) -> Shown:
    """Write a note about a customer."""
    made = server.post(f"/customers/{number}/notes", {"text": text})
    return Shown(data=made, before=[f"Note {made['id']} is written."])


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
