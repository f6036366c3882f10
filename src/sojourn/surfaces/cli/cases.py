"""A journey's cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, event_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, duration, percent

SHOWN = 10
ENDINGS: Columns = [
    ("ending", "name"),
    ("cases", lambda row: "few" if row["cases"] is None else row["cases"]),
    ("share", lambda row: percent(row["share"])),
    ("median", lambda row: duration(row["median_s"])),
    ("90 % within", lambda row: duration(row["p90_s"])),
]
PARTS: Columns = [
    ("part", lambda row: "(rest)" if row["is_rest"] else row["name"] or "(none)"),
    ("cases", "closed"),
    ("completed", lambda row: percent(row["completed"])),
    ("abandoned", lambda row: percent(row["abandoned"])),
    ("median", lambda row: duration(row["median_s"])),
    ("events", lambda row: _mean(row["events"]["mean"])),
    ("repeats", lambda row: _mean(row["repeats"]["mean"])),
    ("hand-offs", lambda row: _mean(row["handoffs"]["mean"])),
]
SPANS: Columns = [
    ("from", lambda row: row["since"][:10] + (" (open)" if row["is_open"] else "")),
    ("started", "started"),
    ("completed", lambda row: percent(row["completed"])),
    ("abandoned", lambda row: percent(row["abandoned"])),
]
FRICTION: Columns = [
    ("", "of"),
    ("number", lambda row: f"{row['least']}" if row["most"] is not None else f"{row['least']} or more"),
    ("cases", "cases"),
    ("completed", lambda row: percent(row["completed"])),
    ("abandoned", lambda row: percent(row["abandoned"])),
]
REWORK: Columns = [
    ("event", "name"),
    ("cases", "cases"),
    ("came again", lambda row: percent(row["again"])),
    ("extra", "extra"),
    ("at once", "at_once"),
    ("after others", "returns"),
    ("ping-pong", "ping_pong"),
]
PASSES: Columns = [
    ("from", lambda row: row["source"] or "(others)"),
    ("to", lambda row: row["target"] or "(others)"),
    ("times", "times"),
    ("cases", "cases"),
    ("customers", "customers"),
]
STAGES: Columns = [
    ("stage", "name"),
    ("cases", "cases"),
    ("given up there", lambda row: percent(row["given_up"])),
    ("median", lambda row: duration(row["median_s"])),
    ("90 % within", lambda row: duration(row["p90_s"])),
    ("of it waiting", lambda row: percent(row["waiting"])),
    ("share of time", lambda row: percent(row["share"])),
]
# what --show gives: the table's columns, and how its rows are found
TABLES: dict[str, Columns] = {
    "endings": ENDINGS,
    "friction": FRICTION,
    "rework": REWORK,
    "handoffs": PASSES,
    "stages": STAGES,
    "parts": PARTS,
    "trend": SPANS,
}


@click.command("cases")
@event_options
@click.option("--journey", default="", help="Named journey whose start, ends, steps and window are meant.")
@click.option("--start", default="", help="Event that begins a case.")
@click.option("--goal", multiple=True, help="Event that completes a case; repeat for more.")
@click.option("--outcome", multiple=True, help="Another ending, name=event; repeat for more.")
@click.option("--window", "window_days", type=click.IntRange(1, 3_650), help="Days that a case may take.")
@click.option("--idle", "idle_days", type=click.FloatRange(0, 3_650, min_open=True), help="Days without an event that "
              "give a case up, too.")  # fmt: skip
@click.option(
    "--landmark",
    "landmark_hours",
    type=click.FloatRange(0, 87_600, min_open=True, max_open=True),
    help="Friction counts only what happened so many hours after the start, of cases still running then.",
)
@click.option("--stage", multiple=True, help="A stage, name=event|event; repeat for more; else the journey's steps.")
@click.option("--only-named/--all-events", "only_named", default=None, help="Count only events that are named, or all "
              "meanwhile; of a named journey the first, else the second.")  # fmt: skip
@click.option("--across", default="channel", show_default=True, help="Dimension whose changes are hand-offs.")
@click.option("--by", help="Break down by a dimension of the start event.")
@click.option("--trend", type=click.Choice(["day", "week", "month"]), help="Break down by time of the start event.")
@click.option("--show", type=click.Choice([*TABLES]), default="endings", show_default=True, help="Which table.")
@connected
def cases(
    server: Server, *, only_named: bool | None, by: str | None, trend: str | None, show: str, **asked: Any
) -> Shown:
    """Show how a journey's cases went: endings, effort, rework, hand-offs and stages.

    With --by or --trend, and no other --show, the breakdown is shown. Friction without --landmark says little: a case
    that ends early has little time to gather repeats and hand-offs.
    """
    given = {} if only_named is None else {"only_named": "true" if only_named else "false"}
    answer = server.get("/cases", **asked, **given, by=by, trend=trend)
    if show == "endings" and (by or trend):
        show = "parts" if by else "trend"
    hidden = [f"{answer['withheld']} rows of few cases are hidden from you"] if answer["withheld"] else []
    return Shown(
        data=answer,
        before=list(_sentences(answer)),
        columns=TABLES[show],
        rows=_rows(answer, show) if answer["started"] else [],
        empty="No cases: none began in this period." if not answer["started"] else "Nothing to show here.",
        after=[*hidden, coverage_line(answer["coverage"])],
    )


def _rows(answer: dict[str, Any], show: str) -> list[Any]:
    if show == "friction":
        counted = (("repeats", "by_repeats"), ("hand-offs", "by_handoffs"))
        return [{"of": of} | row for of, name in counted for row in answer[name]]
    if show == "rework":
        return [row for row in answer["rework"] if row["extra"]][:SHOWN]
    rows: list[Any] = answer["passes" if show == "handoffs" else show]
    return rows


def _sentences(answer: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{answer['closed']:,} closed cases of {answer['customers']:,} customers, {answer['open']:,} more still open"
    )
    if answer["closed"]:
        for name, of in (("events", "events"), ("repeats", "repeats"), ("hand-offs", "handoffs")):
            effort = answer[of]
            if effort["mean"] is None:
                continue
            yield f"{name} a case: {_mean(effort['mean'])}, median {effort['median']:g}, 90 % {effort['p90']:g}"
    if answer["over"]:
        yield f"{answer['over']:,} cases were over before the landmark, and are not in the friction"
    for name in answer["unseen"]:
        yield f"No event is called {name}: it counted for nothing."


def _mean(mean: dict[str, Any] | None) -> str:
    if mean is None:
        return "–"
    if mean["low"] is None:
        return f"{mean['value']:.2f}"
    return f"{mean['value']:.2f} ({mean['low']:.2f}–{mean['high']:.2f})"
