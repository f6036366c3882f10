"""Kernels beside pm4py and retentioneering, which have environments of their own; same answers checked.

``python -m tools.bench_miners [events] [rounds]``; by default 10 million events and 3 rounds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.peers.environments import left_out, python_of
from tools.peers.events import CODES, made, saved
from tools.peers.measuring import Timings, cell, least, measured
from tools.peers.miners import QUESTIONS, to_seconds
from tools.peers.workers import Worker

TITLE = "Process-mining and click-stream tools"
EVENTS = 10_000_000
ROUNDS = 3
NOTE = """The ratio of starts and ends alone is small because Sojourn has no question that is only that: they come with
the graph. All variants are tens of thousands of sequences: most of the time is spent on making Python objects of them.
"""
WANTED = {"pm4py": 30, "retentioneering": 8}  # times less CPU time
SAID = """{:,} events of {:,} customers, {codes} event names, instants in whole seconds; medians of {rounds} alternating
rounds after two to warm up: CPU ms (wall ms). Each tool has its own environment and process and gets its own kind of
data frame, formatted and sorted beforehand. Its answer is a part of Sojourn's, which has counts, customers, mean,
median and 90th percentile times, starts and ends in one; that part is checked to be the same.
"""


def measure(events: int = EVENTS, rounds: int = ROUNDS) -> str:
    """Measure everything and give the table in Markdown; raise SystemExit when two answers differ."""
    given = to_seconds(made(events))
    pythons = {peer: python for peer in WANTED if (python := python_of(peer))}
    with TemporaryDirectory() as folder:
        saved(given, Path(folder))
        workers = [Worker("Sojourn", Path(folder))]
        workers += [Worker(peer, Path(folder), python=python) for peer, python in pythons.items()]
        lines = []
        for question in QUESTIONS.values():
            timings = measured(workers, question, rounds)
            lines += [_row(question.name, timings, peer, rounds) for peer in pythons if peer in timings]
            print(*lines[-1:], flush=True)
        for worker in workers:
            worker.end()
    return "\n".join(
        [
            SAID.format(len(given.at), given.customers, codes=CODES, rounds=rounds),
            "| question | Sojourn | tool | takes | times less CPU | wanted |\n| --- | --- | --- | --- | --- | --- |",
            *lines,
            "",
            NOTE,
            f"{', '.join(f'{each.engine} {each.version}' for each in workers)}, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f}." + left_out(WANTED, pythons),
        ]
    )


def _row(name: str, timings: Timings, peer: str, rounds: int) -> str:
    mine, theirs = timings["Sojourn"], timings[peer]
    ratio = least(theirs) / least(mine)
    return f"| {name} | {cell(mine, rounds, 1)} | {peer} | {cell(theirs, rounds)} | **{ratio:,.0f}** | {WANTED[peer]} |"


if __name__ == "__main__":
    print(measure(*(int(argument.replace("_", "")) for argument in sys.argv[1:])))
