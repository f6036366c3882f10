"""Import: a CSV from its bytes to live segments, through the room's own actions; then the same rows again.

``SOJOURN_BENCH_ROWS`` sets the number of rows (10 million). Each measurement runs in a process of its own over a data
folder of its own, so that its peak memory is its own.
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

TITLE = "Import"
ROWS = int(os.environ.get("SOJOURN_BENCH_ROWS", "10_000_000"))
AT_ONCE = 500_000
CUSTOMERS_PER_ROW = 1 / 20


def measure() -> str:
    """Give the table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as scratch:
        path = Path(scratch) / "visits.csv"
        write_csv(path, ROWS)
        size = path.stat().st_size
        first = _apart(Path(scratch) / "data", path, "visits.csv")
        again = _apart(Path(scratch) / "data", path, "again.csv")
    lines = [
        f"{ROWS:,} rows of ten columns ({size / 1e6:,.0f} MB, {int(ROWS * CUSTOMERS_PER_ROW):,} customers); "
        "identifiers blinded and encrypted, strings looked through, segments synced, one commit. "
        "The second run finds every row known.",
        "",
        "| what | rows/s | wall s | CPU s | peak memory MB | segments MB |",
        "| --- | --- | --- | --- | --- | --- |",
        _line("first import", first),
        _line("the same rows again", again),
    ]
    return "\n".join(lines) + "\n"


def write_csv(path: Path, rows: int) -> None:
    """Write a CSV of visits and orders, the same for the same number of rows."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv

    random = np.random.default_rng(7)
    words = {
        "event": ["Page Viewed", "Product Viewed", "Order Completed", "Cart Viewed", "Signed In"],
        "channel": ["web", "app", "branch", "phone"],
        "product": [f"P{number:03d}" for number in range(300)],
        "page": [f"/catalogue/page-{number}" for number in range(500)],
    }
    step = 365 * 86_400_000 // rows or 1
    writer = None
    with path.open("wb") as out:
        for first in range(0, rows, AT_ONCE):
            count = min(AT_ONCE, rows - first)
            at = 1_735_689_600_000 + (np.arange(first, first + count) * step)
            who = random.integers(0, max(1, int(rows * CUSTOMERS_PER_ROW)), count)
            columns = {
                "user_id": pa.array([f"customer-{number}" for number in who.tolist()]),
                "timestamp": pa.array(at).cast(pa.timestamp("ms")),
                **{
                    name: pa.array(values).take(pa.array(random.integers(0, len(values), count)))
                    for name, values in words.items()
                },
                "value": pa.array(np.round(random.random(count) * 100, 2)),
                "currency": pa.array(["EUR"] * count),
                "duration_ms": pa.array(random.integers(0, 100_000, count)),
                "visit": pa.array(random.integers(0, 1 << 40, count)),
            }
            table = pa.table(columns)
            writer = writer or pyarrow.csv.CSVWriter(out, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _apart(data: Path, path: Path, name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tools.bench_import", str(path), name]
    environ = {**os.environ, "SOJOURN_DATA": str(data), "SOJOURN_LOG_LEVEL": "error"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-4_000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _line(what: str, found: dict[str, float]) -> str:
    return (
        f"| {what} | {found['rows'] / found['wall']:,.0f} | {found['wall']:.1f} | {found['cpu']:.1f} "
        f"| {found['memory']:,.0f} | {found['segments']:,.0f} |"
    )


def _import(path: Path, name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules

    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.catalogue import actions as catalogue
    from sojourn.domains.collection import actions, queries

    for database in settings.DATABASES:
        call_command("migrate", database=database, verbosity=0)
    autodiscover_modules("plugins", "tasks")
    catalogue.ensure_source(slug="shop", viewer=SYSTEM)
    taken = actions.begin(source="shop", name=name, file=path, viewer=SYSTEM)
    began, cpu = time.monotonic(), time.process_time()
    done = actions.start(delivery=taken.id, viewer=SYSTEM)
    wall, cpu = time.monotonic() - began, time.process_time() - cpu
    if done.status != "done" or done.rows_refused or done.rows_good + done.rows_known != ROWS:
        raise RuntimeError(f"{done.status}: {done.message} {done.refused_by_code}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    segments = sum(each.size for each in queries.segments()) / 1e6
    print(json.dumps({"rows": ROWS, "wall": wall, "cpu": cpu, "memory": memory, "segments": segments}))


if __name__ == "__main__":
    _import(Path(sys.argv[1]), sys.argv[2])
