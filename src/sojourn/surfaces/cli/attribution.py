"""Attribution of an outcome to touchpoints."""

from __future__ import annotations

from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Cell, Columns, Shown, percent

MODELS = ("first", "last", "linear", "decay", "position", "markov", "markov2", "shapley", "shapley_rates")
USUAL = ("first", "last", "linear", "markov", "shapley")


@click.command("attribution")
@click.argument("outcome", nargs=-1, required=True)
@seen_options
@click.option("--touchpoint", multiple=True, help="Event or value that may be credited; repeat for more.")
@click.option("--by", default="", help="Touchpoints are values of this dimension, such as channel, not events.")
@click.option(
    "--window", "window_days", type=click.FloatRange(0, 3_650, min_open=True), default=30.0, show_default=True,
    help="Days before a conversion in which touches count.",
)  # fmt: skip
@click.option(
    "--half-life", "half_life_days", type=click.FloatRange(0, 3_650, min_open=True), default=7.0, show_default=True,
    help="Days in which time decay halves a touch's weight.",
)  # fmt: skip
@click.option("--collapse", is_flag=True, help="Touches of one touchpoint that follow one another are one.")
@click.option("--currency", default="", help="Share out the outcome's money in this currency as well.")
@click.option("--model", "models", type=click.Choice(MODELS), multiple=True, help="Credit by this; repeat for more.")
@connected
def attribution(server: Server, outcome: tuple[str, ...], models: tuple[str, ...], **asked: Any) -> Shown:
    """Credit an outcome to the touchpoints before it.

    OUTCOME is an event, or several, any of which counts. Each model shares out the same conversions; none says what a
    touchpoint caused. --json has every model asked for, or all; rules alone (first, last, linear, decay, position)
    are answered several times as fast.
    """
    answer = server.get("/attribution", **asked, outcome=outcome, model=models)
    shown = models or USUAL
    columns: Columns = [
        ("touchpoint", "name"),
        ("conversions touched", "touched"),
        *((model, _cell(model, answer["currency"])) for model in shown),
    ]
    counted = (
        f"{answer['conversions']:,} conversions of {answer['converted']:,} customers credited, {answer['direct']:,} "
        "without a touch before them"
    )
    if answer["paths"] is not None:
        counted += f"; {answer['paths']:,} paths without a conversion, {answer['open']:,} still open"
    money = f"{answer['value']:,.2f} {answer['currency']} in them" if answer["currency"] else ""
    return Shown(
        data=answer,
        columns=columns,
        rows=answer["touchpoints"],
        after=[each for each in (counted, money, coverage_line(answer["coverage"])) if each],
    )


def _cell(model: str, currency: str) -> Cell:
    def cell(row: Any) -> str:
        credit = row["credits"].get(model)
        if credit is None:
            return "–"
        if currency and not credit["share"]["too_few"]:
            return f"{credit['value']:,.2f} {currency}, {percent(credit['share'])}"
        return percent(credit["share"])

    return cell
