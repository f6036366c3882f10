"""Path patterns."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

COLUMNS: Columns = [
    ("customers", "customers"),
    ("share", lambda row: percent(row["share"])),
    ("matches", "matches"),
    ("per customer", lambda row: _mean(row["per_customer"])),
    ("median", lambda row: _spread(row["median"])),
    ("90 %", lambda row: _spread(row["p90"])),
]


@click.command("patterns")
@click.argument("pattern")
@seen_options
@connected
def patterns(server: Server, pattern: str, **asked: Any) -> Shown:
    """Show who matches a path pattern, how often, and how long it takes.

    "search -> [^buy]* -> exit": directly after (->), some time after (->>), any of [a|b], none of [^a], any event (.),
    once or more (+), start (^), end ($), "call{channel=phone}", "search ->> buy within 2d". Names with spaces go in
    double quotes.
    """
    answer = server.get("/patterns", **asked, pattern=pattern)
    return Shown(data=answer, columns=COLUMNS, rows=[answer], after=["", coverage_line(answer["coverage"])])


def _mean(mean: dict[str, Any] | None) -> str:
    if not mean:
        return "–"
    return f"{mean['value']:,.2f}" + ("" if mean["low"] is None else f" ({mean['low']:,.2f}–{mean['high']:,.2f})")


def _spread(spread: dict[str, Any] | None) -> str:
    if not spread:
        return "–"
    if spread["low"] is None:
        return f"n = {spread['n']:,}, too few to say"
    return f"{duration(spread['value'])} ({duration(spread['low'])} – {duration(spread['high'])})"
