"""Events as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from sojourn.surfaces.cli.asked import event_options
from sojourn.surfaces.cli.downloads import downloaded
from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Shown, said

FORMATS = ("csv.gz", "xes.gz", "json.gz", "csv", "parquet", "xes", "json", "arrow")


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@event_options
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Without it, by the file's ending; json is OCEL 2.0."
)
@click.option("--shape", metavar="PRESET", help="Tickets or orders in a tool's columns, such as zendesk-tickets; CSV.")
@click.option("--purpose", default="analytics", show_default=True, help="Why: any purpose in use, by its name.")
@click.option("--identity-steps", is_flag=True, help="Write identify, group and alias calls too.")
@click.option("--raw", is_flag=True, help="CSV as it is: no ' before texts that spreadsheets take for formulas.")
@connected
def export(server: Server, file: Path, form: str | None, shape: str | None, **asked: Any) -> Shown:
    """Write the events that a question sees to a file.

    Customer by customer, pseudonymous: CSV, Parquet, XES (.xes) or OCEL 2.0 (.json), each but Parquet also packed
    (.gz), or an Arrow stream (.arrow). The same options give the events of `sojourn graph`. `sojourn import` reads each
    of them back but the stream; CSV exactly with --raw. With --shape the tickets or orders that these events happened
    to, each whole, as the import preset of that name reads them.
    """
    if shape is not None:
        return _cases(server, file, form, shape, **asked)
    wanted = form or next((each for each in FORMATS if file.name.lower().endswith(f".{each}")), None)
    if wanted is None:
        raise click.UsageError(f"Say --format, or let the file's name end in one of .{', .'.join(sorted(FORMATS))}.")
    headers = downloaded(server, "/export", file, format=wanted, **asked)
    events, customers, size = int(headers["x-events"]), int(headers["x-customers"]), file.stat().st_size
    line = f"{file}: {said(events)} events of {said(customers)} customers, {said(size)} bytes."
    return Shown(
        data={"file": str(file), "format": wanted, "events": events, "customers": customers, "bytes": size},
        after=[line],
    )


def _cases(server: Server, file: Path, form: str | None, shape: str, **asked: Any) -> Shown:
    unmeant = {"--having-pattern": "having_pattern", "--identity-steps": "identity_steps", "--raw": "raw"}
    wrong = [option for option, name in unmeant.items() if asked.pop(name)]
    if wrong or form not in (None, "csv"):
        raise click.UsageError(f"--shape writes a tool's CSV; it does not go with {wrong[0] if wrong else '--format'}.")
    headers = downloaded(server, f"/export/{quote(shape, safe='')}", file, **asked)
    cases, customers, size = int(headers["x-cases"]), int(headers["x-customers"]), file.stat().st_size
    line = f"{file}: {said(cases)} tickets or orders of {said(customers)} customers, {said(size)} bytes."
    told = {"file": str(file), "shape": shape, "cases": cases, "customers": customers, "bytes": size}
    return Shown(data=told, after=[line])
