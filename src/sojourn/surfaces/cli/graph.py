"""Who is whom: why, merge, take apart; the rules."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.options import connected, read_text
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment

NUMBER = click.IntRange(0, (1 << 63) - 1)


def _end(name: str) -> Any:
    return lambda row: f"{row[f'{name}_kind'] or 'person'} {row[name]}"


def _made_by(row: dict[str, Any]) -> str:
    if row["decision"]:
        return f"decision {row['decision']}"
    return f"event {row['event']}" if row["event"] else "an unknown event"


EDGES: Columns = [
    ("edge", "id"),
    ("kind", "kind"),
    ("person", _end("person")),
    ("and", _end("other")),
    ("at", moment("at")),
    ("made by", _made_by),
    ("joins", lambda row: row["refusal"] or "yes"),
]
DECISIONS: Columns = [
    ("decision", "id"),
    ("what", lambda row: f"{row['verb']} {row['undoes'] or ''}".strip()),
    ("customers", lambda row: " ".join(row["customers"])),
    ("by", "by"),
    ("at", moment("decided_at")),
    ("in force", lambda row: "yes" if row["is_in_force"] else "no"),
    ("why", "why"),
]
VERSIONS: Columns = [
    ("version", "version"),
    ("saved", moment("saved_at")),
    ("by", "saved_by"),
    ("state", lambda row: f"{row['state']} {row['progress']:.0%}"),
    ("moved", "moved"),
    ("why", "why"),
]
EXAMPLES: Columns = [
    ("was", lambda row: " ".join(row["before"])),
    ("would be", lambda row: " ".join(row["after"])),
    ("persons", "persons"),
]


@click.command("why")
@click.argument("customer", type=NUMBER)
@connected
def why(server: Server, customer: int) -> Shown:
    """Say why a customer is one person: each edge with the event or decision that made it."""
    seen = server.get(f"/customers/{customer}/identity")
    head = [f"Customer {seen['customer']}: {len(seen['persons'])} persons."]
    cut = ["There are more edges than are shown."] if seen["is_cut"] else []
    return Shown(data=seen, columns=EDGES, rows=seen["edges"], empty="Nothing joins it.", before=head, after=cut)


@click.command("merge")
@click.argument("customers", type=NUMBER, nargs=-1, required=True)
@click.option("--why", default="", help="For those who read the decision later.")
@connected
def merge(server: Server, customers: tuple[int, ...], why: str) -> Shown:
    """Make customers one; `sojourn identity unmerge` undoes it exactly."""
    made = server.post("/identity/merges", {"customers": [str(each) for each in customers], "why": why})
    return Shown(data=made, before=[f"They are one. Undo it: sojourn identity unmerge {made['decision']}"])


@click.command("unmerge")
@click.argument("decision", type=click.IntRange(1, (1 << 63) - 1))
@click.option("--why", default="", help="For those who read the decision later.")
@connected
def unmerge(server: Server, decision: int, why: str) -> Shown:
    """Undo a decision about who is one, as if it had never been made."""
    made = server.post(f"/identity/decisions/{decision}/undo", {"why": why})
    return Shown(data=made, before=[f"Decision {decision} is undone by decision {made['decision']}."])


@click.command("take-out")
@click.argument("customer", type=NUMBER)
@click.argument("edges", type=click.IntRange(1, (1 << 63) - 1), nargs=-1, required=True)
@click.option("--why", default="", help="For those who read the decision later.")
@connected
def take_out(server: Server, customer: int, edges: tuple[int, ...], why: str) -> Shown:
    """Take edges of a customer out, as `sojourn identity why` lists them."""
    made = server.post(f"/customers/{customer}/identity/taken-out", {"edges": list(edges), "why": why})
    return Shown(data=made, before=[f"Taken out. Undo it: sojourn identity unmerge {made['decision']}"])


@click.command("decisions")
@connected
def decisions(server: Server) -> Shown:
    """List decisions about who is one, newest first."""
    rows = server.get("/identity/decisions")
    return Shown(data=rows, columns=DECISIONS, rows=rows, empty="Nobody has decided anything.")


@click.command("rules")
@click.option("--file", "path", help="Rules in YAML or JSON to try; - is standard input.")
@click.option("--apply", "is_applying", is_flag=True, help="Let the rules of --file hold.")
@click.option("--undo", "is_undoing", is_flag=True, help="Take the newest version back.")
@click.option("--why", default="", help="For those who read the version later.")
@connected
def rules(server: Server, path: str | None, is_applying: bool, is_undoing: bool, why: str) -> Shown:
    """Show the rules of identity, try changed ones on the stored data, apply them, take them back."""
    if is_applying and path is None:
        raise click.UsageError("--apply needs --file.")
    if is_undoing and path is not None:
        raise click.UsageError("--undo and --file exclude each other.")
    if is_undoing:
        saved = server.post("/identity/rules/undo", {})
        return Shown(data=saved, before=[f"Version {saved['version']} holds; the stored data follow."])
    if path is None:
        seen = server.get("/identity/rules")
        head = [seen["text"].rstrip(), "", f"Version {seen['version']}."]
        return Shown(data=seen, columns=VERSIONS, rows=seen["versions"], empty="Never changed.", before=head)
    if is_applying:
        saved = server.put("/identity/rules", {"text": read_text(path), "why": why})
        return Shown(data=saved, before=[f"Version {saved['version']} holds; the stored data follow."])
    effect = server.post("/identity/rules/trials", {"text": read_text(path)})
    return _effect(effect)


def _effect(effect: dict[str, Any]) -> Shown:
    head = [
        f"{effect['customers_before']} customers would be {effect['customers_after']}: {effect['split']} split, "
        f"{effect['joined']} joined of several, {effect['moved']} persons moved.",
        f"{effect['shared']} identifiers are shared, {effect['crowded']} crowded. Nothing was changed; add --apply.",
    ]
    rows = [*effect["splits"], *effect["joins"]]
    return Shown(data=effect, columns=EXAMPLES, rows=rows, empty="Nobody would split or join.", before=head)


COMMANDS = (why, merge, unmerge, take_out, decisions, rules)
