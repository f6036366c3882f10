"""What happens around a pattern's matches, as a fold: directly before and after, and in which spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns.binding import Bound
from sojourn.engine.kernels.patterns.matching import asked
from sojourn.engine.kernels.patterns.places import places
from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, Slice


@dataclass(frozen=True, slots=True)
class Around:
    """Customers by code of the event directly before and after their first match, `NO_CODE` where there is none.

    By span of time: `span_customers` have an event that the pattern can see in it, `span_matched` a match that ends in
    it.
    """

    before: Int64s  # (65,536,)
    after: Int64s  # (65,536,)
    span_customers: Int64s  # (spans,)
    span_matched: Int64s  # (spans,)


class AroundFold:
    """Asks what happens around matches; see `Around`. Time is as that of `matches.MatchFold`."""

    def __init__(
        self, bound: Bound, *, marks: Sequence[int], since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT
    ) -> None:
        """Ask for a pattern among the events of a period; `marks` (ascending instants) cut it into spans."""
        self._bound, self._since_us, self._until_us = bound, since_us, until_us
        self._marks = np.asarray(marks, np.int64)

    def start(self) -> Around:
        """Make the answer over no customers."""
        spans = len(self._marks) + 1
        return Around(*(np.zeros(CODES, np.int64) for _ in range(2)), *(np.zeros(spans, np.int64) for _ in range(2)))

    def fold(self, events: Slice, partial: Around) -> Around:
        """Add a slice's customers."""
        told = asked(self._bound, events, self._since_us, self._until_us)
        offset, at, _, keep, customer_keep = told[:5]
        _active(offset, at, keep, customer_keep, self._marks, partial.span_customers)
        who, first, last = places(self._bound, events, self._since_us, self._until_us)
        spans = len(self._marks) + 1
        matched = np.unique(who * spans + np.searchsorted(self._marks, at[last], side="right")) % spans
        partial.span_matched[:] += np.bincount(matched, minlength=spans)
        _, firsts = np.unique(who, return_index=True)
        seen = np.flatnonzero(keep) if len(keep) else np.arange(len(at))
        ahead = np.searchsorted(seen, first[firsts]) - 1
        behind = np.searchsorted(seen, last[firsts]) + 1
        for counts, place in ((partial.before, ahead), (partial.after, behind)):
            counts[:] += np.bincount(_codes(events, seen, place, who[firsts]), minlength=CODES)
        return partial

    def merge(self, left: Around, right: Around) -> Around:
        """Add the right partial to the left."""
        for mine, other in (
            (left.before, right.before),
            (left.after, right.after),
            (left.span_customers, right.span_customers),
            (left.span_matched, right.span_matched),
        ):
            mine += other
        return left

    def finish(self, partial: Around) -> Around:
        """Give the answer."""
        return partial


def _codes(events: Slice, seen: Int64s, place: Int64s, who: Int64s) -> Int64s:
    """Give the codes of events by place among those seen, `NO_CODE` where the place is not the customer's."""
    if not len(seen):
        return np.full(len(place), int(NO_CODE), np.int64)
    there = seen[np.clip(place, 0, len(seen) - 1)]
    is_there = (place >= 0) & (place < len(seen)) & (there >= events.offset[who]) & (there < events.offset[who + 1])
    return np.where(is_there, events.event[there].astype(np.int64), int(NO_CODE))


@compiled
def _active(offset: Int64s, at: Int64s, keep: Bytes, customer_keep: Bytes, marks: Int64s, customers: Int64s) -> None:
    for customer in range(len(offset) - 1):
        if len(customer_keep) and customer_keep[customer] == 0:
            continue
        span, last = 0, -1
        for i in range(offset[customer], offset[customer + 1]):
            if len(keep) and keep[i] == 0:
                continue
            while span < len(marks) and at[i] >= marks[span]:
                span += 1
            if span != last:
                customers[span] += 1
                last = span
