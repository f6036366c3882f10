"""How fast this machine's memory is read: the sum of an array far larger than the caches, on some threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Int64s

BYTES = 1 << 30
ROUNDS = 7


def bandwidth(threads: int) -> float:
    """Give the most bytes a second that some threads read together, of several rounds."""
    parts = np.array_split(np.ones(BYTES // 8, np.int64), threads)
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_sum, [part[:8] for part in parts]))  # compiles
        for _ in range(ROUNDS):
            began = time.perf_counter()
            list(pool.map(_sum, parts))
            best = max(best, BYTES / (time.perf_counter() - began))
    return best


@compiled
def _sum(values: Int64s) -> int:
    a, b, c, d = 0, 0, 0, 0  # four sums, so that no addition waits for the one before
    for i in range(0, len(values) - 3, 4):
        a += values[i]
        b += values[i + 1]
        c += values[i + 2]
        d += values[i + 3]
    return a + b + c + d
