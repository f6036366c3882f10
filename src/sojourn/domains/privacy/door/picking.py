"""The masks of the door over a few chosen events, where a pass over all of them would be waste."""

from __future__ import annotations

import numpy as np

from sojourn.domains.privacy.contracts import EventFilter
from sojourn.domains.privacy.door.sight import Sight
from sojourn.domains.privacy.standing import purposes
from sojourn.engine.kernels.words import NO_CODE, Bytes, Flags, Int64s
from sojourn.engine.timeline.part import NO_BYTE, Part
from sojourn.kit.period import Period


def picked(looking: Sight, part: Part, at: Int64s, period: Period, events: EventFilter) -> Flags:
    """Say which events of a part, by their places, a question sees, whatever their customer says today.

    It looks at period, names, dimensions, the viewer's units and what was allowed at collection; `having` and patterns
    are not asked here.
    """
    seen = np.ones(len(at), np.bool_)
    if period.since_us is not None:
        seen &= part.at[at] >= period.since_us
    if period.until_us is not None:
        seen &= part.at[at] < period.until_us
    names = looking.table(events.names, events.abstraction)
    if len(names):
        seen &= names[part.event[at]] != 0
    for allowed in looking.allowed_values(events):
        let_through = np.zeros(len(at), np.bool_)
        for table in allowed.tables:
            one = _looked_up(part, f"dimension:{allowed.dimension}", at, table.codes) != 0
            let_through |= one & table.among(part.at[at])
        seen &= let_through
    if bit := purposes.known().bit(looking.purpose):
        seen &= ((_codes(part, "purposes", at) & bit) != 0) | _opened(looking, part, at)
    return seen


def _opened(looking: Sight, part: Part, at: Int64s) -> Flags:
    opened = looking.words_now()[looking.timeline.parts.index(part)][1]
    if not len(opened):
        return np.zeros(len(at), np.bool_)
    found: Flags = opened[np.searchsorted(part.offset, at, side="right") - 1] != 0
    return found


def _looked_up(part: Part, name: str, at: Int64s, table: Bytes) -> Bytes:
    held = part.narrow_codes(name)
    codes = _codes(part, name, at)
    if not isinstance(held, int) and held.dtype == np.uint8:
        codes = np.where(codes == NO_BYTE, NO_CODE, codes)
    return table[codes]


def _codes(part: Part, name: str, at: Int64s) -> Int64s:
    held = part.narrow_codes(name)
    return np.full(len(at), held, np.int64) if isinstance(held, int) else held[at].astype(np.int64)
