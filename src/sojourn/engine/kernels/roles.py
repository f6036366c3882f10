"""What an event is to a named journey: its start, the ending that it means, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.completion import COMPLETED, FIRST_OUTCOME
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.words import NO_CODE, Int64s

NOTHING, START = -2, -1  # from 0 on a role is the ending that it means


def roles(start: int, goals: Iterable[int], outcomes: Sequence[Iterable[int]]) -> Int64s:
    """Give each code's role in a journey; raise ValueError when an event has two."""
    found = np.full(CODES, NOTHING, np.int64)
    for column, codes in ((START, [start]), (COMPLETED, goals), *enumerate(outcomes, FIRST_OUTCOME)):
        for code in set(codes) - {int(NO_CODE)}:  # a name that was never seen has no event
            if found[code] not in (NOTHING, column):
                raise ValueError(f"event {code} has two roles in the journey")
            found[code] = column
    return frozen(found)
