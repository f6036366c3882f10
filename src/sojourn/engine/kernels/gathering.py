"""Puts the kept events of customers behind each other, by the groups that they belong to; see `timeline.gathering`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Bytes, Int64s

Int32s = npt.NDArray[np.int32]


@compiled
def counted(offset: Int64s, keep: Bytes, who: Int64s, place: Int64s, size: Int64s) -> None:
    """Count the kept events of each membership in its group's size, one place later."""
    for each in range(len(who)):
        if who[each] < 0:
            continue
        low, high = offset[who[each]], offset[who[each] + 1]
        size[place[each] + 1] += high - low if len(keep) == 0 else np.int64(keep[low:high].sum())


@compiled
def scattered(
    offset: Int64s, at: Int64s, row: Int64s, keep: Bytes, who: Int64s, place: Int64s, before: int, free: Int64s,
    at_out: Int64s, row_out: Int64s, source: Int32s,
) -> None:  # fmt: skip
    """Put the kept events of each membership behind what its group has; `source` says from where they came."""
    for each in range(len(who)):
        if who[each] < 0:
            continue
        to = free[place[each]]
        for index in range(offset[who[each]], offset[who[each] + 1]):
            if len(keep) == 0 or keep[index] != 0:
                at_out[to], row_out[to], source[to] = at[index], row[index], before + index
                to += 1
        free[place[each]] = to


def warm() -> None:
    """Compile both, or load them from the cache."""
    offset, at, who = np.array([0, 1]), np.zeros(1, np.int64), np.zeros(1, np.int64)
    for keep in (np.zeros(0, np.uint8), np.ones(1, np.uint8)):
        read = (frozen(offset), frozen(at), frozen(at), frozen(keep))
        counted(frozen(offset), frozen(keep), who, who, np.zeros(2, np.int64))
        scattered(*read, who, who, 0, np.zeros(1, np.int64), at.copy(), at.copy(), np.zeros(1, np.int32))
