"""The customers behind a number, as a fold: how many they are, and some of them with what they did around it.

What makes a customer one of them is a chooser's: the number comes from the same events under the same masks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sojourn.engine.kernels.words import Bytes, Flags, Int64s, Slice, UInt16s

BEFORE, LONGEST = 8, 40  # events of a strip before the choice, and in all


@dataclass(frozen=True, slots=True)
class Found:
    """Customers of a slice who were chosen: places, ascending, and positions of the first and last event of the choice.

    Between the two, events whose code `counts` are part of the choice; an empty table stands for all.
    """

    who: Int64s
    first: Int64s
    last: Int64s
    counts: Bytes


class Chooser(Protocol):
    """Says who of a slice is meant."""

    def chosen(self, events: Slice) -> Found:
        """Choose customers."""
        ...


@dataclass(frozen=True, slots=True)
class Strip:
    """One customer: events that the masks show, and those around the choice; instants in microseconds."""

    customer: int
    events: int
    first_at: int
    last_at: int
    earlier: int  # events before the strip
    later: int  # and after it
    at: Int64s
    code: UInt16s
    is_chosen: Flags


@dataclass(frozen=True, slots=True)
class Customers:
    """How many were chosen; of those after a place, the first few by customer number, and how many these are in all."""

    total: int
    ahead: int
    strips: tuple[Strip, ...]


@dataclass(slots=True)
class CustomersPartial:
    """Counts, and the first strips by customer number."""

    total: int = 0
    ahead: int = 0
    strips: list[Strip] = field(default_factory=list)


class CustomersFold:
    """Asks who was chosen; see `Customers`. Customer numbers are random, so their order is one and tells nothing.

    `hidden` is a table of event codes that strips leave out; what begins or ends a choice is never left out.
    """

    def __init__(self, chooser: Chooser, *, limit: int, after: int | None = None, hidden: Bytes | None = None) -> None:
        """Ask for the first `limit` customers whose number is greater than `after`."""
        self._chooser, self._limit, self._after, self._hidden = chooser, limit, after, hidden

    def start(self) -> CustomersPartial:
        """Make the answer over no customers."""
        return CustomersPartial()

    def fold(self, events: Slice, partial: CustomersPartial) -> CustomersPartial:
        """Add a slice's customers."""
        found = self._chooser.chosen(events)
        customer = events.customer[found.who]
        begin = 0 if self._after is None else int(np.searchsorted(customer, self._after, side="right"))
        shown = range(begin, min(begin + self._limit, len(customer)))
        more = CustomersPartial(
            len(customer), len(customer) - begin, [self._strip(events, found, place) for place in shown]
        )
        return self.merge(partial, more)

    def merge(self, left: CustomersPartial, right: CustomersPartial) -> CustomersPartial:
        """Add the right partial to the left."""
        left.total += right.total
        left.ahead += right.ahead
        left.strips = sorted([*left.strips, *right.strips], key=lambda strip: strip.customer)[: self._limit]
        return left

    def finish(self, partial: CustomersPartial) -> Customers:
        """Give the answer."""
        return Customers(partial.total, partial.ahead, tuple(partial.strips))

    def _strip(self, events: Slice, found: Found, place: int) -> Strip:
        who, first, last = int(found.who[place]), int(found.first[place]), int(found.last[place])
        begin, end = int(events.offset[who]), int(events.offset[who + 1])
        keep = np.ones(end - begin, np.bool_) if events.keep is None else events.keep[begin:end] != 0
        if self._hidden is not None:
            keep &= self._hidden[events.event[begin:end]] == 0
            keep[[first - begin, last - begin]] = True
        seen = begin + np.flatnonzero(keep)
        chosen_at = int(np.searchsorted(seen, first))
        low = max(0, chosen_at - BEFORE)
        shown = seen[low : low + LONGEST]
        code = events.event[shown].astype(np.uint16)
        is_chosen = (shown >= first) & (shown <= last)
        if len(found.counts):
            is_chosen &= found.counts[code] != 0
        return Strip(
            customer=int(events.customer[who]),
            events=len(seen),
            first_at=int(events.at[seen[0]]),
            last_at=int(events.at[seen[-1]]),
            earlier=low,
            later=len(seen) - low - len(shown),
            at=events.at[shown].copy(),
            code=code,
            is_chosen=is_chosen,
        )
