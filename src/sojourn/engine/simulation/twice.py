"""Which customers are the second record of another one: drawn apart from all else, so that nothing else changes."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

RECORDS_STREAM: Final = 4_711
TWICE_SHARE: Final = 0.01  # of customers are the second record of another one

Int64s = npt.NDArray[np.int64]


def second_records(seed: int, size: int, may: npt.NDArray[np.bool_]) -> Int64s:
    """Give for each customer the one of whom it is a second record, itself for nearly all."""
    rng = np.random.default_rng((RECORDS_STREAM, seed, size))
    same_as = np.arange(size)
    free = rng.permutation(np.flatnonzero(may))
    pairs = min(int(size * TWICE_SHARE), len(free) // 2)
    same_as[free[:pairs]] = free[pairs : 2 * pairs]
    return same_as
