"""Named journeys."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.asked import coverage_line, event_options, per_option
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

COLUMNS: Columns = [
    ("journey", "slug"),
    ("name", "name"),
    ("start", "start"),
    ("goals", "goals"),
    ("outcomes", lambda row: ", ".join(row["outcomes"])),
    ("window (days)", "window_days"),
]
ENDINGS: Columns = [
    ("part", lambda row: row["part"] or "whole"),
    ("started", "started"),
    ("open", "open"),
    ("completed", lambda row: percent(row["completed"])),
    ("abandoned", lambda row: percent(row["abandoned"])),
    ("other outcomes", lambda row: ", ".join(f"{name} {percent(share)}" for name, share in row["outcomes"].items())),
    ("median", lambda row: duration(row["median_s"])),
]


@click.group()
def journeys() -> None:
    """Manage named journeys and see how they end."""


@journeys.command("list")
@connected
def list_journeys(server: Server) -> Shown:
    """List the named journeys."""
    page = server.get("/journeys")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No journeys yet: sojourn journeys save SLUG.")


@journeys.command("save")
@click.argument("slug")
@click.option("--name", help="Name for people; without it, the slug.")
@click.option("--start", required=True, help="The event that begins it.")
@click.option("--goal", "goals", multiple=True, required=True, help="An event that completes it; repeat for more.")
@click.option("--outcome", "outcomes", multiple=True, help="Another ending, name=event; repeat for more.")
@click.option("--step", "steps", multiple=True, help="The funnel's steps, in order.")
@click.option("--window", "window_days", type=click.IntRange(1, 3_660), default=30, show_default=True, help="Days.")
@connected
def save(server: Server, slug: str, name: str | None, outcomes: tuple[str, ...], **given: Any) -> Shown:
    """Save a journey, in place of the one with the same slug."""
    endings: dict[str, list[str]] = {}
    for each in outcomes:
        ending, separator, event = each.partition("=")
        if not separator or not ending or not event:
            raise click.BadParameter(
                f"{each!r} is not name=event, such as declined=Card Declined.", param_hint="--outcome"
            )
        endings.setdefault(ending, []).append(event)
    saved = server.put(f"/journeys/{quote(slug, safe='')}", {**given, "name": name or slug, "outcomes": endings})
    return Shown(data=saved, columns=COLUMNS, rows=[saved])


@journeys.command("completion")
@click.argument("slug")
@event_options
@click.option("--by", help="A dimension, or month.")
@per_option
@connected
def completion(server: Server, slug: str, **asked: Any) -> Shown:
    """Show how the journeys begun in a period ended."""
    page = server.get(f"/journeys/{quote(slug, safe='')}/completion", **asked)
    rows = page["items"]
    after = [coverage_line(rows[0]["coverage"])] if rows else []
    return Shown(data=page, columns=ENDINGS, rows=rows, empty="No such journeys began here.", after=after)


@journeys.command("remove")
@click.argument("slug")
@connected
def remove(server: Server, slug: str) -> Shown:
    """Delete a journey; its events stay."""
    server.delete(f"/journeys/{quote(slug, safe='')}")
    return Shown(data={"slug": slug}, before=[f"The journey {slug} is gone; its events stay."])
