"""Retention and lifecycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, percent

F = TypeVar("F", bound=Callable[..., Any])
LIFECYCLE: Columns = [
    ("from", "day"),
    ("active", "active"),
    ("new", "new"),
    ("retained", "retained"),
    ("resurrected", "resurrected"),
    ("dormant", "dormant"),
    ("kept of the period before", lambda row: percent(row["kept"])),
]


def calendar_options(command: F) -> F:
    """Add --unit and --zone."""
    for option in (
        click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Europe/Berlin."),
        click.option("--unit", type=click.Choice(["day", "week", "month"]), default="week", show_default=True),
    ):
        command = option(command)
    return command


def retention_options(command: F) -> F:
    """Add what `sojourn retention` asks besides the question."""
    said = "A customer is in each cohort with a start, not only in the first."
    for option in (
        click.option("--or-after", is_flag=True, help="Count a return in its own column and all before it."),
        click.option("--recurring", is_flag=True, help=said),
        click.option("--brackets", default="", help="Spans of days as columns instead, such as 0,1-3,4-7,8-14."),
        click.option("--columns", type=click.IntRange(1, 100), help="Distances shown, from 0 on."),
        click.option(
            "--return", "returns", multiple=True, help="Event that is a return; repeat for more; none: any event."
        ),
        click.option("--start", multiple=True, help="Event that starts; repeat for more; none: any event."),
    ):
        command = option(command)
    return calendar_options(command)


def spans(brackets: str) -> list[str]:
    """Read --brackets."""
    return [each.strip() for each in brackets.split(",") if each.strip()]


@click.command("retention")
@seen_options
@retention_options
@connected
def retention(server: Server, brackets: str, **asked: Any) -> Shown:
    """Show who comes back, by day, week or month of the start.

    Shares are of the cohort's customers; a cell is counted once its time has passed for the whole cohort.
    """
    answer = server.get("/retention", **asked, bracket=spans(brackets))
    names = [f"{answer['distance_unit']} {_span(each)}" for each in answer["columns"]]
    columns: Columns = [
        (answer["unit"], "day"),
        ("customers", "customers"),
        *((name, _cell(at)) for at, name in enumerate(names)),
    ]
    return Shown(
        data=answer,
        columns=columns,
        rows=[_cohort_row(each, answer["zone"]) for each in answer["cohorts"]],
        empty="No cohorts.",
        after=[*_pooled(names, answer["columns"]), coverage_line(answer["coverage"])],
    )


@click.command("lifecycle")
@seen_options
@calendar_options
@click.option("--active", multiple=True, help="Event that makes active; repeat for more; none: any event.")
@connected
def lifecycle(server: Server, **asked: Any) -> Shown:
    """Show who is new, stays, comes back and goes quiet."""
    answer = server.get("/lifecycle", **asked)
    return Shown(
        data=answer,
        columns=LIFECYCLE,
        rows=[each | {"day": _day(each["since"], answer["zone"])} for each in answer["periods"]],
        empty="No day, week or month of this period has passed yet.",
        after=[coverage_line(answer["coverage"])],
    )


def _cohort_row(cohort: dict[str, Any], zone: str) -> dict[str, Any]:
    return cohort | {"day": _day(cohort["since"], zone) + (" (open)" if cohort["is_open"] else "")}


def _day(instant: str, zone: str) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date().isoformat()


def _span(column: dict[str, Any]) -> str:
    first, last = column["first"], column["last"]
    return str(first) if first == last else f"{first}-{last}"


def _cell(at: int) -> Callable[[Any], str]:
    def cell(row: Any) -> str:
        if row["cells"][at]["is_withheld"]:
            return "hidden"
        share = row["cells"][at]["share"]
        if share is None:
            return "open"
        return "too few" if share["too_few"] else f"{share['value']:.1%}"

    return cell


def _pooled(names: list[str], columns: list[dict[str, Any]]) -> list[str]:
    """Write the pooled curve, one line a column."""
    return [
        f"{name}: {percent(each['share'])} of {each['customers']:,} customers in {_cohorts(each['cohorts'])}"
        for name, each in zip(names, columns, strict=True)
        if each["share"]
    ]


def _cohorts(count: int) -> str:
    return "1 cohort" if count == 1 else f"{count:,} cohorts"
