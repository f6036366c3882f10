"""Trees of paths, and sessions."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

TREE: Columns = [
    ("step", lambda row: "  " * row["depth"] + _node(row)),
    ("customers", "customers"),
    ("times", "times"),
    ("of all", lambda row: percent(row["share"])),
    ("of the step before", lambda row: "–" if row["before"] is None else percent(row["share_before"])),
    ("median time", lambda row: duration(row["median_s"]) if row["depth"] else "–"),
]
EDGES: Columns = [
    ("", "edge"),
    ("event", "name"),
    ("sessions", "sessions"),
    ("customers", "customers"),
    ("share of sessions", lambda row: percent(row["share"])),
]
EDGES_SHOWN = 10


@click.command("paths")
@click.argument("root", default="")
@seen_options
@click.option("--to", "backward", is_flag=True, help="What led to the event, not what came after it.")
@click.option("--depth", type=click.IntRange(1, 10), default=4, show_default=True, help="Steps from the event.")
@click.option(
    "--breadth", type=click.IntRange(1, 20), default=4, show_default=True, help="Steps shown after each step."
)
@click.option("--least", type=click.FloatRange(0, 100), default=1.0, show_default=True, help="Per cent of customers.")
@click.option("--every", is_flag=True, help="Begin at every such event, not at a customer's first.")
@click.option("--repeats", is_flag=True, help="Show repeats at once as steps of their own.")
@click.option("--window", "window_days", type=click.FloatRange(0, 3_650, min_open=True), help="Days from the event on.")
@click.option("--pause", "pause_minutes", type=click.FloatRange(0, 5_256_000, min_open=True), help="Minutes without "
              "events that end a path.")  # fmt: skip
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
@connected
def paths(server: Server, *, backward: bool, repeats: bool, least: float, every: bool, **asked: Any) -> Shown:
    """Show the tree of paths from an event, or to it.

    Without an event: from the one that most customers had.
    """
    answer = server.get(
        "/paths",
        **asked,
        direction="to" if backward else "from",
        collapse="false" if repeats else "true",
        every="true" if every else "false",
        least=least / 100,
    )
    return Shown(
        data=answer,
        columns=TREE,
        rows=answer["nodes"] if answer["nodes"][0]["customers"] else [],
        empty="No paths: nobody has this event here.",
        after=[coverage_line(answer["coverage"])],
    )


def _node(row: dict[str, Any]) -> str:
    if row["kind"] == "others":
        return f"({row['gathered']} other{'' if row['gathered'] == 1 else 's'})"
    return "(end)" if row["kind"] == "end" else str(row["name"])


@click.command("sessions")
@seen_options
@click.option(
    "--timeout", "timeout_minutes", type=click.FloatRange(0, 43_200, min_open=True), default=30.0, show_default=True,
    help="Minutes without events that end a session.",
)  # fmt: skip
@click.option("--begun-by", "begun_by", multiple=True, help="An event that always begins a session; repeat for more.")
@connected
def sessions(server: Server, **asked: Any) -> Shown:
    """Show sessions and what they begin and end with."""
    answer = server.get("/sessions", **asked)
    rows = [
        {"edge": word} | each
        for word, edges in (("begin", answer["entries"]), ("end", answer["exits"]))
        for each in edges[:EDGES_SHOWN]
    ]
    return Shown(
        data=answer,
        before=_sentences(answer) if answer["sessions"] else (),
        columns=EDGES,
        rows=rows,
        empty="No sessions: there are no events here.",
        after=[coverage_line(answer["coverage"])],
    )


def _sentences(answer: dict[str, Any]) -> list[str]:
    per, events = answer["per_customer"], answer["events_each"]
    return [
        f"{answer['sessions']:,} sessions of {answer['customers']:,} customers: {_mean(per)} a customer",
        f"events a session: {_mean(events)}, median {answer['median_events']:g}, 90 % {answer['p90_events']:g}",
        f"duration: median {duration(answer['median_s'])}, 90 % {duration(answer['p90_s'])}, "
        f"mean {duration(answer['mean_s']['value'])}",
        f"with a single event: {percent(answer['bounces'])}",
    ]


def _mean(mean: dict[str, Any]) -> str:
    if mean["low"] is None:
        return f"{mean['value']:.2f}"
    return f"{mean['value']:.2f} ({mean['low']:.2f}–{mean['high']:.2f})"
