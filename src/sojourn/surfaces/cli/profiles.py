"""One customer: who they are, what they did, what is noted."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.downloads import downloaded
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

HITS: Columns = [
    ("customer", "customer"),
    ("name", "name"),
    ("number", lambda row: ", ".join(row["numbers"])),
    ("town", "town"),
    ("state", "state"),
    ("found by", "found_by"),
]
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
MASKED: Columns = [("when", moment("occurred_at")), ("event", "name"), ("channel", "channel")]
SHAPES = ["hubspot", "salesforce", "dynamics", "zendesk", "freshdesk", "zammad", "intercom", "shopify"]
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
@click.option("--masked", is_flag=True, help="Without name, contact data, values and texts; events by name only.")
@connected
def show(server: Server, number: int, masked: bool) -> Shown:
    """Show a customer: traits with source and time, identifiers, notes."""
    if masked:
        seen = server.get(f"/customers/{number}/masked")
        head = [
            f"Customer {seen['number']} ({seen['state']}), masked",
            f"traits: {', '.join(seen['traits']) or 'none'}",
        ]
        return Shown(data=seen, columns=MASKED, rows=seen["events"], empty="No events.", before=head)
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


@customer.command("list")
@click.option("--event", "name", multiple=True, help="Who had this event; repeat for more.")
@click.option("--channel", multiple=True, help="Only events of this channel; repeat for more.")
@click.option("--unit", multiple=True, help="Only events of this unit; repeat for more.")
@click.option("--days", type=click.IntRange(1, 36_500), help="Only the last days of the data.")
@click.option("--state", default=None, type=click.Choice(["customer", "prospect", "anonymous"]))
@click.option("--holds", metavar="PRODUCT", help="Only who holds a product of this kind today.")
@click.option("--belongs-to", type=click.Choice(["account", "household", "company"]), help="Only who belongs to one.")
@click.option("--trait", multiple=True, help="Show this computed trait; repeat for more.")
@click.option("--when", multiple=True, metavar="CONDITION", help="trait>=number, trait<=number or trait=text; repeat.")
@click.option("--known", multiple=True, metavar="TRAIT=TEXT", help="What senders told, such as plan=premium; repeat.")
@click.option("--saved", default="", metavar="LIST", help="A saved list (sojourn lists) in place of all but the page.")
@click.option("--sort", default="last_at", show_default=True, help="last_at, first_at, events or a computed trait.")
@click.option("--up", is_flag=True, help="Smallest first.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@connected
def list_customers(server: Server, *, channel: tuple[str, ...], unit: tuple[str, ...], up: bool, **asked: Any) -> Shown:
    """List customers by what they did and what is computed of it, pseudonymous."""
    where = [*(f"channel:{each}" for each in channel), *(f"unit:{each}" for each in unit)]
    page = server.get("/customers", where=where, ascending="true" if up else "false", **asked)
    columns: Columns = [
        ("customer", "customer"),
        ("events", "events"),
        ("last seen", moment("last_at")),
        *((slug, _trait_of(slug)) for slug in asked["trait"]),
    ]
    empty = "Fewer customers than the privacy minimum: none is listed." if page["too_few"] else "No customers."
    after = [f"{page['total']:,} customers"]
    if page["next_offset"]:
        after.append(f"more: --offset {page['next_offset']}")
    return Shown(data=page, columns=columns, rows=page["items"], empty=empty, after=after)


@customer.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--saved", default="", metavar="LIST", help="A saved list (sojourn lists); without it everybody.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--shape", default="", type=click.Choice(["", *SHAPES]), help="A tool in whose columns the CSV is.")
@connected
def export(server: Server, file: Path, saved: str, form: str, shape: str) -> Shown:
    """Write a list of customers to a file, on request in the columns of another tool."""
    downloaded(server, "/customers/export", file, saved=saved, format=form, shape=shape)
    return Shown(data={"file": str(file), "bytes": file.stat().st_size}, after=[f"{file} is written."])


@customer.command("note")
@click.argument("number", type=NUMBER)
@click.argument("text")
@connected
def note(server: Server, number: int, text: str) -> Shown:
    """Write a note about a customer."""
    made = server.post(f"/customers/{number}/notes", {"text": text})
    return Shown(data=made, before=[f"Note {made['id']} is written."])


def _trait_of(slug: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: _plain(row["traits"].get(slug, ""))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
