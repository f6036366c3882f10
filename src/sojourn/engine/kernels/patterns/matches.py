"""Which customers match a pattern, how often, and what their first match took, as a fold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns.binding import Bound
from sojourn.engine.kernels.patterns.matching import scan
from sojourn.engine.kernels.words import Int64s, Slice

COLUMNS = 3  # customer number, matches, what the first took


@dataclass(frozen=True, slots=True)
class Matches:
    """Arrays over the customers who match, by customer number; `total_customers` have an event at all.

    `count` are matches that do not overlap, as many as there can be; `took` is from the first event of the customer's
    first match to its last, in microseconds. The first match is the one that ends earliest and, of those, begins
    latest.
    """

    customer: Int64s
    count: Int64s
    took: Int64s
    total_customers: int


@dataclass(slots=True)
class MatchPartial:
    """Rows of the customers who match, in blocks, and the customers with events."""

    customers: int = 0
    blocks: list[Int64s] = field(default_factory=list)


class MatchFold:
    """Asks who matches a pattern; see `Matches`. Only events in the period are there for the pattern.

    Time is linear in events; see `matching` for the one exception.
    """

    def __init__(self, bound: Bound, *, since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT) -> None:
        """Ask for a pattern among the events from `since_us` until (exclusive) `until_us`."""
        self._bound, self._since_us, self._until_us = bound, since_us, until_us

    def start(self) -> MatchPartial:
        """Make the answer over no customers."""
        return MatchPartial()

    def fold(self, events: Slice, partial: MatchPartial) -> MatchPartial:
        """Add a slice's customers."""
        count, took, customers = scan(self._bound, events, self._since_us, self._until_us)
        found = np.flatnonzero(count)
        partial.customers += customers
        partial.blocks.append(np.stack([events.customer[found], count[found], took[found]]))
        return partial

    def merge(self, left: MatchPartial, right: MatchPartial) -> MatchPartial:
        """Add the right partial to the left."""
        left.customers += right.customers
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: MatchPartial) -> Matches:
        """Put customers in order."""
        rows = np.concatenate([np.zeros((COLUMNS, 0), np.int64), *partial.blocks], axis=1)
        customer, count, took = rows[:, np.argsort(rows[0], kind="stable")]
        return Matches(customer, count, took, partial.customers)
