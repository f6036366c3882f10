"""Data rights: requests of customers, certificates of erasures."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

KINDS = ("access", "portability", "rectification", "restriction", "objection", "erasure", "do_not_sell")
NUMBER = click.IntRange(1, (1 << 63) - 1)
LISTED: Columns = [
    ("number", "id"),
    ("kind", "kind"),
    ("regulation", "regulation"),
    ("state", "state"),
    ("due", "due_on"),
    ("late", lambda row: "late" if row["is_overdue"] else ""),
    ("outcome", "outcome"),
]
STEPS: Columns = [("step", "name"), ("state", "state"), ("outcome", "outcome")]
HOLIDAYS: Columns = [("day", "day"), ("name", "name"), ("of", lambda row: "own list" if row["is_own"] else "calendar")]
ERASURES: Columns = [
    ("number", "id"),
    ("state", "state"),
    ("customers", "customers"),
    ("events", "rows"),
    ("kept until", "until"),
    ("in the way", "message"),
]

RULES: Columns = [
    ("rule", "name"),
    ("what", "title"),
    ("days", "days"),
    ("property", "field"),
    ("from", "starts_on"),
    ("took", "ran_rows"),
]


@click.group("requests")
def requests() -> None:
    """Handle what customers ask for under data protection law, and show certificates."""


@requests.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only of this kind.")
@click.option("--open/--closed", "is_open", default=None, help="Only open or only closed ones.")
@connected
def list_requests(server: Server, kind: str | None, is_open: bool | None) -> Shown:
    """List requests, the next due first."""
    page = server.get("/requests", kind=kind, is_open=is_open)
    return Shown(data=page, columns=LISTED, rows=page["items"], empty="No requests.")


@requests.command("show")
@click.argument("number", type=NUMBER)
@connected
def show(server: Server, number: int) -> Shown:
    """Show a request, who asks, and its steps."""
    told = server.get(f"/requests/{number}")
    return _shown(told["request"], told["contact"])


@requests.command("open")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--email", default="", help="Where to answer.")
@click.option("--phone", default="", help="Where to answer, instead of a mail address.")
@click.option("--name", default="", help="Who asks.")
@click.option("--message", default="", help="What they wrote or said.")
@click.option("--regulation", default="gdpr", show_default=True, help="Under which law.")
@click.option("--channel", type=click.Choice(["phone", "mail", "api", "page"]), default="phone", show_default=True)
@click.option("--correct", "corrections", multiple=True, help="TRAIT=VALUE, for a rectification; repeat for more.")
@connected
def open_request(server: Server, corrections: tuple[str, ...], **said: Any) -> Shown:
    """Write a request down; its clock runs from today."""
    pairs = [each.partition("=") for each in corrections]
    if any(not between for _, between, _ in pairs):
        raise click.UsageError("--correct needs TRAIT=VALUE.")
    made = server.post("/requests", {**said, "corrections": {name: value for name, _, value in pairs}})
    return _shown(made)


@requests.command("verify")
@click.argument("number", type=NUMBER)
@click.argument("customer", type=click.IntRange(0, (1 << 63) - 1))
@click.option("--how", required=True, help="code, document, signed_in, known_voice or agent.")
@connected
def verify(server: Server, number: int, customer: int, how: str) -> Shown:
    """Say which customer asks, and how you made sure."""
    return _shown(server.post(f"/requests/{number}/verify", {"customer": customer, "how": how}))


@requests.command("acknowledge")
@click.argument("number", type=NUMBER)
@connected
def acknowledge(server: Server, number: int) -> Shown:
    """Confirm the receipt, by mail where there is a mail server."""
    return _shown(server.post(f"/requests/{number}/acknowledge", {}))


@requests.command("pause")
@click.argument("number", type=NUMBER)
@click.argument("why", type=click.Choice(["identity", "clarification"]))
@click.option("--reason", default="", help="What exactly they were asked for; they read it.")
@connected
def pause(server: Server, number: int, why: str, reason: str) -> Shown:
    """Stop the clock because the customer was asked for something."""
    return _shown(server.post(f"/requests/{number}/pause", {"why": why, "reason": reason}))


@requests.command("resume")
@click.argument("number", type=NUMBER)
@connected
def resume(server: Server, number: int) -> Shown:
    """Let the clock run again."""
    return _shown(server.post(f"/requests/{number}/resume", {}))


@requests.command("extend")
@click.argument("number", type=NUMBER)
@click.argument("reason")
@connected
def extend(server: Server, number: int, reason: str) -> Shown:
    """Extend the deadline, with a reason that the customer is told."""
    return _shown(server.post(f"/requests/{number}/extend", {"reason": reason}))


@requests.command("work")
@click.argument("number", type=NUMBER)
@connected
def work(server: Server, number: int) -> Shown:
    """Do what a request asks, step by step; a failed step is tried again."""
    return _shown(server.post(f"/requests/{number}/work", {}))


@requests.command("close")
@click.argument("number", type=NUMBER)
@click.argument("reason")
@click.option("--withdrawn", is_flag=True, help="The customer took it back.")
@connected
def close(server: Server, number: int, reason: str, withdrawn: bool) -> Shown:
    """Refuse a request, with the reason that the customer is told."""
    return _shown(server.post(f"/requests/{number}/close", {"reason": reason, "withdrawn": withdrawn}))


@requests.command("holidays")
@click.argument("year", type=click.IntRange(1900, 2199), required=False)
@connected
def holidays(server: Server, year: int | None) -> Shown:
    """List the public holidays of a year by which deadlines are counted."""
    page = server.get("/holidays", year=year)
    empty = "None: say a calendar in privacy/holidays.yaml of the data folder, such as calendar: DE-BE."
    return Shown(data=page, columns=HOLIDAYS, rows=page["items"], empty=empty)


@requests.command("erasures")
@connected
def erasures(server: Server) -> Shown:
    """List erasures, with what is in the way of a proof."""
    page = server.get("/erasures")
    return Shown(data=page, columns=ERASURES, rows=page["items"], empty="Nobody was erased.")


@requests.command("certificate")
@click.argument("erasure", type=NUMBER)
@connected
def certificate(server: Server, erasure: int) -> Shown:
    """Show the certificate of an erasure; --json gives all of it."""
    told = server.get(f"/erasures/{erasure}/certificate")
    content = told["content"]
    files = content["removed"].get("original_files", 0)
    lines = [
        f"Erasure {erasure}: {content['customers']} customers, {content['removed']['events']} events removed.",
        *([f"Original files of imports removed: {files}."] if files else []),
        f"Proven at {content['proven_at']}; {len(content['scan']['stores'])} stores looked through, nothing found.",
        *(f"Kept until {each['until']}: {each['title']} ({each['law']})." for each in content["kept"]),
        "The seal is genuine." if told["is_genuine"] else "THE SEAL DOES NOT FIT: this certificate was changed.",
    ]
    return Shown(data=told, before=lines, exit_code=0 if told["is_genuine"] else 4)


@requests.command("retention")
@connected
def retention(server: Server) -> Shown:
    """List the retention rules, with what they last took."""
    page = server.get("/retention-rules")
    return Shown(data=page, columns=RULES, rows=page["items"], empty="No retention rules: everything is kept.")


@requests.command("retain")
@click.argument("name")
@click.argument("days", type=click.IntRange(1, 36_500))
@click.option("--title", required=True, help="What it is for, in a few words.")
@click.option("--event", "events", multiple=True, help="Only events of this name; repeat for more.")
@click.option("--field", default="", help="The property that they lose; without it they go as a whole.")
@click.option("--preview", is_flag=True, help="Only count what it would take today.")
@connected
def retain(server: Server, name: str, preview: bool, events: tuple[str, ...], **said: Any) -> Shown:
    """Save a retention rule, which works from the next night on, or preview it."""
    body = {**said, "events": list(events)}
    if preview:
        found = server.post(f"/retention-rules/{name}/preview", body)
        lines = [
            f"{found['rows']:,} events of {found['customers']:,} customers, the oldest of {found['since'] or 'never'}."
        ]
        if found["spared"]:
            lines.append(f"A legal hold spares the events of {found['spared']:,} customers.")
        lines += [f"WARNING: the statutory duty {title} keeps events that go." for title in found["duties"]]
        return Shown(data=found, before=lines)
    made = server.put(f"/retention-rules/{name}", body)
    return Shown(data=made, before=[f"{name} works from {made['starts_on']} on; until then `forget-rule` undoes it."])


@requests.command("forget-rule")
@click.argument("name")
@connected
def forget_rule(server: Server, name: str) -> Shown:
    """Delete a retention rule."""
    server.delete(f"/retention-rules/{name}")
    return Shown(data={}, before=[f"{name} is deleted."])


@requests.command("unrestrict")
@click.argument("customer", type=click.IntRange(0, (1 << 63) - 1))
@connected
def unrestrict(server: Server, customer: int) -> Shown:
    """Let a customer be read again who had asked not to be."""
    server.delete(f"/restrictions/{customer}")
    return Shown(data={}, before=[f"Customer {customer} may be read again."])


@requests.command("lift")
@click.argument("kind", type=click.Choice(["user", "anonymous", "email", "phone"]))
@click.argument("value")
@connected
def lift(server: Server, kind: str, value: str) -> Shown:
    """Let an erased identifier in again, because its person has become a customer anew."""
    done = server.post("/tombstones/lift", {"kind": kind, "value": value})
    return Shown(data=done, before=[f"Tombstone {done['tombstone']} is lifted."])


def _shown(row: dict[str, Any], contact: dict[str, Any] | None = None) -> Shown:
    head = [f"Request {row['id']}: {row['kind']} under {row['regulation']}, {row['state']}, due on {row['due_on']}"]
    if contact is not None:
        told = (contact["name"], contact["email"], contact["phone"])
        head += [", ".join(each for each in told if each), contact["message"]]
    if row["outcome"]:
        head.append(f"{row['outcome']}: {row['reason'] or 'as asked'}")
    return Shown(
        data=row, columns=STEPS if row["steps"] else (), rows=row["steps"], before=[each for each in head if each]
    )
