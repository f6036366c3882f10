"""Extracts for BI tools, and SQL over one."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Cell, Columns, Shown, moment, said

COLUMNS: Columns = [
    ("extract", lambda row: row["terms"]["name"]),
    ("purpose", lambda row: row["terms"]["purpose"]),
    ("state", "state"),
    ("customers", lambda row: said(row["customers"])),
    ("events", lambda row: said(row["events"])),
    ("made at", moment("made_at")),
    ("until", moment("ends_at")),
    ("file", "path"),
]
PURPOSE = "Why: who may be in it follows from its basis."


@click.group()
def extracts() -> None:
    """Make extracts for BI tools and Spark: pseudonymous Parquet, for a purpose."""


@extracts.command("list")
@connected
def list_extracts(server: Server) -> Shown:
    """List the extracts, and where their files lie."""
    page = server.get("/extracts")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No extracts yet: sojourn extracts make NAME.")


@extracts.command("make")
@click.argument("name")
@click.option("--purpose", default="analytics", show_default=True, help=PURPOSE)
@click.option("--last-days", type=click.IntRange(1, 36_500), help="Events of so many days; without it, all.")
@click.option("--every-hours", type=click.IntRange(1, 744), default=24, show_default=True, help="Made anew so often.")
@click.option("--lease-days", type=click.IntRange(1, 365), default=90, show_default=True, help="Its file goes then.")
@connected
def make(server: Server, name: str, purpose: str, last_days: int | None, every_hours: int, lease_days: int) -> Shown:
    """Ask for an extract; the server makes its file."""
    body = {
        "name": name,
        "purpose": purpose,
        "last_days": last_days,
        "every_hours": every_hours,
        "lease_days": lease_days,
    }
    return _one(server.post("/extracts", body))


@extracts.command("renew")
@click.argument("name")
@connected
def renew(server: Server, name: str) -> Shown:
    """Make an extract anew; its lease begins again."""
    return _one(server.post(f"/extracts/{quote(name, safe='')}/renew", {}))


@extracts.command("delete")
@click.argument("name")
@connected
def delete(server: Server, name: str) -> Shown:
    """Delete an extract and its file."""
    server.delete(f"/extracts/{quote(name, safe='')}")
    return Shown(data={"deleted": name}, after=[f"The extract {name} and its file are gone."])


@extracts.command("take")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@connected
def take(server: Server, name: str, file: Path) -> Shown:
    """Copy an extract's file from the server, as Parquet."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as out:
            server.download(f"/extracts/{quote(name, safe='')}/file", out.write)
        part.replace(file)
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    size = file.stat().st_size
    return Shown(data={"file": str(file), "bytes": size}, after=[f"{file}: {said(size)} bytes."])


@click.command()
@click.argument("statement")
@click.option("--extract", "name", help="Which extract; not needed where there is one only.")
@click.option("--rows", type=click.IntRange(1, 1_000_000), default=1_000, show_default=True, help="Rows at most.")
@connected
def sql(server: Server, statement: str, name: str | None, rows: int) -> Shown:
    """Ask an extract in SQL: one SELECT over the table events; - reads it from standard input."""
    if statement == "-":
        statement = sys.stdin.read()
    found = server.post(
        f"/extracts/{quote(name or _only(server), safe='')}/sql", {"statement": statement, "rows": rows}
    )
    lines = [
        f"Extract for {found['purpose']} of {said(found['customers'])} customers and {said(found['events'])} events, "
        f"made {str(found['made_at'])[:19].replace('T', ' ')}."
    ]
    if found["is_cut"]:
        lines.insert(0, f"There are more than {rows:,} rows; see --rows.")
    columns: Columns = [(each, _cell(place)) for place, each in enumerate(found["columns"])]
    return Shown(data=found, columns=columns, rows=found["rows"], empty="No rows.", after=lines)


def _only(server: Server) -> str:
    names = [each["terms"]["name"] for each in server.get("/extracts")["items"]]
    if len(names) != 1:
        there = f"there are {', '.join(names)}" if names else "there is none yet: sojourn extracts make NAME"
        raise click.UsageError(f"Say --extract: {there}.")
    return str(names[0])


def _cell(place: int) -> Cell:
    return lambda row: row[place]


def _one(extract: dict[str, object]) -> Shown:
    return Shown(data=extract, columns=COLUMNS, rows=[extract])
