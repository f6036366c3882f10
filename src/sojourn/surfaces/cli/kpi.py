"""Figures of the KPI catalogue."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.asked import coverage_line, listing_options, per_option
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

CATALOGUE: Columns = [
    ("kpi", "id"),
    ("name", "name"),
    ("family", "family"),
    ("unit", "unit"),
    ("target", "target"),
    ("computed", "computed"),
]
FIGURES: Columns = [
    ("part", lambda row: row["part"] or "whole"),
    ("scale", "scale"),
    ("value", lambda row: _value(row)),
    ("n", "n"),
    ("change", lambda row: _change(row)),
    ("method", "method"),
]


@click.command("kpi")
@click.argument("kpi_id", required=False)
@listing_options
@click.option("--by", help="A dimension, or survey, agent or month.")
@click.option("--journey", help="For KPIs of journeys: one of them.")
@per_option
@click.option("--state", type=click.Choice(["customer", "prospect", "anonymous"]), help="Only these count.")
@click.option("--looks", type=click.Choice(["once", "daily"]), help="How the change is tested.")
@connected
def kpi(server: Server, kpi_id: str | None, **asked: Any) -> Shown:
    """Show figures of the KPI catalogue.

    Without a name, the catalogue itself.
    """
    if kpi_id is None:
        page = server.get("/kpis")
        return Shown(data=page, columns=CATALOGUE, rows=page["items"])
    where = f"/kpis/{quote(kpi_id, safe='')}"
    row = server.get(where)
    page = server.get(f"{where}/figures", **asked)
    figures = page["items"]
    after = [coverage_line(figures[0]["coverage"])] if figures else []
    if figures and figures[0]["groups"] is not None and not figures[0]["coverage"].get("in_groups"):
        told = figures[0]
        after.append(f"counted per {told['per']}: {told['groups']:,}, and {told['alone']:,} customers in none, alone")
    after += [f"change: {said}" for said in sorted({each["change_method"] for each in figures} - {""})]
    title = f"{row['name']} ({row['unit']}): {row['definition']}"
    return Shown(
        data=page, columns=FIGURES, rows=figures, before=[title], empty="No figures for this period.", after=after
    )


def _value(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return str(row["note"] or "too few to say")
    if row["low"] is None or row["high"] is None:
        return f"{row['value']:,.1f}"
    return f"{row['value']:,.1f} ({row['low']:,.1f} to {row['high']:,.1f})"


def _change(row: dict[str, Any]) -> str:
    if row["change"] is None:
        return "–"
    if not row["change_is_real"]:
        return "no real change"
    return f"{abs(row['change']):,.1f} {'up' if row['change'] > 0 else 'down'}, real change"
