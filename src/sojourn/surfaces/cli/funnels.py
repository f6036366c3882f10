"""Funnels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from sojourn.surfaces.cli.asked import coverage_line, per_option, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

F = TypeVar("F", bound=Callable[..., Any])
STEPS: Columns = [
    ("step", "name"),
    ("customers", "customers"),
    ("of the first", lambda row: percent(row["from_first"])),
    ("of the one before", lambda row: percent(row["from_before"])),
    ("median", lambda row: duration(row["median_s"])),
    ("90 %", lambda row: duration(row["p90_s"])),
]
ONES = {"account": "accounts", "household": "households", "company": "companies"}
ENTRIES: Columns = [*STEPS[:1], ("entries", "times"), *STEPS[1:]]


def funnel_options(command: F) -> F:
    """Add the steps of a funnel and how it is counted."""
    between = "Event that breaks the funnel; 2-3:EVENT between steps 2 and 3 only."
    for option in (
        click.option("--by", help="Dimension of the first step to break down by."),
        click.option("--exclude", multiple=True, help=between),
        click.option(
            "--count", type=click.Choice(["customers", "entries"]), default="customers", show_default=True,
            help="Each customer once, or each entry; one begins while no other runs.",
        ),
        click.option(
            "--order", type=click.Choice(["ordered", "strict", "any"]), default="ordered", show_default=True,
            help="strict: no other event in between; any: all within the window, whichever comes first.",
        ),
        click.option(
            "--window", "window_days", type=click.FloatRange(0, 3_650, min_open=True), default=14.0, show_default=True,
            help="Days from the first step to the last.",
        ),
    ):  # fmt: skip
        command = option(command)
    return click.argument("steps", nargs=-1, required=True)(seen_options(command))


@click.command("funnel")
@funnel_options
@click.option("--top", type=click.IntRange(1, 50), default=5, show_default=True, help="Most values of it.")
@click.option("--trend", type=click.Choice(["day", "week", "month"]), help="Conversion by when the first step came.")
@per_option
@click.option("--zone", default="UTC", show_default=True, help="Time zone of the calendar, such as Europe/Berlin.")
@connected
def funnel(server: Server, *, steps: tuple[str, ...], **asked: Any) -> Shown:
    """Show who gets from step to step.

    In order, within the window; "A|B" is a step that either event makes.
    """
    answer, ones = server.get("/funnel", **asked, step=steps), ONES.get(asked["per"], "customers")
    columns = ENTRIES if asked["count"] == "entries" else STEPS
    median, p90 = duration(answer["median_total_s"]), duration(answer["p90_total_s"])
    return Shown(
        data=answer,
        columns=[(ones if heading == "customers" else heading, value) for heading, value in columns],
        rows=answer["steps"],
        after=[
            f"median from first to last: {median}, 9 of 10 within {p90}",
            *_times(answer["bins"]),
            *_parts(answer, asked["by"]),
            *_trend(answer["trend"]),
            coverage_line(answer["coverage"]),
        ],
    )


def _times(bins: list[dict[str, Any]]) -> Iterator[str]:
    if bins:
        yield "from first to last:"
    for each in bins:
        span = f"{duration(each['since_s'])} to {duration(each['until_s'])}" if each["until_s"] else "longer"
        yield f"  {span}: {each['times']:,}"


def _parts(answer: dict[str, Any], by: str | None) -> Iterator[str]:
    for part in answer["parts"]:
        name = "the rest" if part["is_rest"] else part["name"] or "(none)"
        first, last = part["steps"][0], part["steps"][-1]
        median = duration(part["median_total_s"])
        yield f"{by} {name}: {percent(last['from_first'])} of {first['times']:,}, median {median}"


def _trend(spans: list[dict[str, Any]]) -> Iterator[str]:
    for span in spans:
        said = "window still open" if span["is_open"] else percent(span["converted"])
        yield f"from {span['since'][:10]}: {said} of {span['times']:,}"
