"""The tracking plan."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

DISCOVERED: Columns = [
    ("event", "name"),
    ("count", "count"),
    ("declared", "is_declared"),
    ("violations", "violations"),
    ("properties", lambda row: len(row["properties"])),
    ("sources", "sources"),
    ("last", moment("last_at")),
]
PROPERTIES: Columns = [
    ("event", "event"),
    ("property", "name"),
    ("types", lambda row: ", ".join(f"{name} {count:,}" for name, count in row["types"].items())),
    ("declared", "declared_type"),
    ("personal", "is_personal"),
    ("dimension", "is_dimension"),
    ("last", moment("last_at")),
]
VIOLATIONS: Columns = [
    ("event", "event"),
    ("property", "property"),
    ("rule", "rule"),
    ("count", "count"),
    ("first", moment("first_at")),
    ("last", moment("last_at")),
]
GROUPS: Columns = [
    ("group", lambda row: row["group"]["name"]),
    ("kind", lambda row: row["group"]["kind"]),
    ("events", lambda row: " ".join(row["group"]["events"])),
    ("names", lambda row: len(row["members"])),
    ("count", "count"),
    ("most frequent", lambda row: ", ".join(row["members"][:3])),
]
VERSIONS: Columns = [("version", "version"), ("saved", moment("saved_at")), ("by", "saved_by"), ("events", "events")]


@click.group()
def plan() -> None:
    """Show, save and check the tracking plan."""


@plan.command("show")
@click.option("--version", type=click.IntRange(1), help="Without it, the newest.")
@connected
def show(server: Server, version: int | None) -> Shown:
    """Print the plan as YAML."""
    answer = server.get("/plan", version=version)
    return Shown(data=answer, before=[answer["text"].rstrip()])


@plan.command("save")
@click.argument("file")
@click.option("--base", type=click.IntRange(0), help="The version that was edited: refused when it has moved on.")
@connected
def save(server: Server, file: str, base: int | None) -> Shown:
    """Save a YAML file (- for standard input) as the next version."""
    answer = server.put("/plan", {"text": read_text(file), "base": base})
    return Shown(data=answer, before=[f"The plan is version {answer['version']}: {_size(answer)}."])


@plan.command("check")
@click.argument("file")
@connected
def check(server: Server, file: str) -> Shown:
    """Read a YAML file (- for standard input) without saving it."""
    answer = server.post("/plan/check", {"text": read_text(file)})
    return Shown(data=answer, before=[f"This is a plan: {_size(answer)}."])


@plan.command("versions")
@connected
def versions(server: Server) -> Shown:
    """List the versions, newest first."""
    items = server.every("/plan/versions")
    return Shown(data=items, columns=VERSIONS, rows=items, empty="No plan yet: sojourn plan save FILE.")


@plan.command("discovered")
@click.option("--properties", is_flag=True, help="List each property.")
@connected
def discovered(server: Server, properties: bool) -> Shown:
    """List events as they were seen, most frequent first."""
    items = server.every("/plan/discovered")
    if properties:
        rows: list[Any] = [each for item in items for each in item["properties"]]
        return Shown(data=items, columns=PROPERTIES, rows=rows, empty="No properties yet.")
    return Shown(data=items, columns=DISCOVERED, rows=items, empty="No events yet.")


@plan.command("violations")
@connected
def violations(server: Server) -> Shown:
    """List what breaks the plan, most frequent first."""
    items = server.every("/plan/violations")
    return Shown(data=items, columns=VIOLATIONS, rows=items, empty="Nothing breaks the plan.")


@plan.command("groups")
@click.option("--suggest", is_flag=True, help="Suggest groups for names that begin alike.")
@connected
def groups(server: Server, suggest: bool) -> Shown:
    """List the groups of events, or suggest some."""
    items = server.every("/plan/groups/suggested" if suggest else "/plan/groups")
    empty = "No names that begin alike." if suggest else 'No groups yet: sojourn plan group NAME "prefix.*".'
    return Shown(data=items, columns=GROUPS, rows=items, empty=empty)


@plan.command("group")
@click.argument("name")
@click.argument("events", nargs=-1, required=True)
@click.option("--kind", default="", help="Brings groups together one level higher.")
@connected
def group(server: Server, name: str, events: tuple[str, ...], kind: str) -> Shown:
    """See events as one group; "card.*" means all names that begin so."""
    answer = server.put(_group_path(name), {"events": list(events), "kind": kind})
    return Shown(data=answer, before=[f"The plan is version {answer['version']}: {name} is a group."])


@plan.command("ungroup")
@click.argument("name")
@connected
def ungroup(server: Server, name: str) -> Shown:
    """Take a group apart; its events are seen by their names again."""
    answer = server.delete(_group_path(name))
    return Shown(data=answer, before=[f"The plan is version {answer['version']}: {name} is no group any more."])


def _group_path(name: str) -> str:
    return f"/plan/groups/{quote(name, safe='')}"


def _size(answer: dict[str, Any]) -> str:
    events = answer["plan"]["events"]
    properties = sum(len(each["properties"]) for each in events)
    return f"{len(events):,} events, {properties:,} properties"
