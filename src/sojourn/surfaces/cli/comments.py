"""What customers said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sojourn.surfaces.cli.asked import Instant
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, percent

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("survey", "review", "social", "chat", "ticket", "call", "complaint", "other")
COLUMNS: Columns = [
    ("said", moment("said_at")),
    ("customer", "customer"),
    ("kind", "kind"),
    ("score", "score"),
    ("sentiment", lambda row: row["sentiment"] or ("not supported" if row["is_read"] else "waits")),
    ("about", lambda row: ", ".join(row["aspects"])),
    ("text", "text"),
]
SCORES: Columns = [
    ("measure", "measure"),
    ("scale", "scale"),
    ("comments", "comments"),
    ("mean", lambda row: _mean(row["mean"])),
]


def filtered(command: F) -> F:
    """Add the options that choose comments."""
    for option in (
        click.option("--customer", help="Only of this customer, by number."),
        click.option("--score-to", type=float, help="At most this score."),
        click.option("--score-from", type=float, help="At least this score."),
        click.option("--sentiment", type=click.Choice(("negative", "neutral", "positive"))),
        click.option("--language", help="Such as en."),
        click.option("--unit", help="In this unit and all below it."),
        click.option("--touchpoint", help="At this touchpoint."),
        click.option("--channel", help="In this channel."),
        click.option("--survey", help="In answers to this survey."),
        click.option("--source", help="From this source."),
        click.option("--kind", type=click.Choice(KINDS), help="Where it was said."),
        click.option("--until", type=Instant(), help="Before this instant."),
        click.option("--since", type=Instant(), help="From this instant on, such as 2026-01-31."),
    ):
        command = option(command)
    return command


@click.group("comments")
def comments() -> None:
    """Read and search what customers said in words."""


@comments.command("list")
@click.argument("text", required=False)
@filtered
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="Most on a page.")
@click.option("--cursor", help="Go on: `next` of the page before.")
@connected
def list_comments(server: Server, **asked: Any) -> Shown:
    """List comments, newest first; with TEXT those in which all its words stand. Audited."""
    page = server.post("/comments/search", {name: value for name, value in asked.items() if value is not None})
    after = [_counted(page["figures"])]
    if page["is_cut"]:
        after.append("Only the newest comments with these words were looked at: narrow the search down.")
    if page["next"]:
        after.append(f"more: --cursor {page['next']}")
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No comments.", after=after)


@comments.command("figures")
@filtered
@connected
def figures(server: Server, **asked: Any) -> Shown:
    """Count comments: how many are negative, and their mean scores; without texts."""
    found = server.get("/comments/figures", **asked)
    if found["too_few"]:
        return Shown(data=found, before=["Fewer customers than the privacy minimum: nothing is told."])
    return Shown(data=found, before=[_counted(found)], columns=SCORES, rows=found["scores"], empty="No scores.")


def _counted(found: dict[str, Any]) -> str:
    return (
        f"{found['comments']:,} comments of {found['customers']:,} customers, {found['read']:,} read; "
        f"negative {percent(found['negative'])}"
    )


def _mean(mean: dict[str, Any] | None) -> str:
    if mean is None:
        return "–"
    return f"{mean['value']:.2f} ({mean['low']:.2f}–{mean['high']:.2f}), n = {mean['n']:,}"
