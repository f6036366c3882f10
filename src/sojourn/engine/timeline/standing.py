"""Finds the events of some persons in a part, without a look at anybody else's."""

from __future__ import annotations

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.timeline.lookup import live, searched
from sojourn.engine.timeline.part import Array, Part


def events_of_persons(part: Part, persons: Int64s) -> tuple[Int64s, Int64s]:
    """Give where the persons' events stand in a part, and whose each is, as a position in `persons`.

    Each person once. Events of superseded customers are not among them. O(m log n + events).
    """
    found = searched(frozen(part.person), frozen(part.person_order), np.ascontiguousarray(persons))
    here = np.flatnonzero(found >= 0)
    place = np.searchsorted(part.person_offset, found[here], side="right") - 1
    alive = live(part)[place]
    here, place = here[alive], place[alive]
    ordinal = found[here] - part.person_offset[place].astype(np.int64)
    held = part.ordinals()
    which: Array = np.zeros(0, np.uint8) if isinstance(held, int) else held
    at, whose = _own(here, place, ordinal, frozen(part.offset), frozen(which))
    return at, whose


@compiled
def _own(here: Int64s, place: Int64s, ordinal: Int64s, offset: Int64s, which: Array) -> tuple[Int64s, Int64s]:
    total = 0
    for each in range(len(place)):
        total += offset[place[each] + 1] - offset[place[each]]
    at, whose = np.empty(total, np.int64), np.empty(total, np.int64)
    count = 0
    for each in range(len(place)):
        for index in range(offset[place[each]], offset[place[each] + 1]):
            if len(which) == 0 or which[index] == ordinal[each]:
                at[count] = index
                whose[count] = here[each]
                count += 1
    return at[:count], whose[:count]
