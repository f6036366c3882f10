"""Files of events: load them, follow them, list them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.progress import Progress
from sojourn.surfaces.cli.server import RefusedError, Server
from sojourn.surfaces.cli.tables import Columns, Shown, moment, said

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json", ".xes")
PACKED = (".gz",)
ALIASES = {"customer": "user_id", "event": "event", "time": "timestamp"}
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
OVER = frozenset({"done", "failed", "cancelled", "replaced"})
POLL_SECONDS = 0.2
REFUSED_SHOWN = 10
COLUMNS: Columns = [
    ("id", lambda row: str(row["id"])),
    ("source", "source"),
    ("file", "name"),
    ("status", "status"),
    ("good", "rows_good"),
    ("known", "rows_known"),
    ("refused", "rows_refused"),
    ("value", "value_total"),
    ("rows/s", lambda row: round(row["rows_per_second"])),
    ("handed in", moment("created_at")),
]
EVENTS: Columns = [(name, name) for name in ("line", "timestamp", "event", "user_id", "channel", "value")]


class Pair(click.ParamType[tuple[str, str]]):
    """A field of an event and a column."""

    name = "field=column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Part them; refuse what has no equals sign."""
        if isinstance(value, tuple):
            return value
        field, separator, column = value.partition("=")
        if not field or not separator or not column:
            self.fail(f"{value!r} is not field=column, such as customer=client_no.", param, ctx)
        return field, column


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, readable=True, path_type=Path))
@click.option("--source", default="files", show_default=True, help="Slug of the source; made when it is not there.")
@click.option("--as", "preset", default="", help="A preset's name; without it, the one that fits best.")
@click.option("--customer-column", default="", help="Column (or type of objects) that says whose an event is.")
@click.option("--event-column", default="", help="Column that says what happened.")
@click.option("--time-column", default="", help="Column that says when.")
@click.option(
    "--map",
    "pairs",
    type=Pair(),
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Column of another field; repeat for more.",
)
@click.option("--time-zone", default="", help="Of times that name none, such as Europe/Berlin; without it, UTC.")
@click.option(
    "--blank",
    type=click.Choice(["keeps", "clears"]),
    default="keeps",
    show_default=True,
    help="What an empty cell does to what is known of the customer.",
)
@click.option("--encoding", default="", help="Without it, found out.")
@click.option("--delimiter", default="", help="Of CSV; without it, found out.")
@click.option("--rows", default="", metavar="N", help="Control total: refuse a file that has not so many rows.")
@click.option("--total", default="", metavar="SUM", help="Control total: refuse a file of another sum of value.")
@click.option("--dry-run", is_flag=True, help="Show what the files would become; nothing enters.")
@connected
def import_files(server: Server, paths: tuple[Path, ...], source: str, dry_run: bool, **reading: Any) -> Shown:
    """Load files of events.

    CSV, Parquet, JSON lines, XES and OCEL 2.0 (JSON), each but Parquet also packed with gzip; of a folder, every such
    file. Columns that are named here stand in for what was found out; FIELD is one of user_id (or customer),
    anonymous_id, event, timestamp (or time), channel, touchpoint, unit, agent, product, case, value, currency. The same
    file again changes nothing; a file of the same name from the same source replaces the earlier one.
    """
    reading["columns"] = _columns(reading)
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise click.UsageError(f"No files to load here; they end in {', '.join(SUFFIXES)}.")
    _ensure_source(server, source)
    if len(files) > 1 and (reading["rows"] or reading["total"]):
        raise click.UsageError("--rows and --total are of one file.")
    if dry_run:
        return _previews(server, files, source, reading)
    done = [_load(server, file, source, reading) for file in files]
    after = [line for each in done for line in _remarks(server, each)]
    failed = any(each["status"] not in ("done", "replaced") for each in done)
    return Shown(data=done, columns=COLUMNS, rows=done, after=after, exit_code=1 if failed else 0)


@click.group("deliveries")
def deliveries() -> None:
    """List and call off the files that were handed in."""


@deliveries.command("list")
@click.option("--source", default="", help="Of one source only.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@connected
def list_deliveries(server: Server, source: str, limit: int) -> Shown:
    """List deliveries, newest first."""
    page = server.get("/deliveries", source=source, limit=limit)
    return Shown(data=page, columns=COLUMNS, rows=page["items"], empty="No files yet: sojourn import FILE.")


@deliveries.command("refused")
@click.argument("delivery", type=click.IntRange(1))
@connected
def refused(server: Server, delivery: int) -> Shown:
    """List the rows that a delivery refused, with line and reason; the first thousand are kept."""
    items = server.every(f"/deliveries/{delivery}/refused")
    columns: Columns = [("line", "place"), ("code", "code"), ("reason", "reason")]
    return Shown(data=items, columns=columns, rows=items, empty="No rows were refused.")


@deliveries.command("cancel")
@click.argument("delivery", type=click.IntRange(1))
@connected
def cancel(server: Server, delivery: int) -> Shown:
    """Call a delivery off: nothing of it enters."""
    answer = server.post(f"/deliveries/{delivery}/cancel")
    return Shown(data=answer, columns=COLUMNS, rows=[answer])


@deliveries.command("presets")
@connected
def presets(server: Server) -> Shown:
    """List the presets that --as takes."""
    page = server.get("/presets")
    return Shown(data=page, columns=[("preset", "name"), ("for", "title")], rows=page["items"])


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for each in sorted(path.iterdir()):
        suffixes = [suffix.lower() for suffix in each.suffixes if suffix.lower() not in PACKED]
        if each.is_file() and not each.name.startswith(".") and suffixes and suffixes[-1] in SUFFIXES:
            yield each


def _ensure_source(server: Server, slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise click.BadParameter("small letters, digits, - and _ only, 63 at most.", param_hint="--source")
    if slug not in {each["slug"] for each in server.get("/sources")["items"]}:
        server.post("/sources", {"slug": slug, "kind": "file"})


def _previews(server: Server, files: list[Path], source: str, reading: dict[str, Any]) -> Shown:
    looked: list[Any] = []
    before: list[str] = []
    rows: list[Any] = []
    failed = False
    for file in files:
        try:
            preview = _preview(server, file, source, reading)
        except RefusedError as error:  # the other files are still worth a look
            failed = True
            looked.append({"file": str(file), "error": error.message})
            before.append(f"{file}: {error.message}")
            continue
        looked.append({"file": str(file), **preview})
        before += _told(file, preview)
        rows += preview["events"]
    return Shown(data=looked, columns=EVENTS, rows=rows, before=before, exit_code=1 if failed else 0)


def _preview(server: Server, file: Path, source: str, reading: dict[str, Any]) -> Any:
    begun = _hand_in(server, file, source, reading)
    try:
        return server.post(f"/deliveries/{begun['id']}/preview", _read_as(server, begun, reading))
    finally:
        server.post(f"/deliveries/{begun['id']}/cancel")


def _told(file: Path, preview: dict[str, Any]) -> Iterator[str]:
    whole = "all" if preview["is_whole"] else "the first"
    yield f"{file}: {preview['format']}, {preview['encoding']}, read as {preview['preset'] or 'found out'}"
    yield f"  of {whole} {preview['rows']:,} rows {preview['rows_good']:,} good, {preview['rows_refused']:,} refused"
    yield from (f"  note: {each}" for each in preview["warnings"])
    yield from (f"  line {line}: {reason}" for line, _, reason in preview["refused"][:REFUSED_SHOWN])


def _hand_in(server: Server, file: Path, source: str, reading: dict[str, Any]) -> Any:
    how = {name: value for name, value in reading.items() if name != "columns"}
    asked = {**how, "source": source, "name": file.name, "start": False}
    if server.is_local:
        return server.post("/deliveries/local", {**asked, "path": str(file.resolve())})
    size = file.stat().st_size
    with file.open("rb") as content, Progress(f"sending {file.name}", size) as progress:
        return server.upload("/deliveries/stream", progress.read(content), size, **{**asked, "start": "false"})


def _columns(reading: dict[str, Any]) -> dict[str, str]:
    """Take the columns that were named out of the options, by field."""
    named = {field: reading.pop(f"{name}_column") for name, field in ALIASES.items()}
    named |= {ALIASES.get(field, field): column for field, column in reading.pop("pairs")}
    return {field: column for field, column in named.items() if column}


def _read_as(server: Server, begun: dict[str, Any], reading: dict[str, Any]) -> dict[str, Any]:
    """Say how a file is read: by a preset, or as was found out but for the columns that were named."""
    preset = {name: reading[name] for name in ("preset", "time_zone", "blank")}
    if not reading["columns"]:
        return preset
    try:
        found = server.post(f"/deliveries/{begun['id']}/preview", preset)["mapping"]
    except RefusedError:  # nothing fits: what was named must be enough
        found = {}
    if {"event", "timestamp"} & reading["columns"].keys():
        found.pop("steps", None)  # what was named is one event a row
    beside = {name: reading[name] for name in ("time_zone", "blank") if reading[name]}
    return {"mapping": {**found, **beside, **reading["columns"], "name": "mapping", "title": ""}}


def _load(server: Server, file: Path, source: str, reading: dict[str, Any]) -> Any:
    begun = _hand_in(server, file, source, reading)
    refusals: list[RefusedError] = []
    read_as = _read_as(server, begun, reading) if reading["columns"] else {}

    def start() -> None:
        # Without a server this answers only when all is loaded: the polling below runs beside it.
        try:
            server.post(f"/deliveries/{begun['id']}/start", read_as)
        except RefusedError as error:
            refusals.append(error)

    starting = threading.Thread(target=start, daemon=True)
    with Progress(f"loading {file.name}", begun["bytes_total"]) as progress:
        starting.start()
        while True:
            now = server.get(f"/deliveries/{begun['id']}")
            counts = (f"{now[f'rows_{what}']:,} {what}" for what in ("good", "known", "refused"))
            progress.show(now["bytes_done"], f"{', '.join(counts)}, {now['rows_per_second']:,.0f} rows/s")
            if now["status"] in OVER or refusals:
                break
            time.sleep(POLL_SECONDS)
    starting.join()
    if refusals:
        raise refusals[0]
    return now


def _remarks(server: Server, delivery: dict[str, Any]) -> Iterator[str]:
    yield from (f"{delivery['name']}: {each}" for each in delivery["warnings"])
    if delivery["message"]:
        yield f"{delivery['name']}: {delivery['message']}"
    if delivery["rows_refused"]:
        page = server.get(f"/deliveries/{delivery['id']}/refused", limit=REFUSED_SHOWN)
        yield from (f"{delivery['name']}: line {row['place']}: {row['reason']}" for row in page["items"])
        if delivery["rows_refused"] > REFUSED_SHOWN:
            yield f"More: sojourn deliveries refused {delivery['id']}"
    codes = ", ".join(f"{code} {said(count)}" for code, count in delivery["refused_by_code"].items())
    if codes:
        yield f"{delivery['name']}: refused by reason: {codes}"
