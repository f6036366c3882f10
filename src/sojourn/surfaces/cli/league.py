"""League tables of units."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.asked import per_option
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

COLUMNS: Columns = [
    ("rank", lambda row: _rank(row)),
    ("unit", lambda row: f"{row['name']} ({row['unit']})"),
    ("value", lambda row: _value(row["figure"])),
    ("n", lambda row: row["figure"]["n"]),
]


@click.command("league")
@click.argument("kpi_id")
@click.argument("level")
@click.option("--journey", help="For KPIs of journeys: one of them.")
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=90, show_default=True, help="The last days of the data."
)
@per_option
@connected
def league(server: Server, kpi_id: str, level: str, **asked: Any) -> Shown:
    """Compare the units of a level by a KPI, with the ranks that each may have."""
    page = server.get(f"/kpis/{quote(kpi_id, safe='')}/league", level=level, **asked)
    after = ["Ranks hold all at once with 95 %; units of too few customers have none."]
    return Shown(data=page, columns=COLUMNS, rows=page["rows"], empty="No figures for this period.", after=after)


def _rank(row: dict[str, Any]) -> str:
    if row["first"] is None:
        return "–"
    return str(row["first"]) if row["first"] == row["last"] else f"{row['first']} to {row['last']}"


def _value(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return str(figure["note"] or "too few to say")
    return f"{figure['value']:,.1f} ({figure['low']:,.1f} to {figure['high']:,.1f})"
