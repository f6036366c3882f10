"""A process model of what customers do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.asked import coverage_line, seen_options
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, percent

COLUMNS: Columns = [
    ("ways", "ways"),
    ("of", "ways_in_all"),
    ("customers", "customers"),
    ("share", lambda row: percent(row["covers"])),
]


@click.command("process")
@seen_options
@click.option("--steps", "steps_shown", type=click.IntRange(1, 200), default=12, show_default=True)
@click.option(
    "--covers",
    type=click.IntRange(1, 100),
    default=80,
    show_default=True,
    help="Per cent of customers whose ways count.",
)
@click.option("--bpmn", type=click.Path(dir_okay=False, path_type=Path), help="Write the diagram to a BPMN 2.0 file.")
@connected
def process(server: Server, covers: int, bpmn: Path | None, **asked: Any) -> Shown:
    """Mine a process tree from the most frequent ways through."""
    answer = server.get("/process", **asked, covers=covers / 100)
    after = [coverage_line(answer["coverage"])]
    if bpmn is not None:
        try:
            bpmn.write_text(answer["bpmn"], encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(bpmn), hint=error.strerror or "cannot be written") from error
        after.append(f"The diagram is in {bpmn}.")
    return Shown(data=answer, columns=COLUMNS, rows=[answer], before=[answer["tree"], ""], after=after)
