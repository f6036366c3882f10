"""Who is whom: matching, and the proposals that wait for a decision."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli import graph
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

STATES = ("open", "accepted", "rejected", "gone")
SOURCES = ("model", "agreement", "rule")
NUMBER = click.IntRange(1, (1 << 63) - 1)
PROBABILITY = click.FloatRange(0, 1)


def _likely(row: dict[str, Any]) -> str:
    return "" if row["probability"] is None else f"{row['probability']:.1%}"


def _why(row: dict[str, Any]) -> str:
    said = [each for each in row["evidence"] if each["field"] != "start"]
    return ", ".join(f"{each['field']} {each['level']}" for each in said if (each["weight"] or 0) >= 0)


PROPOSALS: Columns = [
    ("proposal", "id"),
    ("customer", lambda row: row["customers"][0]),
    ("and", lambda row: row["customers"][1]),
    ("probability", _likely),
    ("source", "source"),
    ("since", moment("proposed_at")),
    ("why", _why),
]
FIELDS: Columns = [
    ("field", "field"),
    ("one", lambda row: row["values"][0]),
    ("other", lambda row: row["values"][1]),
    ("alike", "level"),
    ("bits", lambda row: "" if row["weight"] is None else f"{row['weight']:+.1f}"),
]
RUNS: Columns = [
    ("run", "id"),
    ("state", "state"),
    ("asked", moment("asked_at")),
    ("found", lambda row: row["figures"]["found"] if row["figures"] else row["problem"]),
    ("new", lambda row: row["figures"]["proposed"] if row["figures"] else ""),
    ("merged", lambda row: row["figures"]["merged"] if row["figures"] else ""),
    ("seconds", lambda row: row["figures"]["seconds"] if row["figures"] else ""),
]


@click.group("identity")
def identity() -> None:
    """Match customers, and decide who is one."""


@identity.command("match")
@connected
def match(server: Server) -> Shown:
    """Look among all customers for humans who stand there twice; whom it finds waits for a decision."""
    run = server.post("/identity/matching/runs", {})
    said = run["problem"] or f"Run {run['id']} is {run['state']}."
    if run["figures"]:
        said = f"Run {run['id']}: {run['figures']['found']} pairs found, {run['figures']['proposed']} new in the queue."
    return Shown(data=run, before=[said])


@identity.command("matching")
@click.option("--every-days", type=click.IntRange(0, 366), help="Run by itself so often; 0: never.")
@click.option("--merge-above", type=click.FloatRange(0, 1), help="Merge by itself from this probability on; 0: never.")
@connected
def matching(server: Server, every_days: int | None, merge_above: float | None) -> Shown:
    """Show or set how matching runs by itself, and list its last runs."""
    seen = server.get("/identity/matching")
    terms = seen["terms"]
    if every_days is not None or merge_above is not None:
        asked = {"every_days": every_days, "merge_above": merge_above}
        terms = server.put(
            "/identity/matching", terms | {name: value or None for name, value in asked.items() if value is not None}
        )
    every, above = terms["every_days"], terms["merge_above"]
    head = [
        f"Runs every {every} days." if every else "Runs when asked only.",
        f"Merges by itself from {above:.1%} on." if above else "Merges nobody by itself.",
    ]
    return Shown(data=seen | {"terms": terms}, columns=RUNS, rows=seen["runs"], empty="It has never run.", before=head)


@identity.command("proposals")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True)
@click.option("--source", type=click.Choice(SOURCES), help="Only of this origin.")
@click.option("--probability-from", type=PROBABILITY, help="Only as probable as this, or more.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--cursor", default="", help="Go on behind the page that gave it.")
@connected
def proposals(server: Server, **asked: Any) -> Shown:
    """List who may be one, the most probable first."""
    page = server.get("/identity/proposals", **asked)
    after = [f"{page['total']} in all."] + ([f"more: --cursor {page['next']}"] if page["next"] else [])
    return Shown(data=page, columns=PROPOSALS, rows=page["items"], empty="No such proposals.", after=after)


@identity.command("proposal")
@click.argument("number", type=NUMBER)
@connected
def proposal(server: Server, number: int) -> Shown:
    """Show two customers side by side, and what each field says."""
    seen = server.get(f"/identity/proposals/{number}")
    start = [] if seen["start"] is None else [f"Two customers at random: {seen['start']:+.1f} bits."]
    head = [f"{' and '.join(seen['customers'])}: {seen['state']} {_likely(seen)}".strip(), *start]
    return Shown(data=seen, columns=FIELDS, rows=seen["fields"], empty="Nothing to compare.", before=head)


@identity.command("accept")
@click.argument("number", type=NUMBER)
@connected
def accept(server: Server, number: int) -> Shown:
    """Make the two customers of a proposal one; `sojourn identity reopen` undoes it."""
    done = server.post(f"/identity/proposals/{number}/accept", {})
    return Shown(data=done, before=[f"Proposal {number} is {done['state']}."])


@identity.command("reject")
@click.argument("number", type=NUMBER)
@connected
def reject(server: Server, number: int) -> Shown:
    """Keep the two customers of a proposal apart; they come back only with new evidence."""
    done = server.post(f"/identity/proposals/{number}/reject", {})
    return Shown(data=done, before=[f"Proposal {number} is {done['state']}."])


@identity.command("reopen")
@click.argument("number", type=NUMBER)
@connected
def reopen(server: Server, number: int) -> Shown:
    """Undo a decision about a proposal."""
    done = server.post(f"/identity/proposals/{number}/reopen", {})
    return Shown(data=done, before=[f"Proposal {number} is {done['state']}."])


@identity.command("decide")
@click.argument("verdict", type=click.Choice(("accept", "reject")))
@click.option("--probability-from", type=PROBABILITY, required=True, help="All as probable as this, or more.")
@click.option(
    "--expected", type=click.IntRange(0), required=True, help="How many you expect; another number changes nothing."
)
@click.option("--source", type=click.Choice(SOURCES), help="Only of this origin.")
@connected
def decide(server: Server, **asked: Any) -> Shown:
    """Accept or reject all open proposals from a probability on; two with customer numbers are never accepted so."""
    done = server.post("/identity/proposals/decide", asked)
    return Shown(data=done, before=[f"{done['decided']} proposals were decided about."])


for each in graph.COMMANDS:
    identity.add_command(each)
