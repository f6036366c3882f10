"""The events that all engines get: made once, written as columns, read by each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.words import Slice

CODES = 40
TEMPLATES = 20_000
COLUMNS = ("customer", "offset", "at", "event", "row")
HOUR_US = 3_600_000_000


def made(events: int, seed: int = 7) -> Slice:
    """Make customers who mostly follow one of many templates, some with slips; one gap in twenty is a tie."""
    random = np.random.default_rng(seed)
    length = random.integers(2, 33, TEMPLATES)
    start = np.concatenate(([0], np.cumsum(length)))
    codes = np.minimum(random.geometric(0.09, start[-1]) - 1, CODES - 1).astype(np.uint16)
    template = np.minimum(random.zipf(1.3, events) - 1, 10**9) % TEMPLATES
    customers = int(np.searchsorted(np.cumsum(length[template]), events, side="right"))
    template = template[:customers]
    offset = np.concatenate(([0], np.cumsum(length[template]))).astype(np.int64)
    total = int(offset[-1])
    place = (
        np.arange(total) - np.repeat(offset[:-1], length[template]) + np.repeat(start[:-1][template], length[template])
    )
    event = codes[place]
    slips = random.random(total) < 0.01
    event[slips] = random.integers(0, CODES, int(slips.sum()))
    gap = (random.lognormal(9.5, 2.0, total) * 1_000_000).astype(np.int64)
    gap[random.random(total) < 0.05] = 0
    gap[offset[:-1]] = 0
    running_total = np.cumsum(gap)
    begun = random.integers(0, 300 * 24 * HOUR_US, customers) + 1_700_000_000_000_000
    at = running_total - np.repeat(running_total[offset[:-1]], length[template]) + np.repeat(begun, length[template])
    return Slice(np.arange(1, customers + 1), offset, at, event.astype(np.uint8), np.arange(total))


def saved(events: Slice, folder: Path, *, table: bool = True) -> None:
    """Write a slice's columns for Sojourn, and the same as an Arrow file of rows for its peers."""
    for name in COLUMNS:
        np.save(folder / f"{name}.npy", getattr(events, name))
    if table:
        _save_rows(events, folder)


def _save_rows(events: Slice, folder: Path) -> None:
    customer = np.repeat(events.customer, np.diff(events.offset))
    table = pa.table({"customer": customer, "t": events.at, "event": events.event, "row": events.row})
    with pa.OSFile(str(folder / "log.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def loaded(folder: Path, *, mapped: bool = False) -> Slice:
    """Read a slice's columns into memory, or map the files."""
    mode = "r" if mapped else None
    return Slice(**{name: np.load(folder / f"{name}.npy", mmap_mode=mode) for name in COLUMNS})
