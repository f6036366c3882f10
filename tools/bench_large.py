"""Every journey question over 50 million events whose columns are mapped files: wall time and memory.

``python -m tools.bench_large [events] [rounds]``; by default 50 million events and 5 rounds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tools.peers.events import CODES, COLUMNS, made, saved
from tools.peers.questions import QUESTIONS
from tools.peers.workers import Worker

TITLE = "Large logs"
EVENTS = 50_000_000
ROUNDS = 5
LIMIT_S, LIMIT_MB = 2.0, 3_000
SAID = """{:,} events of {:,} customers in {:.2f} GB of columns ({}: NumPy files, mapped into memory, nothing else is
loaded); {} event names; medians of {} rounds after one to warm up. Wall s (CPU s). Memory is the most that was resident
during a round, pages of the mapped files among it. Wanted: under {:g} s and {:,} MB.
"""


def measure(events: int = EVENTS, rounds: int = ROUNDS) -> str:
    """Measure everything and give the table in Markdown."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        total, customers = _written(events, folder)
        worker = Worker("Sojourn", folder, "mapped")
        lines = []
        for question in QUESTIONS:
            lines.append(_row(question, worker, rounds))
            print(lines[-1], flush=True)
        worker.end()
        size = sum((folder / f"{column}.npy").stat().st_size for column in COLUMNS)
    return "\n".join(
        [
            SAID.format(total, customers, size / 1e9, ", ".join(COLUMNS), CODES, rounds, LIMIT_S, LIMIT_MB),
            "| question | 1 thread | 2 threads | MB, 1 thread | MB, 2 threads |\n| --- | --- | --- | --- | --- |",
            *lines,
            "",
            f"Sojourn {worker.version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.",
        ]
    )


def _written(events: int, folder: Path) -> tuple[int, int]:
    given = made(events)
    saved(given, folder, table=False)
    return len(given.at), given.customers


def _row(question: str, worker: Worker, rounds: int) -> str:
    spent, peaks = [], []
    for way in ("1 thread", "2 threads"):
        worker.run(question, way)
        answers = [worker.run(question, way) for _ in range(rounds)]
        wall, cpu = median(each.wall for each in answers), median(each.cpu for each in answers)
        spent.append(f"{wall:.2f} ({cpu:.2f})")
        peaks.append(f"{max(each.peak_mb for each in answers):,.0f}")
    return f"| {question} | {' | '.join([*spent, *peaks])} |"


if __name__ == "__main__":
    print(measure(*(int(argument.replace("_", "")) for argument in sys.argv[1:])))
