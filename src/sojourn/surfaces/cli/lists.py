"""Computed traits."""

from __future__ import annotations

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

HOWS = ["count", "sum", "first", "last", "most_frequent", "unique_count", "unique"]
COLUMNS: Columns = [
    ("trait", "slug"),
    ("name", "name"),
    ("computes", lambda row: " ".join(filter(None, (row["how"], row["of"], row["currency"])))),
    ("events", lambda row: ", ".join(row["events"]) or "all"),
    ("days", lambda row: row["window_days"] or "all of time"),
]


@click.group("traits")
def traits() -> None:
    """Manage traits that are computed from customers' events."""


@traits.command("list")
@connected
def list_traits(server: Server) -> Shown:
    """List the computed traits."""
    page = server.get("/traits")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="None yet: sojourn traits save SLUG HOW.")


@traits.command("save")
@click.argument("slug")
@click.argument("how", type=click.Choice(HOWS))
@click.option("--name", default="", help="For people; without it the slug.")
@click.option("--of", default="", help="event, or a dimension such as channel, for what tells texts.")
@click.option("--currency", default="", help="Of a sum, such as EUR.")
@click.option("--event", "events", multiple=True, help="Only events of this name; repeat for more.")
@click.option("--where", multiple=True, metavar="DIMENSION:VALUE", help="Only such events; repeat for more.")
@click.option("--days", type=click.IntRange(1, 3_650), help="Only the last days, today the last.")
@connected
def save(
    server: Server,
    slug: str,
    how: str,
    name: str,
    of: str,
    currency: str,
    events: tuple[str, ...],
    where: tuple[str, ...],
    days: int | None,
) -> Shown:
    """Save a computed trait, in place of the one with the same slug."""
    kept: dict[str, list[str]] = {}
    for each in where:
        dimension, found, value = each.partition(":")
        if not found:
            raise click.UsageError(f"--where {each}: write DIMENSION:VALUE, such as channel:web.")
        kept.setdefault(dimension, []).append(value)
    body = {
        "name": name or slug,
        "how": how,
        "of": of,
        "currency": currency,
        "events": list(events),
        "where": kept,
        "window_days": days,
    }
    made = server.put(f"/traits/{slug}", body)
    return Shown(data=made, before=[f"{made['name']} is computed from now on, of past events too."])


@traits.command("delete")
@click.argument("slug")
@connected
def delete(server: Server, slug: str) -> Shown:
    """Delete a computed trait."""
    server.delete(f"/traits/{slug}")
    return Shown(data={"slug": slug}, before=[f"{slug} is deleted."])
