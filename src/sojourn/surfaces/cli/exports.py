"""Events as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.asked import event_options
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
@click.option("--purpose", default="analytics", show_default=True, help="Why: any purpose in use, by its name.")
@click.option("--identity-steps", is_flag=True, help="Write identify, group and alias calls too.")
@click.option("--raw", is_flag=True, help="CSV as it is: no ' before texts that spreadsheets take for formulas.")
@connected
def export(server: Server, file: Path, form: str | None, **asked: Any) -> Shown:
    """Write the events that a question sees to a file.

    Customer by customer, pseudonymous: CSV, Parquet, XES (.xes) or OCEL 2.0 (.json), each but Parquet also packed
    (.gz), or an Arrow stream (.arrow). The same options give the events of `sojourn graph`. `sojourn import` reads each
    of them back but the stream; CSV exactly with --raw.
    """
    wanted = form or next((each for each in FORMATS if file.name.lower().endswith(f".{each}")), None)
    if wanted is None:
        raise click.UsageError(f"Say --format, or let the file's name end in one of .{', .'.join(sorted(FORMATS))}.")
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as out:
            headers = server.download("/export", out.write, format=wanted, **asked)
        part.replace(file)
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    events, customers, size = int(headers["x-events"]), int(headers["x-customers"]), file.stat().st_size
    line = f"{file}: {said(events)} events of {said(customers)} customers, {said(size)} bytes."
    return Shown(
        data={"file": str(file), "format": wanted, "events": events, "customers": customers, "bytes": size},
        after=[line],
    )
