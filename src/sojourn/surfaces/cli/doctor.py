"""The doctor."""

from __future__ import annotations

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

FOUND = 4
COLUMNS: Columns = [
    ("", lambda row: "ok" if row["ok"] else "WRONG"),
    ("check", "name"),
    ("finding", "detail"),
    ("what to do", lambda row: row["advice"] or ""),
]


@click.command("doctor")
@connected
def doctor(server: Server) -> Shown:
    """Check the whole chain and say what is wrong.

    The exit code is 4 when something is.
    """
    answer = server.get("/doctor")
    wrong = sum(not each["ok"] for each in answer["checks"])
    verdict = "Everything is in order." if answer["ok"] else f"{wrong} of {len(answer['checks'])} findings are wrong."
    return Shown(
        data=answer, columns=COLUMNS, rows=answer["checks"], after=[verdict], exit_code=0 if answer["ok"] else FOUND
    )
