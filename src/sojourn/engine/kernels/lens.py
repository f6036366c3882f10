"""A lens: which events a question looks at, and as what.

A lens is a table with one entry for each of the 65,536 possible event codes: the code under which the event is
seen, or `NO_CODE` where it is passed over as if it had not happened (the log is projected, then mined).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sojourn.engine.kernels.words import NO_CODE, UInt16s

CODES = 65_536
FIRST_INSTANT = int(np.iinfo(np.int64).min)
LAST_INSTANT = int(np.iinfo(np.int64).max)


def every(codes: int) -> UInt16s:
    """Make the lens that shows codes 0 to `codes` - 1 as they are.

    >>> [int(code) for code in every(2)[:3]]
    [0, 1, 65535]
    """
    return only(range(codes))


def only(codes: Iterable[int]) -> UInt16s:
    """Make the lens that shows the codes given and passes over all others."""
    lens = np.full(CODES, NO_CODE, np.uint16)
    shown = np.fromiter(codes, np.uint16)
    lens[shown] = shown
    return lens
