"""Kernels beside DuckDB SQL, Polars and chDB on the same sorted, dictionary-coded columns, same answers checked.

``python -m tools.bench_kernels [events] [rounds] [question ...]``; by default 10 million events, 9 rounds and all
questions. One round times each way once after one run to warm up.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sojourn.engine.kernels.words import Slice
from tools.peers.bandwidth import bandwidth
from tools.peers.environments import left_out, python_of
from tools.peers.events import CODES, made, saved
from tools.peers.measuring import Timings, cell, least, measured
from tools.peers.questions import QUESTIONS
from tools.peers.words import Question
from tools.peers.workers import THREADS, Worker

TITLE = "Kernels"
EVENTS = 10_000_000
ROUNDS = 9
SAID = """{:,} events of {:,} customers, {codes} event names, one gap in twenty a tie; medians of {rounds} alternating
rounds after two to warm up: CPU ms (wall ms). Each engine has its own process; DuckDB and Polars run on {threads}
threads and chDB on one, which took it less, where nothing else is said. Each gets sorted, dictionary-coded columns and
gives the same answers, checked to 12 digits. A way that took half as much again as its engine's quickest was run once
more only.
"""
BANDWIDTH = """Share of the memory's bandwidth: one thread reads {one:.1f} GB/s here, two {two:.1f} GB/s (the sum of a
gigabyte). A question must read the columns named: their bytes in the wall time above. Funnels, retention, attribution
and path tree read the instants of some customers or events only: theirs is an upper bound."""


def measure(events: int = EVENTS, rounds: int = ROUNDS, names: tuple[str, ...] = ()) -> str:
    """Measure everything and give the tables in Markdown; raise SystemExit when two answers differ."""
    questions = [question for name, question in QUESTIONS.items() if not names or name in names]
    speed = {threads: bandwidth(threads) for threads in (1, 2)}
    given = made(events)
    with TemporaryDirectory() as folder:
        saved(given, Path(folder))
        workers = started(Path(folder))
        found: dict[str, Timings] = {}
        for question in questions:
            found[question.name] = measured(workers, question, rounds)
            print(_row(question, found[question.name], workers, rounds), flush=True)
        for worker in workers:
            worker.end()
    return "\n".join(
        [
            _said(given, rounds, questions),
            "",
            _header(["question", *(worker.engine for worker in workers), "times less CPU", "wanted"]),
            *(_row(question, found[question.name], workers, rounds) for question in questions),
            "",
            BANDWIDTH.format(one=speed[1] / 1e9, two=speed[2] / 1e9),
            "",
            _header(["question", "columns", "MB", "1 thread", "2 threads"]),
            *(_share(question, found[question.name], given, speed) for question in questions),
            "",
            f"{', '.join(f'{each.engine} {each.version}' for each in workers)}, NumPy {np.__version__}, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
            + left_out(["chDB"], (each.engine for each in workers)),
        ]
    )


def started(folder: Path) -> list[Worker]:
    """Start every engine there is; chDB is left out where it cannot be installed."""
    texts = {
        engine: {name: dict(getattr(question, engine)) for name, question in QUESTIONS.items()}
        for engine in ("duckdb", "chdb")
    }
    workers = [Worker("Sojourn", folder), Worker("DuckDB", folder, told=texts["duckdb"]), Worker("Polars", folder)]
    if python := python_of("chDB"):
        workers.append(Worker("chDB", folder, python=python, told=texts["chdb"]))
    return workers


def _said(given: Slice, rounds: int, questions: list[Question]) -> str:
    asked = "".join(f"\n- **{question.name}**: {question.asks}" for question in questions)
    return SAID.format(len(given.at), given.customers, codes=CODES, rounds=rounds, threads=THREADS) + asked


def _header(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n|{' --- |' * len(cells)}"


def _row(question: Question, timings: Timings, workers: list[Worker], rounds: int) -> str:
    peers = [least(ways) for engine, ways in timings.items() if engine != "Sojourn"]
    ratio = min(peers) / least(timings["Sojourn"])
    cells = " | ".join(cell(timings[worker.engine], rounds) for worker in workers)
    return f"| {question.name} | {cells} | **{ratio:.1f}** | {question.wanted:g} |"


def _share(question: Question, timings: Timings, given: Slice, speed: dict[int, float]) -> str:
    size = sum(getattr(given, column).nbytes for column in question.columns)
    shares = []
    for threads, name in ((1, "1 thread"), (2, "2 threads")):
        rate = size / (timings["Sojourn"][name].wall / 1_000)
        shares.append(f"{rate / 1e9:.1f} GB/s, {rate / speed[threads]:.0%}")
    return f"| {question.name} | {', '.join(question.columns)} | {size / 1e6:,.0f} | {' | '.join(shares)} |"


if __name__ == "__main__":
    numbers = [int(each.replace("_", "")) for each in sys.argv[1:] if each[0].isdigit()]
    print(measure(*[*numbers, *(EVENTS, ROUNDS)[len(numbers) :]], names=tuple(sys.argv[1 + len(numbers) :])))
