"""Graph and variants."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

PATHS: Columns = [
    ("from", "source"),
    ("to", "target"),
    ("customers", "customers"),
    ("times", "times"),
    ("share of customers", lambda row: percent(row["share"])),
    ("median", lambda row: duration(row["median_s"])),
    ("90 %", lambda row: duration(row["p90_s"])),
]
VARIANTS: Columns = [
    ("customers", "customers"),
    ("share", lambda row: percent(row["share"])),
    ("median", lambda row: duration(row["median_s"])),
    ("steps", lambda row: " > ".join(row["steps"])),
]


@click.command("graph")
@seen_options
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
@click.option(
    "--paths", type=click.IntRange(1, 100), default=86, show_default=True, help="Per cent of transitions kept."
)
@connected
def graph(server: Server, paths: int, **asked: Any) -> Shown:
    """Show which step follows which."""
    answer = server.get("/graph", **asked, paths_shown=paths / 100)
    shown = (
        f"{len(answer['steps'])} of {answer['steps_in_all']} steps, {len(answer['paths'])} of {answer['paths_in_all']} "
        f"paths, covering {answer['covers']:.0%} of transitions"
    )
    return Shown(
        data=answer,
        columns=PATHS,
        rows=answer["paths"],
        empty="No paths: no customer has two events here.",
        after=[shown, coverage_line(answer["coverage"])],
    )


@click.command("variants")
@seen_options
@click.option("--top", type=click.IntRange(1, 1_000), default=20, show_default=True)
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
@connected
def variants(server: Server, **asked: Any) -> Shown:
    """Show the most frequent ways through."""
    answer = server.get("/variants", **asked)
    shown = f"{len(answer['rows']):,} of {answer['distinct']:,} variants, covering {answer['covers']:.0%} of customers"
    return Shown(
        data=answer,
        columns=VARIANTS,
        rows=answer["rows"],
        empty="No variants: there are no events here.",
        after=[shown, coverage_line(answer["coverage"])],
    )
