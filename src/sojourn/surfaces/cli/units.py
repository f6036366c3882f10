"""The tree of units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

COLUMNS: Columns = [(name, name) for name in ("code", "name", "kind", "parent", "since", "until")]
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def units() -> None:
    """Show and save the tree of units."""


@units.command("list")
@click.option("--at", type=DAY, help="A day; without it every row, moves included.")
@connected
def list_units(server: Server, at: datetime | None) -> Shown:
    """List the units by code."""
    items = server.every("/units", at=at.date().isoformat() if at else None)
    return Shown(data=items, columns=COLUMNS, rows=items, empty="No units yet: sojourn units save FILE.")


@units.command("tree")
@click.option("--at", type=DAY, help="A day; without it today.")
@connected
def tree(server: Server, at: datetime | None) -> Shown:
    """Draw the tree as it stands on a day."""
    day: date = at.date() if at else datetime.now(UTC).date()
    items = server.every("/units", at=day.isoformat())
    there = {item["code"] for item in items}
    children: dict[str | None, list[Any]] = {}
    for item in items:
        children.setdefault(item["parent"] if item["parent"] in there else None, []).append(item)
    return Shown(data=items, before=_drawn(children, None, 0) or ["No units on this day."])


@units.command("save")
@click.argument("file")
@connected
def save(server: Server, file: str) -> Shown:
    """Make a YAML or CSV file (- for standard input) the whole tree."""
    answer = server.put("/units", {"text": read_text(file)})
    return Shown(data=answer, before=[f"The tree has {answer['count']:,} rows."])


@units.command("move")
@click.argument("code")
@click.option("--under", help="The unit that it goes below; without it the top.")
@click.option("--since", type=DAY, required=True, help="First day there.")
@click.option("--preview", is_flag=True, help="Only say what would change.")
@connected
def move(server: Server, code: str, under: str | None, since: datetime, preview: bool) -> Shown:
    """Move a unit, with all below it, from a day on."""
    said = {"parent": under, "since": since.date().isoformat(), "preview": preview}
    done = server.post(f"/units/{quote(code, safe='')}/move", said)
    along = f", and {len(done['along'])} units below it" if done["along"] else ""
    verb = "would go" if preview else "goes"
    line = f"{done['name']}{along} {verb} from {done['before'] or 'the top'} to {done['after'] or 'the top'}"
    return Shown(data=done, before=[f"{line} on {done['since']}. What happened before stays where it was."])


@units.command("undo")
@connected
def undo(server: Server) -> Shown:
    """Take the last change of the tree back."""
    undone = server.post("/units/undo")
    return Shown(data=undone, before=[f"Taken back: {undone['what']}."])


def _drawn(children: dict[str | None, list[Any]], parent: str | None, depth: int) -> list[str]:
    lines: list[str] = []
    for item in children.get(parent, ()):
        lines.append(f"{'  ' * depth}{item['name']} ({item['kind']}, {item['code']})")
        lines += _drawn(children, item["code"], depth + 1)
    return lines
