"""Purposes, and what customers said about them."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

PURPOSES: Columns = [
    ("name", "name"),
    ("title", "title"),
    ("basis", "basis"),
    ("a grant ends after", lambda row: f"{row['expires_months']} months" if row["expires_months"] else ""),
    ("browser's signal", lambda row: "refuses it" if row["refused_by_signal"] else ""),
    ("readers need", "right"),
    ("used", "is_active"),
]
NOTICES: Columns = [(name, name) for name in ("version", "language", "title", "opens_earlier")]
COUNTS: Columns = [
    ("purpose", "title"),
    ("basis", "basis"),
    ("may be read", lambda row: _few(row["allowed"])),
    ("said yes", lambda row: _few(row["granted"])),
    ("said no", lambda row: _few(row["refused"])),
]
WORDS: Columns = [
    ("said", moment("said_at")),
    ("purpose", "purpose"),
    ("allowed", "allowed"),
    ("how", "how"),
    ("where", "source"),
    ("by", "by"),
    ("notice", "notice"),
    ("language", "language"),
]
BASES = click.Choice(["opt_in", "opt_out", "contract", "legal_duty"])
CUSTOMER = click.IntRange(0, (1 << 63) - 1)


@click.group()
def purposes() -> None:
    """Show and change the purposes, and publish what customers are shown."""


@purposes.command("list")
@click.option("--retired", is_flag=True, help="Also those that are no longer used.")
@connected
def list_purposes(server: Server, retired: bool) -> Shown:
    """List the purposes with what they rest on."""
    rows = server.get("/purposes", retired="true" if retired else "false")
    return Shown(data=rows, columns=PURPOSES, rows=rows)


@purposes.command("save")
@click.argument("name")
@click.option("--title", required=True)
@click.option("--basis", type=BASES, required=True, help="With opt_in silence is no, with opt_out yes.")
@click.option("--months", type=click.IntRange(1, 120), help="A grant ends after so many.")
@click.option("--signal", is_flag=True, help="Global Privacy Control refuses it.")
@click.option("--category", "categories", multiple=True, help="A category of consent banners that means it; repeat.")
@click.option("--tcf", type=click.IntRange(1, 11), multiple=True, help="A purpose of the TCF that must be granted.")
@click.option("--right", default="", help="Under contract or legal duty: what its readers need.")
@click.option("--retired", is_flag=True, help="It is no longer used.")
@connected
def save(server: Server, name: str, *, months: int | None, signal: bool, retired: bool, **given: Any) -> Shown:
    """Make a purpose, or change all of one that is there."""
    body = {"expires_months": months, "refused_by_signal": signal, "is_active": not retired, **given}
    made = server.put(f"/purposes/{name}", {key: list(v) if isinstance(v, tuple) else v for key, v in body.items()})
    return Shown(data=made, before=[f"{made['title']} rests on {made['basis']}."])


@purposes.command("notices")
@click.argument("name")
@connected
def notices(server: Server, name: str) -> Shown:
    """List what customers were ever shown about a purpose."""
    rows = server.get(f"/purposes/{name}/notices")
    return Shown(data=rows, columns=NOTICES, rows=rows, empty="No notice yet: sojourn purposes notice NAME.")


@purposes.command("notice")
@click.argument("name")
@click.option("--text", "texts", nargs=3, multiple=True, required=True, metavar="LANGUAGE TITLE TEXT")
@click.option("--opens-earlier", is_flag=True, help="The text says that a grant covers what was collected before.")
@connected
def notice(server: Server, name: str, texts: tuple[tuple[str, str, str], ...], opens_earlier: bool) -> Shown:
    """Publish the next version of a notice, --text for each language."""
    told = {language: {"title": title, "text": text} for language, title, text in texts}
    made = server.post(f"/purposes/{name}/notices", {"texts": told, "opens_earlier": opens_earlier})
    return Shown(data=made, before=[f"Version {made[0]['version']} is published."])


@click.group()
def consents() -> None:
    """Show, note and import what customers said about purposes."""


@consents.command("show")
@connected
def show(server: Server) -> Shown:
    """Count how customers stand with each purpose today."""
    rows = server.get("/consents")
    n = max((row["customers"] for row in rows), default=0)
    return Shown(data=rows, columns=COUNTS, rows=rows, after=[f"of {said(n)} customers with events"])


@consents.command("of")
@click.argument("customer", type=CUSTOMER)
@connected
def of_customer(server: Server, customer: int) -> Shown:
    """Show where a customer stands, and each word with its proof."""
    answer = server.get(f"/customers/{customer}/consents")
    allowed = ", ".join(each["purpose"] for each in answer["standings"] if each["allowed"]) or "nothing"
    empty = "They said nothing yet; the basis of each purpose decides."
    return Shown(data=answer, columns=WORDS, rows=answer["words"], empty=empty, after=[f"may be read for {allowed}"])


@consents.command("note")
@click.argument("customer", type=CUSTOMER)
@click.option("--yes", "granted", multiple=True, metavar="PURPOSE", help="A purpose that they allow; repeat.")
@click.option("--no", "refused", multiple=True, metavar="PURPOSE", help="A purpose that they refuse; repeat.")
@click.option("--source", default="", help="Where they said it: form, branch, line.")
@click.option("--notice", type=click.IntRange(1), help="Version of the notice that they were shown.")
@click.option("--language", default="", help="Its language.")
@connected
def note(server: Server, customer: int, granted: tuple[str, ...], refused: tuple[str, ...], **proof: Any) -> Shown:
    """Note what a customer told you."""
    if not granted and not refused:
        raise click.UsageError("Say what they allow or refuse: --yes PURPOSE or --no PURPOSE.")
    choices = dict.fromkeys(granted, True) | dict.fromkeys(refused, False)
    answer = server.post("/consents", {"customer": customer, "choices": choices, "how": "agent", **proof})
    allowed = ", ".join(each["purpose"] for each in answer["standings"] if each["allowed"]) or "nothing"
    return Shown(data=answer, before=[f"Noted. They may be read for {allowed}."])


@consents.command("import")
@click.argument("file")
@connected
def import_file(server: Server, file: str) -> Shown:
    """Note the consents of a CSV file (- for standard input); wrong rows are refused one by one."""
    name = "standard input" if file == "-" else PurePath(file).name
    answer = server.post("/consents/import", {"text": read_text(file), "name": name})
    columns: Columns = [("line", "line"), ("why it was refused", "reason")]
    after = [f"{answer['taken']:,} of {answer['rows']:,} rows taken, {answer['refused_rows']:,} refused"]
    return Shown(data=answer, columns=columns, rows=answer["refused"], empty="Nothing was refused.", after=after)


@consents.command("link")
@click.argument("customer", type=CUSTOMER)
@click.option("--days", type=click.IntRange(1, 365), help="Days for which it opens.")
@connected
def link(server: Server, customer: int, days: int | None) -> Shown:
    """Make a link to a customer's preference centre and print it, this once."""
    made = server.post(f"/customers/{customer}/preference-link", {"days": days})
    return Shown(data=made, before=[made["address"]], after=["Behind the server's own address. Send it to them only."])


def _few(count: int | None) -> str:
    return "too few" if count is None else said(count)
