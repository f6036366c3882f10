"""Finding the period in which an instant lies, without a branch and without a calendar.

Periods are given by their edges, so a fold never knows whether it counts days, weeks or months, nor in which time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.lens import LAST_INSTANT
from sojourn.engine.kernels.words import Int64s

CELLS_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class Periods:
    """Spans between ascending edges as numbers: 0 before the first edge, then 1 to `count`, then one more.

    Time is cut in cells of ``1 << shift`` microseconds, none longer than a period, so at most one edge lies in each:
    the number is the cell's first one, or the next.
    """

    count: int
    base: int  # the first edge
    shift: int
    cell: Int64s  # (cells,) number at the first instant of each cell; the first lies before the first edge
    end: Int64s  # (count + 2,) first instant after each number's span

    @classmethod
    def between(cls, edges: Sequence[int] | Int64s) -> Periods:
        """Number the spans between edges; raise ValueError when there is none, or they differ too much in length."""
        edge = np.asarray(edges, np.int64)
        if len(edge) < 2 or not bool(np.all(np.diff(edge) > 0)):
            raise ValueError("periods need two edges or more, ascending")
        shift = int(np.diff(edge).min()).bit_length() - 1
        cells = (int(edge[-1] - edge[0]) >> shift) + 2
        if cells > CELLS_MOST:
            raise ValueError("periods differ too much in length")
        begins = edge[0] + (np.arange(cells) - 1 << shift)
        return cls(
            count=len(edge) - 1,
            base=int(edge[0]),
            shift=shift,
            cell=frozen(np.searchsorted(edge, begins, side="right")),
            end=frozen(np.append(edge, LAST_INSTANT)),
        )


@compiled
def period_of(moment: int, base: int, shift: int, cell: Int64s, end: Int64s) -> Any:
    """Give the number of the period of an instant; the rest are the fields of `Periods`."""
    place = min(max((moment - base) >> shift, -1) + 1, len(cell) - 1)
    number = cell[np.uint64(place)]
    return number + np.int64(moment >= end[np.uint64(number)])
