"""Options that say which time and which events a question is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
PERIOD = re.compile(r"[1-9]\d{0,4}d?")


class Instant(click.ParamType[str]):
    """A day or an instant; without a zone, UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Write the instant as the API reads it."""
        try:
            if len(value) == 10:
                at = datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
            else:
                at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z.", param, ctx)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


class Where(click.ParamType[str]):
    """A dimension and a value to keep."""

    name = "dimension:value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what has no colon."""
        dimension, separator, _ = value.partition(":")
        if not dimension or not separator:
            self.fail(f"{value!r} is not dimension:value, such as channel:web.", param, ctx)
        return str(value)


def period_options(command: F) -> F:
    """Add --since, --until and --days."""
    for option in (
        click.option(
            "--days", type=click.IntRange(1, 36_500), help="The last days of the data; 90 when nothing is said."
        ),
        click.option("--until", type=Instant(), help="First instant after the period."),
        click.option("--since", type=Instant(), help="First instant, such as 2026-01-31."),
    ):
        command = option(command)
    return command


def seen_options(command: F) -> F:
    """Add the options of `event_options`, and --level, --once and --expand."""
    for option in (
        click.option("--expand", multiple=True, metavar="GROUP", help="A group or kind to see one level lower."),
        click.option("--once", is_flag=True, help="See events in a row that are seen as the same as one."),
        click.option(
            "--level",
            type=click.Choice(["events", "groups", "kinds"]),
            help="See events as the plan's groups or kinds.",
        ),
    ):
        command = option(command)
    return event_options(command)


def event_options(command: F) -> F:
    """Add the options of `listing_options`, and --having-pattern."""
    said = 'Keep customers whose events match a path pattern, such as "search -> [^buy]* -> $".'
    return listing_options(click.option("--having-pattern", metavar="PATTERN", help=said)(command))


def listing_options(command: F) -> F:
    """Add the period's options, and --where, --having and --event."""
    for option in (
        click.option("--having", multiple=True, help="Keep customers who have one of these events; repeat for more."),
        click.option(
            "--where", type=Where(), multiple=True, help="Keep a value, such as channel:web; repeat for more."
        ),
        click.option("--event", "name", multiple=True, help="Keep these events only; repeat for more."),
    ):
        command = option(command)
    return period_options(command)


def per_option(command: F) -> F:
    """Add --per."""
    kinds = click.Choice(["customer", "account", "household", "company"])
    return click.option("--per", type=kinds, default="customer", show_default=True, help="What counts as one.")(command)


def _counted(told: dict[str, Any] | None) -> str:
    if told is None:
        return ""
    hidden = "" if told["left_out"] == 0 else f" ({_some(told['left_out'])} left out by the choice of somebody in them)"
    return f"counted per {told['per']}: {told['groups']:,}{hidden}, and {told['alone']:,} customers in none, alone; "


def _some(count: int | None) -> str:
    return "none or a few" if count is None else f"{count:,}"


def coverage_line(coverage: dict[str, Any]) -> str:
    """Say what a figure rests on, in one line."""
    period = coverage["period"]
    since, until = (str(period[end] or "")[:10] or "…" for end in ("since", "until"))
    refused, outside = coverage["left_out"], coverage["out_of_scope"]
    hidden = "" if refused == 0 else f", {_some(refused)} left out by their choice"
    hidden += "" if outside == 0 else f", {_some(outside)} in other parts of the organisation"
    counted = _counted(coverage.get("in_groups"))
    return (
        f"{counted}{coverage['customers']:,} customers, {coverage['events']:,} events{hidden}; {since} to {until}; "
        f"purpose {coverage['purpose']}; {coverage['took_ms']:,.0f} ms"
    )
