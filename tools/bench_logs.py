"""Real event logs, written as XES, from the file to a drawn graph: what an analyst waits for in a new process.

``python -m tools.bench_logs [rounds]``; by default 5 rounds. The logs lie in `../shared/data/eventlogs`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import sojourn

TITLE = "Logs to drawn graphs"
ROUNDS = 5
LIMIT_S = 4.0
LOGS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "eventlogs"
NAMES = ("bpic2012", "bpic2013_incidents", "bpic2013_closed")
DRAW = "import sys, sojourn as sj; sj.read_events(sys.argv[1]).graph().plot().save(sys.argv[2])"
SAID = """Each log, written as XES beforehand: a new Python process that imports the library, reads the file, mines the
graph of the twelve commonest steps and saves its drawing as SVG; medians of {rounds} rounds after one to warm up,
kernels compiled before. Wanted: under {limit:g} s. The logs: 4TU.ResearchData, BPI Challenges 2012 and 2013.
"""


def measure(rounds: int = ROUNDS) -> str:
    """Measure everything and give the table in Markdown."""
    if not LOGS.is_dir():
        return "The logs are not beside the project: nothing was measured."
    lines = []
    with TemporaryDirectory() as folder:
        for name in NAMES:
            log = sojourn.read_events(LOGS / f"{name}.parquet")
            for ending in ("xes", "xes.gz"):
                path = Path(folder) / f"{name}.{ending}"
                log.write_xes(path)
                seen = log.graph().coverage
                lines.append(
                    f"| {path.name} | {path.stat().st_size / 1e6:.1f} MB | {seen.events:,} | {drawn(path, rounds)}"
                )
                print(lines[-1], flush=True)
    return "\n".join(
        [
            SAID.format(rounds=rounds, limit=LIMIT_S),
            "| log | file | events | wall s | slowest | CPU s |\n| --- | --- | --- | --- | --- | --- |",
            *lines,
            "",
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.",
        ]
    )


def drawn(path: Path, rounds: int) -> str:
    """Give the wall and CPU time of whole processes."""
    command = [sys.executable, "-c", DRAW, str(path), str(path.with_suffix(".svg"))]
    subprocess.run(command, check=True)
    walls, cpus = [], []
    for _ in range(rounds):
        before, began = os.times(), time.perf_counter()
        subprocess.run(command, check=True)
        walls.append(time.perf_counter() - began)
        after = os.times()
        cpus.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return f"{median(walls):.2f} | {max(walls):.2f} | {median(cpus):.2f} |"


if __name__ == "__main__":
    print(measure(*(int(argument.replace("_", "")) for argument in sys.argv[1:])))
