"""Work that competes with the server in its own processes; for benches only.

``busy_web`` and ``busy_work`` run the real web and work process with this beside it, so that a measurement shows
whether intake is held up by what pages and jobs do.
"""

from __future__ import annotations

import runpy
import threading

CUSTOMERS = 60_000


def loop() -> None:
    """Run pure Python for good, holding the interpreter's lock as any page's code does."""
    total = 0
    while True:
        for number in range(100_000):
            total = (total + number * number) % 1_000_003


def kernel(name: str) -> None:
    """Run one journey kernel over a million events, again and again."""
    import numpy as np

    from sojourn.engine.kernels import lens
    from sojourn.engine.kernels.funnels.ordered import FunnelFold
    from sojourn.engine.kernels.graph import GraphFold
    from sojourn.engine.kernels.words import Slice

    chance = np.random.default_rng(1)
    length = chance.integers(2, 33, CUSTOMERS)
    offset = np.concatenate(([0], np.cumsum(length))).astype(np.int64)
    total = int(offset[-1])
    events = Slice(
        customer=np.arange(CUSTOMERS),
        offset=offset,
        at=np.arange(total, dtype=np.int64) * 1_000_000,
        event=chance.integers(0, 40, total).astype(np.uint16),
        row=np.arange(total),
    )
    fold = GraphFold(lens.every(40)) if name == "graph" else FunnelFold([[0], [1], [2]], window_us=10**12)
    while True:
        fold.finish(fold.fold(events, fold.start()))


def beside(module: str, *, python: bool, kernels: tuple[str, ...]) -> None:
    """Start the competing threads, then run a module as the main program."""
    if python:
        threading.Thread(target=loop, daemon=True).start()
    for name in kernels:
        threading.Thread(target=kernel, args=(name,), daemon=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)
