"""Customer cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

BIGGEST = (1 << 63) - 1
NUMBER = click.IntRange(1, BIGGEST)
CASES: Columns = [
    ("case", "id"),
    ("customer", lambda row: str(row["customer"])),
    ("reason", "reason"),
    ("status", "status"),
    ("owner", "owner"),
    ("unit", "unit"),
    ("due", "due_at"),
    ("escalated", lambda row: "yes" if row["escalated_at"] else ""),
]
STEPS: Columns = [
    ("at", "at"),
    ("by", "by"),
    ("what", "what"),
    ("text", lambda row: row["text"] or row["owner"] or row["due_at"] or ""),
]
LEVEL = click.FloatRange(0, 1, min_open=True)
CONDITIONS = ("survey", "measure", "score_most", "sentiment_most", "urgency_least", "churn_least", "complaint_least")
RULES: Columns = [
    ("rule", "name"),
    ("reason", "reason"),
    ("due hours", "due_hours"),
    ("unit", "unit"),
    ("owner", "owner"),
    ("asks", lambda row: ", ".join(f"{name} {row[name]}" for name in CONDITIONS if row[name] not in (None, ""))),
    ("active", lambda row: "yes" if row["is_active"] else ""),
]
WHICH = ["all", "mine", "unowned", "overdue", "escalated"]
OWNER = "A mail address, or me; empty for nobody."


ASKED = (
    click.option("--reason", required=True, help="Of its cases: small letters, digits and hyphens."),
    click.option("--due-hours", type=click.FloatRange(0, 2_000, min_open=True), default=16, show_default=True,
                 help="Of the desk's hours."),
    click.option("--unit", default="", help="That answers for it; else where the comment came from."),
    click.option("--owner", default="", help=OWNER),
    click.option("--measure", default="", help="Of which score, such as nps."),
    click.option("--score-most", type=float, help="A score at or under it."),
    click.option("--sentiment-most", type=click.FloatRange(-1, 1), help="A sentiment at or under it."),
    click.option("--urgency-least", type=LEVEL, help="As urgent, or more."),
    click.option("--churn-least", type=LEVEL, help="As sure to leave, or more."),
    click.option("--complaint-least", type=LEVEL, help="As much of a complaint, or more."),
    click.option("--survey", default="", help="Answers to this survey only."),
    click.option("--active/--resting", "is_active", default=True, show_default=True, help="Whether it is tried."),
)  # fmt: skip


@click.group("desk")
def desk() -> None:
    """Work on customer cases: what customers said, who answers for it, and until when."""


@desk.command("list")
@click.option("--which", type=click.Choice(WHICH), default="all", show_default=True, help="Those of one kind.")
@click.option("--status", type=click.Choice(["open", "waiting", "closed", "reopened"]), help="All but closed ones.")
@click.option("--reason", help="Cases of this reason only.")
@click.option("--unit", help="Cases of this unit only.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="Most cases.")
@connected
def list_cases(server: Server, **asked: Any) -> Shown:
    """List customer cases, the next due first."""
    page = server.get("/desk/cases", **asked)
    return Shown(data=page, columns=CASES, rows=page["items"], empty="No customer cases.")


@desk.command("show")
@click.argument("number", type=NUMBER)
@connected
def show_case(server: Server, number: int) -> Shown:
    """Show a customer case with its history, oldest first."""
    return _told(server.get(f"/desk/cases/{number}"))


@desk.command("open")
@click.argument("customer", type=click.IntRange(0, BIGGEST))
@click.option("--reason", required=True, help="Small letters, digits and hyphens, such as low-score.")
@click.option("--unit", default="", help="The unit that answers for it.")
@click.option("--owner", default="", help=OWNER)
@click.option("--due-hours", type=click.FloatRange(0, 2_000, min_open=True), default=16, show_default=True,
              help="Of the desk's hours.")  # fmt: skip
@click.option("--text", default="", help="What it is about.")
@connected
def open_case(server: Server, **said: Any) -> Shown:
    """Open a customer case; one of the customer and reason that is not closed takes the text up instead."""
    return _told(server.post("/desk/cases", said))


@desk.command("assign")
@click.argument("number", type=NUMBER)
@click.argument("owner")
@connected
def assign_case(server: Server, number: int, owner: str) -> Shown:
    """Give a case to somebody by mail address, to "me", or to nobody with ""."""
    return _told(server.put(f"/desk/cases/{number}/owner", {"owner": owner}))


@desk.command("due")
@click.argument("number", type=NUMBER)
@click.argument("due_at")
@click.option("--text", required=True, help="Why.")
@connected
def set_due(server: Server, number: int, due_at: str, text: str) -> Shown:
    """Change when a case is due, to an instant such as 2026-03-01T12:00:00Z."""
    return _told(server.put(f"/desk/cases/{number}/due", {"due_at": due_at, "text": text}))


@desk.command("note")
@click.argument("number", type=NUMBER)
@click.argument("text")
@connected
def note_case(server: Server, number: int, text: str) -> Shown:
    """Note something in a case; the customer is told it when they ask for their data."""
    return _told(server.post(f"/desk/cases/{number}/notes", {"text": text}))


@desk.command("move")
@click.argument("number", type=NUMBER)
@click.argument("status", type=click.Choice(["waiting", "closed", "reopened"]))
@click.option("--text", default="", help="A word on it; closing needs one.")
@connected
def move_case(server: Server, number: int, status: str, text: str) -> Shown:
    """Let a case wait for the customer, close it, or take it up again."""
    return _told(server.post(f"/desk/cases/{number}/status", {"status": status, "text": text}))


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that make up a rule."""
    for option in reversed(ASKED):
        command = option(command)
    return command


@desk.group("rules")
def rules() -> None:
    """Keep the rules by which comments open cases."""


@rules.command("list")
@connected
def list_rules(server: Server) -> Shown:
    """List the rules in the order in which they are tried: the first that a comment meets counts."""
    page = server.get("/desk/rules")
    return Shown(data=page, columns=RULES, rows=page["items"], empty="No rules: cases are opened by hand.")


@rules.command("save")
@click.argument("name")
@asking
@connected
def save_rule(server: Server, name: str, **said: Any) -> Shown:
    """Save a rule, in the place of one of its name; it counts for comments that are read from now on."""
    made = server.put(f"/desk/rules/{quote(name, safe='')}", said)
    return Shown(data=made, columns=RULES, rows=[made])


@rules.command("try")
@asking
@connected
def try_rule(server: Server, **said: Any) -> Shown:
    """Count the comments of the last 30 days for which a rule would have opened cases."""
    found = server.post("/desk/rules/tried/preview", said)
    line = "Of {comments} comments of the last {days} days {matches} meet it: {cases} cases.".format(**found)
    return Shown(data=found, before=[line])


@rules.command("delete")
@click.argument("name")
@connected
def delete_rule(server: Server, name: str) -> Shown:
    """Delete a rule; its cases stay."""
    server.delete(f"/desk/rules/{quote(name, safe='')}")
    return Shown(data={"deleted": name}, before=[f"{name} is deleted; its cases stay."])


def _told(case: dict[str, Any]) -> Shown:
    line = f"Case {case['id']}, {case['reason']}: {case['status']}, due {case['due_at']}, " + (
        f"owner {case['owner']}." if case["owner"] else "nobody's."
    )
    return Shown(data=case, before=[line], columns=STEPS, rows=case["history"])
