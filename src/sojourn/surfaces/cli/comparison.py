"""Comparisons of two periods or filters, and what goes with success."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sojourn.surfaces.cli.asked import Instant, Where, coverage_line, event_options, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

F = TypeVar("F", bound=Callable[..., Any])
LOOKS = click.option(
    "--looks", type=click.Choice(["once", "daily"]),
    help="How often you look; without it daily while a period goes on.",
)  # fmt: skip


def side_options(command: F) -> F:
    """Add what sets side a apart from side b."""
    for option in (
        LOOKS,
        click.option("--before", is_flag=True, help="Side a is the period of the same length just before."),
        click.option("--a-until", type=Instant(), help="First instant after side a's own period."),
        click.option("--a-since", type=Instant(), help="First instant of side a's own period."),
        click.option("--b-having-pattern", metavar="PATTERN", help="Path pattern that customers of side b match."),
        click.option("--a-having-pattern", metavar="PATTERN", help="Path pattern that customers of side a match."),
        click.option("--b-where", "b_where", type=Where(), multiple=True, help="Keep on side b; repeat for more."),
        click.option("--a-where", "a_where", type=Where(), multiple=True, help="Keep on side a; repeat for more."),
    ):
        command = option(command)
    return seen_options(command)


def _difference(share: dict[str, Any] | None) -> str:
    if not share:
        return "–"
    if share["verdict"] == "too few":
        return "too few to say"
    return f"{share['difference']:+.1%} ({share['low']:+.1%} to {share['high']:+.1%})"


def _size(row: dict[str, Any]) -> str:
    if row["share"]:
        return _difference(row["share"])
    pace = row["pace"]
    return f"{pace['ratio']:.2f} times as long ({pace['low']:.2f} to {pace['high']:.2f})"


def _side(row: dict[str, Any], side: str) -> str:
    return percent(row["share"][side]) if row["share"] else duration(row["pace"][f"{side}_s"])


FINDINGS: Columns = [
    ("what", "kind"),
    ("of", lambda row: (" > " if row["kind"] in ("path", "pace") else ": ").join(row["names"])),
    ("a", lambda row: _side(row, "a")),
    ("b", lambda row: _side(row, "b")),
    ("b is", lambda row: (row["share"] or row["pace"])["verdict"]),
    ("by", _size),
    ("effect", "effect"),
]
FUNNEL: Columns = [
    ("step", "name"),
    ("customers a", "customers_a"),
    ("customers b", "customers_b"),
    ("of the one before, a", lambda row: percent(row["from_before"] and row["from_before"]["a"])),
    ("b", lambda row: percent(row["from_before"] and row["from_before"]["b"])),
    ("b is", lambda row: row["from_before"] and row["from_before"]["verdict"]),
    ("by", lambda row: _difference(row["from_before"])),
    ("of the first, by", lambda row: _difference(row["from_first"])),
]
VARIANTS: Columns = [
    ("way through", lambda row: " → ".join(row["steps"])),
    ("a", lambda row: percent(row["share"]["a"])),
    ("b", lambda row: percent(row["share"]["b"])),
    ("b is", lambda row: row["share"]["verdict"]),
    ("by", lambda row: _difference(row["share"])),
]
ENDINGS: Columns = [
    ("ending", "name"),
    ("a", lambda row: percent(row["share"]["a"])),
    ("b", lambda row: percent(row["share"]["b"])),
    ("b is", lambda row: row["share"]["verdict"]),
    ("by", lambda row: _difference(row["share"])),
]
COMPANIONS: Columns = [
    ("what", "kind"),
    ("of", lambda row: ": ".join(row["names"])),
    ("customers", lambda row: row["share"]["b"]["n"]),
    ("completed with", lambda row: percent(row["share"]["b"])),
    ("without", lambda row: percent(row["share"]["a"])),
    ("with is", lambda row: row["share"]["verdict"]),
    ("by", lambda row: _difference(row["share"])),
    ("times as likely", "ratio"),
]


@click.group("compare")
def compare() -> None:
    """Compare two periods or filters: side b with side a.

    Both sides share --days, --since, --until, --where, --having and --event; --a-where and --b-where,
    --a-having-pattern and --b-having-pattern, --before or --a-since and --a-until set them apart.
    """


@compare.command("graph")
@side_options
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=25, show_default=True)
@connected
def graph(server: Server, **asked: Any) -> Shown:
    """Show which steps, paths, times and properties differ most."""
    answer = server.get("/compare/graph", **asked)
    return Shown(
        data=answer, columns=FINDINGS, rows=answer["findings"], empty="No difference seen.", after=_after(answer)
    )


@compare.command("funnel")
@click.argument("steps", nargs=-1, required=True)
@side_options
@click.option(
    "--window", "window_days", type=click.FloatRange(0, 3_660, min_open=True), default=14.0, show_default=True,
    help="Days from the first step to the last.",
)  # fmt: skip
@click.option("--order", type=click.Choice(["ordered", "strict", "any"]), default="ordered", show_default=True)
@click.option("--exclude", multiple=True, help='Event that breaks the funnel; "2-3:A" between steps 2 and 3.')
@connected
def funnel(server: Server, steps: tuple[str, ...], **asked: Any) -> Shown:
    """Show how far customers of both sides get.

    Of first steps whose window has closed; "A|B" is a step that either event makes.
    """
    answer = server.get("/compare/funnel", **asked, step=steps)
    return Shown(data=answer, columns=FUNNEL, rows=answer["steps"], after=[*_open(answer), *_after(answer)])


@compare.command("variants")
@side_options
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
@click.option("--top", type=click.IntRange(1, 200), default=20, show_default=True, help="Most variants compared.")
@connected
def variants(server: Server, **asked: Any) -> Shown:
    """Show which ways through are more frequent on one side."""
    answer = server.get("/compare/variants", **asked)
    covers = f"compared are the ways of {answer['covers_a']:.1%} of side a and {answer['covers_b']:.1%} of side b"
    return Shown(
        data=answer,
        columns=VARIANTS,
        rows=answer["variants"],
        empty="No ways through: nobody is on either side.",
        after=[covers, *_after(answer)],
    )


@compare.command("journey")
@click.argument("slug")
@side_options
@connected
def journey(server: Server, slug: str, **asked: Any) -> Shown:
    """Show how a named journey ends on both sides."""
    answer = server.get(f"/compare/journeys/{slug}", **asked)
    return Shown(data=answer, columns=ENDINGS, rows=answer["endings"], after=[*_open(answer), *_after(answer)])


@click.command("success")
@click.argument("slug")
@event_options
@click.option(
    "--landmark", "landmark_hours", type=click.FloatRange(0, 87_840, min_open=True),
    help="Only events so many hours after the start, of journeys still running then.",
)  # fmt: skip
@LOOKS
@connected
def success(server: Server, slug: str, **asked: Any) -> Shown:
    """Show which events and properties go with completing a named journey.

    What goes together, not what causes what. Without --landmark slow events seem to go with failure, as journeys that
    fail are watched for longer.
    """
    answer = server.get(f"/journeys/{slug}/success", **asked)
    over = [f"{answer['over']:,} were over before the landmark"] if answer["landmark_hours"] else []
    return Shown(
        data=answer,
        columns=COMPANIONS,
        rows=answer["companions"],
        empty="Nothing to compare: no journey of the period is closed.",
        after=[f"completed in all: {percent(answer['completed'])}", *over, answer["method"],
               coverage_line(answer["coverage"])],
    )  # fmt: skip


def _open(answer: dict[str, Any]) -> list[str]:
    a, b = ("few" if n is None else f"{n:,}" for n in (answer["open_a"], answer["open_b"]))
    return [f"still open: {a} on side a, {b} on side b"]


def _after(answer: dict[str, Any]) -> list[str]:
    about = answer["comparison"]
    both = "few" if about["both"] is None else f"{about['both']:,}"
    hidden = [f"{answer['withheld']} rows of few customers are hidden from you"] if answer["withheld"] else []
    return [
        *hidden,
        about["method"],
        f"a: {coverage_line(about['a'])}",
        f"b: {coverage_line(about['b'])}",
        f"customers on both sides: {both}",
    ]
