"""Pickups: files fetched by schedule from elsewhere."""

from __future__ import annotations

from typing import IO, Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.imports import Pair
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

KINDS = click.Choice(["sftp", "objects", "database"])
FLAGS = {"true": True, "false": False}
COLUMNS: Columns = [
    ("pickup", lambda row: row["terms"]["name"]),
    ("kind", lambda row: row["terms"]["kind"]),
    ("into", lambda row: row["terms"]["source"]),
    ("when", lambda row: _when(row["terms"])),
    ("files", lambda row: said(row["files"])),
    ("is", lambda row: "on" if row["is_active"] else "off"),
    ("last round", moment("last_at")),
    ("next round", moment("next_at")),
    ("said", "message"),
]
SEEN: Columns = [("file", "name"), ("bytes", lambda row: said(row["size"])), ("next round", "what")]
SET = "A field of the place, such as host=sftp.example.com; repeat for more."


def _terms(command: Any) -> Any:
    """Add the options that make and change share."""
    for option in reversed((
        click.option("--set", "pairs", type=Pair(), multiple=True, metavar="FIELD=VALUE", help=SET),
        click.option("--secret-file", type=click.File("r"), help="File with password or key; - reads standard input."),
        click.option("--pattern", help="Of names, such as '*.csv'."),
        click.option("--as", "preset", help="A preset's name; without it, the one that fits best."),
        click.option("--control/--no-control", "has_control", default=None, help="Only with NAME.control beside."),
        click.option("--every", "every_minutes", type=click.IntRange(5, 10_080), help="Minutes between two rounds."),
        click.option("--daily", "daily_at", help="Time of one round a day, such as 02:30."),
        click.option("--zone", help="Time zone of --daily; without it, UTC."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.group()
def pickups() -> None:
    """Fetch files by schedule from SFTP servers, object stores and databases."""


@pickups.command("list")
@connected
def list_pickups(server: Server) -> Shown:
    """List the pickups, with how the last round went."""
    page = server.get("/pickups", limit=1_000)
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No pickups yet: sojourn pickups make --help.")


@pickups.command("make")
@click.argument("name")
@click.argument("kind", type=KINDS)
@click.option("--source", required=True, help="Slug of the source that the files belong to.")
@_terms
@connected
def make(server: Server, name: str, kind: str, source: str, secret_file: IO[str] | None, **terms: Any) -> Shown:
    """Make a pickup.

    Fields of sftp: host, port, user, folder, host_key; of objects: bucket, access_key, folder, endpoint, region; of
    database: host, port, database, user, query, name, is_encrypted. In a query %(since)s and %(until)s stand for the
    times of the last round and of this one.
    """
    if secret_file is None:
        raise click.UsageError("Give --secret-file: the password or key, in a file or - for standard input.")
    body = {"name": name, "kind": kind, "source": source, "secret": secret_file.read().strip(), **_said(terms)}
    return _one(server.post("/pickups", {"where": {}, **body}))


@pickups.command("change")
@click.argument("name")
@click.option("--source", help="Slug of the source that the files belong to.")
@click.option("--on/--off", "is_active", default=None, help="Off: no rounds until it is on again.")
@_terms
@connected
def change(server: Server, name: str, secret_file: IO[str] | None, **terms: Any) -> Shown:
    """Change a pickup, switch it off or on; what is not said stays."""
    body = _said(terms)
    if "where" in body:
        body["where"] = {**server.get(_path(name))["terms"]["where"], **body["where"]}
    if secret_file is not None:
        body["secret"] = secret_file.read().strip()
    return _one(server.patch(_path(name), body))


@pickups.command("look")
@click.argument("name")
@connected
def look(server: Server, name: str) -> Shown:
    """List the files at a pickup's place, and what the next round does with each; nothing is fetched."""
    page = server.post(f"{_path(name)}/look", {})
    return Shown(data=page, columns=SEEN, rows=page["items"], empty="No files there.")


@pickups.command("run")
@click.argument("name")
@click.option("--again", default="", metavar="FILE", help="Fetch this file though it did not change.")
@connected
def run(server: Server, name: str, again: str) -> Shown:
    """Ask for a round now."""
    found = server.post(f"{_path(name)}/run", {"again": again})
    after = [f"{name}: {found['message']}"] if found["message"] else ["What was fetched: sojourn deliveries list"]
    return Shown(data=found, columns=COLUMNS, rows=[found], after=after)


@pickups.command("delete")
@click.argument("name")
@connected
def delete(server: Server, name: str) -> Shown:
    """Delete a pickup with its secret; what it delivered stays."""
    server.delete(_path(name))
    return Shown(data={"deleted": name}, after=[f"The pickup {name} is gone."])


def _said(terms: dict[str, Any]) -> dict[str, Any]:
    """Give the terms that were said, as the API takes them."""
    where = {field: FLAGS.get(value, value) for field, value in terms.pop("pairs")}
    said = {name: value for name, value in terms.items() if value is not None}
    return {**said, "where": where} if where else said


def _when(terms: dict[str, Any]) -> str:
    if terms["every_minutes"] is not None:
        return f"every {terms['every_minutes']} min"
    return f"daily {terms['daily_at']} {terms['zone']}"


def _path(name: str) -> str:
    return f"/pickups/{quote(name, safe='')}"


def _one(pickup: dict[str, Any]) -> Shown:
    return Shown(data=pickup, columns=COLUMNS, rows=[pickup])
