"""The customers behind a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.funnels import funnel_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.retention import retention_options, spans
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

F = TypeVar("F", bound=Callable[..., Any])
COLUMNS: Columns = [
    ("customer", "customer"),
    ("events", "events"),
    ("first", moment("first_at")),
    ("last", moment("last_at")),
    ("what happened", lambda row: _strip(row)),
]


@click.group("customers")
def customers() -> None:
    """List the customers behind a number: pseudonymous, and audited.

    As many as the number says; none where they are fewer than the privacy minimum. What was chosen stands in [ ].
    """


def listed(command: F) -> F:
    """Add --limit and --after."""
    after = "Go on after this customer: the last of the page before."
    return click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="Most on a page.")(
        click.option("--after", default="", metavar="CUSTOMER", help=after)(command)
    )


def stepped(command: F) -> F:
    """Add the options of `seen_options`, and --steps."""
    shown = click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
    return seen_options(shown(command))


@customers.command("step")
@click.argument("step")
@click.option("--first", "place", flag_value="first", help="Who began with it.")
@click.option("--last", "place", flag_value="last", help="Who ended with it.")
@stepped
@listed
@connected
def of_step(server: Server, **asked: Any) -> Shown:
    """Of a step that `sojourn graph` shows."""
    return _shown(server.get("/graph/step/customers", **asked))


@customers.command("path")
@click.argument("source")
@click.argument("target")
@stepped
@listed
@connected
def of_path(server: Server, **asked: Any) -> Shown:
    """Of a path that `sojourn graph` shows: TARGET directly after SOURCE."""
    return _shown(server.get("/graph/path/customers", **asked))


@customers.command("variant")
@click.argument("step", nargs=-1, required=True)
@stepped
@listed
@connected
def of_variant(server: Server, **asked: Any) -> Shown:
    """Of a variant that `sojourn variants` shows: all of its steps, in order."""
    return _shown(server.get("/variants/customers", **asked))


@customers.command("pattern")
@click.argument("pattern")
@seen_options
@listed
@connected
def of_pattern(server: Server, **asked: Any) -> Shown:
    """Who match a path pattern, as `sojourn patterns` counts them."""
    return _shown(server.get("/patterns/customers", **asked))


@customers.command("paths")
@click.argument("root")
@click.argument("step", nargs=-1)
@stepped
@click.option("--end", "kind", flag_value="end", help="For whom nothing more was seen behind these steps.")
@click.option("--others", "kind", flag_value="others", help="Who went on to a step that is not shown.")
@click.option("--to", "backward", is_flag=True, help="What led to the event, not what came after it.")
@click.option("--breadth", type=click.IntRange(1, 20), default=4, show_default=True, help="Steps shown after a step.")
@click.option("--least", type=click.FloatRange(0, 100), default=1.0, show_default=True, help="Per cent of customers.")
@click.option("--every", is_flag=True, help="Begin at every such event, not at a customer's first.")
@click.option("--repeats", is_flag=True, help="Repeats at once are steps of their own.")
@listed
@connected
def of_branch(server: Server, *, backward: bool, repeats: bool, every: bool, least: float, **asked: Any) -> Shown:
    """Of a line of `sojourn paths`: ROOT, then the steps after it (with --to, before it)."""
    answer = server.get(
        "/paths/customers",
        **asked,
        direction="to" if backward else "from",
        collapse="false" if repeats else "true",
        every="true" if every else "false",
        least=least / 100,
    )
    return _shown(answer)


@customers.command("funnel")
@funnel_options
@click.option("--reached", type=click.IntRange(1, 50), help="Who reached this step; without it the last.")
@click.option("--lost", type=click.IntRange(1, 50), help="Who reached this step and none after it.")
@click.option("--part", help="Only this value of --by.")
@listed
@connected
def of_funnel(server: Server, *, steps: tuple[str, ...], reached: int | None, lost: int | None, **asked: Any) -> Shown:
    """Of a step of `sojourn funnel`."""
    if reached is not None and lost is not None:
        raise click.UsageError("Give --reached or --lost, not both.")
    answer = server.get(
        "/funnel/customers",
        **asked,
        step=steps,
        reached=lost or reached or len(steps),
        lost="false" if lost is None else "true",
    )
    return _shown(answer)


@customers.command("retention")
@seen_options
@retention_options
@click.option("--cohort", required=True, metavar="DAY", help="A day in the cohort, such as 2026-01-05.")
@click.option("--column", type=click.IntRange(0, 99), help="The column, from 0; without it the whole cohort.")
@listed
@connected
def of_cell(server: Server, brackets: str, **asked: Any) -> Shown:
    """Of a cell of `sojourn retention`."""
    return _shown(server.get("/retention/customers", **asked, bracket=spans(brackets)))


def _shown(answer: dict[str, Any]) -> Shown:
    shown = f"{answer['before'] + 1:,} to {answer['before'] + len(answer['rows']):,} of " if answer["rows"] else ""
    after = [f"{shown}{said(answer['total'])} customers", coverage_line(answer["coverage"])]
    if answer["next"]:
        after.insert(1, f"more: --after {answer['next']}")
    empty = "Fewer customers than the privacy minimum: none is listed." if answer["too_few"] else "No customers."
    return Shown(data=answer, columns=COLUMNS, rows=answer["rows"], empty=empty, after=after)


def _strip(row: dict[str, Any]) -> str:
    told = [f"[{each['name']}]" if each["is_chosen"] else each["name"] for each in row["strip"]]
    before = [f"({row['earlier']:,} more)"] if row["earlier"] else []
    after = [f"({row['later']:,} more)"] if row["later"] else []
    return " > ".join([*before, *told, *after])
