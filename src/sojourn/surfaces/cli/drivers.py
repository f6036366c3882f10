"""What goes with how customers answered, the operational facts that may, and what changed a score."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click
import yaml

from sojourn.surfaces.cli.asked import coverage_line, listing_options
from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

DRIVERS: Columns = [
    ("driver", "name"),
    ("explains", lambda row: f"{row['share']:.1f} % ({row['low']:.1f} to {row['high']:.1f})"),
    ("n", "n"),
    ("how", lambda row: _how(row)),
]
FACTS: Columns = [(name, name) for name in ("slug", "name", "kind", "event", "until", "days")]
MIX: Columns = [
    ("part", "part"),
    ("share", lambda row: f"{row['share_before']:.1f} to {row['share']:.1f} %"),
    ("n", lambda row: f"{row['n_before']:,} to {row['n']:,}"),
    ("rate", lambda row: f"{row['rate']:+.2f} (±{row['rate_half']:.2f})"),
    ("mix", lambda row: f"{row['mix']:+.2f} (±{row['mix_half']:.2f})"),
]
CAREFUL = "What goes with a score need not cause it: something that is not in the table may stand behind both."


@click.command("drivers")
@click.argument("kpi_id")
@listing_options
@click.option("--survey", help="One survey; else all on the KPI's scale.")
@click.option("--driver", multiple=True, help="Weigh these only; repeat for more.")
@connected
def drivers(server: Server, kpi_id: str, **asked: Any) -> Shown:
    """Weigh what drives a score: channel, unit, product and operational facts."""
    page = server.get(f"/kpis/{quote(kpi_id, safe='')}/drivers", **asked)
    before = [f"{page['n']:,} answers of {page['customers']:,} customers on the scale {page['scale'] or '-'}"]
    after = [coverage_line(page["coverage"])]
    if page["rows"]:
        before.append(f"together they explain {page['explained']:.1f} % of how answers differ")
        after = [page["method"], CAREFUL, *after]
    after += [f"not weighed: {name} ({why})" for name, why in page["left_out"]]
    empty = page["note"] or "Nothing to weigh."
    return Shown(data=page, columns=DRIVERS, rows=page["rows"], before=before, empty=empty, after=after)


@click.command("mix")
@click.argument("kpi_id")
@listing_options
@click.option("--by", type=click.Choice(["channel", "unit", "product", "survey"]), default="channel", show_default=True)
@connected
def mix(server: Server, kpi_id: str, **asked: Any) -> Shown:
    """Say whether a score changed because its parts did, or because other parts answer now."""
    page = server.get(f"/kpis/{quote(kpi_id, safe='')}/mix", **asked)
    before = [page["note"].capitalize()] if page["note"] else []
    if page["change"] is not None:
        before = [
            f"change {page['change']:+.2f} = rate {page['rate']:+.2f} (±{page['rate_half']:.2f}) "
            f"+ mix {page['mix']:+.2f} (±{page['mix_half']:.2f})"
        ]
    after = [*filter(None, [page["method"]]), coverage_line(page["coverage"])]
    return Shown(data=page, columns=MIX, rows=page["rows"], before=before, empty="", after=after)


@click.group("facts")
def facts() -> None:
    """Keep the operational facts that may drive a score."""


@facts.command("list")
@connected
def list_facts(server: Server) -> Shown:
    """List the facts."""
    page = server.get("/facts")
    return Shown(data=page, columns=FACTS, rows=page["items"], empty="No facts yet: sojourn facts save FILE.")


@facts.command("save")
@click.argument("file")
@connected
def save_facts(server: Server, file: str) -> Shown:
    """Make a YAML list (- for standard input) the facts: slug, name, kind, event, until, days each."""
    try:
        listed = yaml.safe_load(read_text(file))
    except yaml.YAMLError as error:
        raise click.UsageError(f"{file} is no YAML: {error}") from None
    page = server.put("/facts", {"facts": listed or []})
    return Shown(data=page, before=[f"{len(page['items'])} facts are saved."])


def _how(row: dict[str, Any]) -> str:
    if row["is_chance"]:
        return "no more than chance"
    if row["slope"] is not None:
        unit = row["unit"] or "by 1"
        return f"{row['slope']:+.2f} on the scale with each more ({unit}); mean {row['mean']:,.1f}"
    ends = sorted(row["levels"], key=lambda level: level["effect"])
    return f"{ends[-1]['effect'] - ends[0]['effect']:.2f} between {ends[0]['name']} and {ends[-1]['name']}"
