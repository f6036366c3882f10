"""How fast Harbour Bank is made: a year of its events as Arrow tables, ready to be imported."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime
from statistics import median

from sojourn.engine.simulation.bank import CUSTOMERS, YEAR, Bank
from sojourn.engine.simulation.table import tabled

TITLE = "Simulation"
ROUNDS = 3
ANCHOR = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def measure(rounds: int = ROUNDS) -> str:
    """Make the year some times, each from nothing, and give the medians."""
    walls, processors, events = [], [], 0
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        bank = Bank(size=CUSTOMERS, anchor=ANCHOR)
        events = sum(tabled(bank, number, rows).num_rows for number, rows in bank.between(ANCHOR - YEAR, ANCHOR))
        walls.append(time.perf_counter() - began)
        processors.append(time.process_time() - used)
    wall, processor = median(walls), median(processors)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000
    return (
        f"A year of Harbour Bank ({CUSTOMERS:,} customers, {events:,} events), made as Arrow tables; medians of "
        f"{rounds} rounds.\n\n| events/s | wall s | CPU s | peak MB |\n| --- | --- | --- | --- |\n"
        f"| {events / wall:,.0f} | {wall:.1f} | {processor:.1f} | {memory:,} |"
    )
