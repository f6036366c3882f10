"""The timeline: built from the segments, refreshed with new and late events, and how much room it takes.

``SOJOURN_BENCH_EVENTS`` sets the number of events (10 million). Each measurement runs in a process of its own, so that
its peak memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from sojourn.engine.stream import segments
from sojourn.engine.stream.schema import fitted
from sojourn.engine.timeline import Change, Layout, Persons, Source, Timeline, writing

TITLE = "Timeline"
EVENTS = int(os.environ.get("SOJOURN_BENCH_EVENTS", "10_000_000"))
PER_SEGMENT = 500_000
FRESH = 100_000
YEAR_US = 365 * 86_400_000_000
LAYOUT = Layout(dimensions=("channel", "unit", "source", "product", "touchpoint", "$app_version"), unstated_purposes=7)
NAMES = [f"Event {number}" for number in range(40)]
WORDS = {
    "channel": (["web", "app", "phone", "branch", "mail"], 0.0),
    "unit": ([f"branch-{number}" for number in range(26)], 0.6),
    "source": (["web", "app", "core"], 0.0),
    "product": (["card", "account", "mortgage", "loan"], 0.5),
    "touchpoint": ([f"page {number}" for number in range(60)], 0.3),
}


def measure() -> str:
    """Measure and give a Markdown table."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOJOURN_BENCH_FOLDER")) as folder:
        _run("write", folder)
        build = _run("build", folder)
        refresh = _run("refresh", folder)
        again = _run("again", folder)
        compact = _run("compact", folder)
    rows = {
        "build from the segments": build,
        f"{FRESH:,} new and late events of {refresh['touched']:,} customers, visible": refresh,
        "the same once more, over the first overlay": again,
        "fold the overlays into a new base": compact,
    }
    table = "\n".join(
        f"| {what} | {spent['wall']:.2f} s | {spent['cpu']:.2f} s | {spent['peak']:,.0f} MB |"
        for what, spent in rows.items()
    )
    return f"""{EVENTS:,} events of {build["customers"]:,} customers in {EVENTS // PER_SEGMENT} segments in order of
arrival, six dimensions (one of them a property of the JSON), one event in twelve with money, one customer in five with
a second person. Files and folder synced. {os.cpu_count()} cores.

| what | wall | CPU | peak memory |
| --- | --- | --- | --- |
{table}

On disk: {build["bytes"] / 1e6:,.0f} MB, {build["bytes"] / EVENTS:.1f} bytes an event, exact money included."""


def _run(step: str, folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tools.bench_timeline", step, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _step(step: str, folder: Path) -> dict[str, float]:
    if step == "write":
        _write(folder)
        return {}
    _warm()
    if step in ("refresh", "again"):
        touched = _add_fresh(folder, seed=len(_sources(folder)))
    begun, cpu = time.perf_counter(), time.process_time()
    with writing(folder / "timeline", LAYOUT, threads=os.cpu_count() or 1) as writer:
        if step == "build":
            writer.rebuild(_sources(folder), Change(persons=_persons(), batch=EVENTS // PER_SEGMENT))
        elif step == "compact":
            writer.compact(always=True)
        else:
            change = Change(persons=_persons(), batch=len(_sources(folder)), moved=np.empty(0, np.int64))
            writer.refresh(_sources(folder), change)
    opened = Timeline.open(folder / "timeline")
    spent = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    spent["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    spent["bytes"] = sum(path.stat().st_size for path in (folder / "timeline").iterdir())
    spent["customers"] = opened.customers
    if step in ("refresh", "again"):
        spent["touched"] = touched
    return spent


def _persons() -> Persons:
    """One customer in five has a second person, token + 2 ** 40."""
    first = np.arange(1, _customers() + 1, 5, dtype=np.int64)
    return Persons(person=first + (1 << 40), customer=first, version=1)


def _customers() -> int:
    return max(EVENTS * 10 // 173, 1)


def _write(folder: Path) -> None:
    for batch in range(1, max(EVENTS // PER_SEGMENT, 1) + 1):
        table = _table(np.random.default_rng(batch), batch, PER_SEGMENT, (batch - 1) * PER_SEGMENT)
        _keep(folder, segments.write(folder / "segments", table, batch=batch))


def _add_fresh(folder: Path, *, seed: int) -> int:
    batch = len(_sources(folder)) + 1
    table = _table(np.random.default_rng(seed), batch, FRESH, EVENTS + batch * FRESH)
    _keep(folder, segments.write(folder / "segments", table, batch=batch))
    return len(np.unique(_persons().customers_of(table["person"].to_numpy())))


def _table(random: np.random.Generator, batch: int, rows: int, first: int) -> pa.Table:
    customer = random.integers(1, _customers() + 1, rows)
    second = (customer % 5 == 1) & (random.random(rows) < 0.4)
    at = pa.array(np.sort(random.integers(0, YEAR_US, rows)) + 1_735_689_600_000_000, pa.timestamp("us"))
    columns = {
        "event_id": np.arange(first, first + rows) + (1 << 30),
        "batch": np.full(rows, batch),
        "message": pa.array([f"{number:032x}" for number in range(first, first + rows)]),
        "person": customer + np.where(second, 1 << 40, 0),
        "name": _texts(random, NAMES, rows, 0.0),
        "kind": pa.array(["track"] * rows),
        "occurred_at": at,
        "received_at": at,
        "value": pa.array(random.integers(0, 100_000, rows).astype(np.int32), mask=random.random(rows) > 1 / 12).cast(
            pa.decimal128(18, 4)
        ),
        "currency": pa.array(["EUR"] * rows),
        "properties": pa.array([f'{{"step":{n % 7},"$app_version":"4.{n % 9}","ok":true}}' for n in range(rows)]),
        **{name: _texts(random, words, rows, holes) for name, (words, holes) in WORDS.items()},
    }
    return fitted(pa.table(columns))


def _texts(random: np.random.Generator, words: list[str], rows: int, holes: float) -> pa.Array:
    indices = pa.array(random.integers(0, len(words), rows).astype(np.int32), mask=random.random(rows) < holes)
    return pa.DictionaryArray.from_arrays(indices, words).cast(pa.string())


def _keep(folder: Path, written: segments.Written) -> None:
    with (folder / "sources.jsonl").open("a") as file:
        file.write(json.dumps([written.path, written.rows, written.first_batch, written.last_batch]) + "\n")


def _sources(folder: Path) -> list[Source]:
    listed = [json.loads(line) for line in (folder / "sources.jsonl").read_text().splitlines()]
    return [
        Source(path=folder / "segments" / path, rows=rows, first_batch=first, last_batch=last)
        for path, rows, first, last in listed
    ]


def _warm() -> None:
    """Compile, or load what was compiled before: not part of the measurement."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for batch in (1, 2):
            table = _table(np.random.default_rng(batch), batch, 1_000, batch * 1_000)
            _keep(place, segments.write(place / "segments", table, batch=batch))
            with writing(place / "timeline", LAYOUT) as writer:
                change = Change(persons=_persons(), batch=batch, moved=np.empty(0, np.int64))
                (writer.rebuild if batch == 1 else writer.refresh)(_sources(place), change)
                if batch == 2:
                    writer.compact(always=True)


if __name__ == "__main__":
    print(json.dumps(_step(sys.argv[1], Path(sys.argv[2]))))
