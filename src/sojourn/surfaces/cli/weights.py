"""Known populations, and scores weighted to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click
import yaml

from sojourn.surfaces.cli.asked import coverage_line, listing_options
from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

COLUMNS: Columns = [
    ("slug", "slug"),
    ("name", "name"),
    ("margins", lambda row: "; ".join(f"{name} ({len(shares)})" for name, shares in row["margins"].items())),
]


@click.group("weights")
def weights() -> None:
    """Keep known populations, and weight scores to them."""


@weights.command("list")
@connected
def list_populations(server: Server) -> Shown:
    """List the populations."""
    page = server.get("/populations")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No populations yet: sojourn weights save.")


@weights.command("save")
@click.argument("slug")
@click.argument("file")
@connected
def save(server: Server, slug: str, file: str) -> Shown:
    """Save a population from a YAML file (- for standard input): name, and margins by field and value."""
    try:
        said = yaml.safe_load(read_text(file))
    except yaml.YAMLError as error:
        raise click.UsageError(f"{file} is no YAML: {error}") from None
    row = server.put(f"/populations/{quote(slug, safe='')}", said)
    return Shown(data=row, before=[f"The population {row['name']} is saved."])


@weights.command("delete")
@click.argument("slug")
@connected
def delete(server: Server, slug: str) -> Shown:
    """Delete a population."""
    server.delete(f"/populations/{quote(slug, safe='')}")
    return Shown(data=None, before=["The population is deleted."])


@weights.command("score")
@click.argument("kpi_id")
@click.argument("population")
@listing_options
@connected
def score(server: Server, kpi_id: str, population: str, **asked: Any) -> Shown:
    """Weight a score to a population."""
    row = server.get(f"/kpis/{quote(kpi_id, safe='')}/weighted", population=population, **asked)
    before = [row["note"].capitalize()]
    if row["value"] is not None:
        before = [
            f"{row['value']:,.1f} ({row['low']:,.1f} to {row['high']:,.1f}) weighted, {row['plain']:,.1f} as answered; "
            f"n {row['n']:,}, worth {row['effective']:,.0f} (design effect {row['design_effect']:.2f})",
            row["method"],
        ]
    if row["is_trimmed"]:
        before.append(f"weights were cut; a share misses the population's by {row['worst']:.1f} points")
    if row["left_out"]:
        before.append(f"{row['left_out']:,} answers have a value that the population does not have")
    return Shown(data=row, before=[*before, coverage_line(row["coverage"])])
