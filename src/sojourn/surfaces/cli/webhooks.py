"""Webhooks: new events sent on, signed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

COLUMNS: Columns = [
    ("webhook", lambda row: row["terms"]["name"]),
    ("address", lambda row: row["terms"]["url"]),
    ("events", lambda row: ", ".join(row["terms"]["events"])),
    ("purpose", lambda row: row["terms"]["purpose"]),
    ("is", lambda row: "on" if row["is_active"] else f"off. {row['message']}".strip()),
    ("waiting", lambda row: said(row["messages"]["waiting"])),
    ("sent", lambda row: said(row["messages"]["sent"])),
    ("dead", lambda row: said(row["messages"]["dead"])),
    ("withheld", lambda row: said(row["messages"]["withheld"])),
]
MESSAGES: Columns = [
    ("number", "id"),
    ("message", "message"),
    ("state", "state"),
    ("attempts", "attempts"),
    ("status", "status"),
    ("received at", moment("received_at")),
    ("next at", moment("next_at")),
    ("said", "said"),
]
EVENT = "An event to be told of, as often as needed; * for all."
STATES = click.Choice(["waiting", "sent", "dead", "withheld"])


@click.group()
def webhooks() -> None:
    """Send new events on, signed, to addresses of your own."""


@webhooks.command("list")
@connected
def list_webhooks(server: Server) -> Shown:
    """List the webhooks, with their messages by state."""
    page = server.get("/webhooks", limit=1_000)
    empty = "No webhooks yet: sojourn webhooks make NAME ADDRESS --event '*'."
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty=empty)


@webhooks.command("make")
@click.argument("name")
@click.argument("address")
@click.option("--event", "events", multiple=True, required=True, help=EVENT)
@click.option("--purpose", default="analytics", show_default=True, help="Why: who may be in it follows from its basis.")
@connected
def make(server: Server, name: str, address: str, events: tuple[str, ...], purpose: str) -> Shown:
    """Make a webhook for events that come in from now on; its secret is shown this once."""
    body = {"name": name, "url": address, "events": list(events), "purpose": purpose}
    return _secret(server.post("/webhooks", body))


@webhooks.command("change")
@click.argument("name")
@click.option("--address", help="Where it leads from now on.")
@click.option("--event", "events", multiple=True, help=EVENT)
@click.option("--on/--off", "is_active", default=None, help="Off: nothing new is noted, what waits stays.")
@connected
def change(server: Server, name: str, address: str | None, events: tuple[str, ...], is_active: bool | None) -> Shown:
    """Change where a webhook leads or what it is told of, or switch it off or on."""
    body = {"url": address, "events": list(events) or None, "is_active": is_active}
    return _one(server.patch(_path(name), body))


@webhooks.command("rotate")
@click.argument("name")
@connected
def rotate(server: Server, name: str) -> Shown:
    """Give a webhook a new secret; for 24 hours the old one signs too."""
    return _secret(server.post(f"{_path(name)}/secret", {}))


@webhooks.command("test")
@click.argument("name")
@connected
def test(server: Server, name: str) -> Shown:
    """Have a test message sent, which holds no event."""
    message = server.post(f"{_path(name)}/test", {})
    after = [f"See sojourn webhooks messages {name} for what became of it."]
    return Shown(data=message, columns=MESSAGES, rows=[message], after=after)


@webhooks.command("messages")
@click.argument("name")
@click.option("--state", type=STATES, help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="So many at most.")
@connected
def messages(server: Server, name: str, state: str | None, limit: int) -> Shown:
    """List a webhook's messages, newest first."""
    asked = {"limit": limit, **({"state": state} if state else {})}
    page = server.get(f"{_path(name)}/messages", **asked)
    return Shown(data=page, columns=MESSAGES, rows=page["items"], empty="No messages.")


@webhooks.command("replay")
@click.argument("name")
@click.option("--message", type=click.IntRange(min=1), help="Only this one, by its number in the list.")
@click.option("--since", help="Events received from then on, such as 2026-01-31T00:00:00Z; with --until.")
@click.option("--until", help="Events received before.")
@connected
def replay(server: Server, name: str, message: int | None, since: str | None, until: str | None) -> Shown:
    """Send messages again: one, those of a period, or all that were given up."""
    if message is not None and (since or until):
        raise click.UsageError("Give --message or a period, not both.")
    if message is not None:
        found = server.post(f"{_path(name)}/messages/{message}/replay", {})
    else:
        found = server.post(f"{_path(name)}/replay", {"since": since, "until": until})
    return Shown(data=found, after=[f"{said(found['messages'])} messages are sent again."])


@webhooks.command("delete")
@click.argument("name")
@connected
def delete(server: Server, name: str) -> Shown:
    """Delete a webhook, its secret and its list of messages; what waits is not sent."""
    server.delete(_path(name))
    return Shown(data={"deleted": name}, after=[f"The webhook {name} is gone."])


def _path(name: str) -> str:
    return f"/webhooks/{quote(name, safe='')}"


def _one(webhook: dict[str, Any]) -> Shown:
    return Shown(data=webhook, columns=COLUMNS, rows=[webhook])


def _secret(made: dict[str, Any]) -> Shown:
    after = [f"Secret: {made['secret']}", "Copy it now; it is shown this once."]
    return Shown(data=made, columns=COLUMNS, rows=[made["webhook"]], after=after)
