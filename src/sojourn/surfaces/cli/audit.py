"""The audit log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.downloads import downloaded
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

FOUND = 4
ENTRIES: Columns = [
    ("when", moment("at")),
    ("who", "who"),
    ("what", "what"),
    ("object", "object"),
    ("more", lambda row: ", ".join(f"{name} {value}" for name, value in sorted(row["detail"].items()))),
]
MEANING: dict[str, str] = {
    "changed": "does not fit its seal: changed, or not written by Sojourn",
    "missing": "is not there: removed",
    "moved": "does not follow the one before it: moved or put in",
    "truncated": "was noted outside the database and is not there: cut off",
    "replaced": "is another than was noted outside the database",
    "foreign": "the end noted outside the database (audit.head) was not written with this log's key",
}
FINDINGS: Columns = [
    ("place", "place"),
    ("entry", "row"),
    ("what is wrong", lambda row: MEANING[row["kind"]]),
]


def search(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that choose entries."""
    for option in reversed(
        (
            click.option("--who", help="Who did it: person:7, key:3, system."),
            click.option("--what", help="What was done: key.create, or key. for all done to keys."),
            click.option("--object", "on", help="To what: customer:12, or customer: for all."),
            click.option("--since", help="From this instant on, such as 2026-01-31T00:00:00Z."),
            click.option("--until", help="Before this instant."),
        )
    ):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """Search, verify and export the audit log."""


@audit.command("list")
@search
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True, help="Most entries.")
@connected
def list_entries(server: Server, on: str | None, limit: int, **asked: Any) -> Shown:
    """List who did what, newest first."""
    page = server.get("/audit", object=on, limit=limit, **asked)
    return Shown(data=page, columns=ENTRIES, rows=page["items"], empty="No such entries.")


@audit.command("verify")
@click.option("--kept", help="PLACE:DIGEST as an earlier verification said them.")
@connected
def verify(server: Server, kept: str | None) -> Shown:
    """Recompute the chain of the audit log and say what was changed, removed, put in or cut off.

    The exit code is 4 when something was. Keep the place and digest that it prints outside this machine: with --kept
    they prove later that nothing before them was touched.
    """
    answer = server.get("/audit/check", kept=kept)
    if answer["ok"]:
        verdict = f"{said(answer['rows'])} entries, none touched. Keep this: {answer['place']}:{answer['digest']}"
    else:
        verdict = f"The audit log was tampered with; findings: {said(answer['wrong'])}."
    return Shown(
        data=answer,
        columns=() if answer["ok"] else FINDINGS,
        rows=answer["findings"],
        after=[verdict],
        exit_code=0 if answer["ok"] else FOUND,
    )


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@search
@connected
def export(server: Server, file: Path, on: str | None, **asked: Any) -> Shown:
    """Write entries to a file of JSON lines, oldest first, with seals and digests."""
    headers = downloaded(server, "/audit/export", file, object=on, **asked)
    entries = int(headers["x-entries"])
    return Shown(data={"file": str(file), "entries": entries}, after=[f"{file}: {said(entries)} entries."])
