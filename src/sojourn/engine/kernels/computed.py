"""Traits computed from a customer's events: how many, how much, the first, the last, the most frequent, which.

Every fold here looks at the events that the masks keep. A customer without such an event has no value. Texts are told
as ranks, positions in the list of texts in alphabetical order, so that the answer does not depend on the order in which
a dictionary grew. O(events), but for `MOST_FREQUENT`, `UNIQUE` and `UNIQUE_COUNT`, which sort: O(events log events).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from sojourn.engine.kernels.words import NO_CODE, Int64s, Slice, UInt16s

NO_RANK: Final = np.uint16(65_535)
_WIDTH: Final = 65_536


class How(StrEnum):
    """What is made of a customer's events."""

    COUNT = "count"  # number of events
    SUM = "sum"  # of money in one currency
    FIRST = "first"  # of the earliest event that has the text; without texts its instant
    LAST = "last"
    MOST_FREQUENT = "most_frequent"  # of equally frequent texts the alphabetically first
    UNIQUE_COUNT = "unique_count"  # number of different texts
    UNIQUE = "unique"  # the different texts


@dataclass(frozen=True, slots=True)
class Computed:
    """Values by customer, ascending; of `UNIQUE` a row for each customer and text, the texts ascending.

    A value is a number of events, ten-thousandths of money, microseconds since the epoch, or a text's rank.
    """

    customer: Int64s
    value: Int64s
    texts: tuple[str, ...] = ()  # by rank


@dataclass(slots=True)
class Gathered:
    """Values of the slices seen so far."""

    customers: list[Int64s] = field(default_factory=list)
    values: list[Int64s] = field(default_factory=list)


class ComputedFold:
    """Computes one trait of every customer.

    `of` names the texts: "event" or a dimension, None for instants, counts and money. `rank` gives each code's rank,
    `NO_RANK` for texts that are not told; `texts` come back with the answer. `currency` is the code of the money
    that is added.
    """

    def __init__(
        self,
        how: How,
        *,
        of: str | None = None,
        rank: UInt16s | None = None,
        texts: tuple[str, ...] = (),
        currency: int | None = None,
    ) -> None:
        self._how, self._of, self._rank, self._texts, self._currency = how, of, rank, texts, currency

    def start(self) -> Gathered:
        """Make the answer over no customers."""
        return Gathered()

    def fold(self, events: Slice, partial: Gathered) -> Gathered:
        """Add a slice's customers."""
        who, value = self._values(events)
        partial.customers.append(events.customer[who])
        partial.values.append(value)
        return partial

    def merge(self, left: Gathered, right: Gathered) -> Gathered:
        """Join values of other customers."""
        left.customers += right.customers
        left.values += right.values
        return left

    def finish(self, partial: Gathered) -> Computed:
        """Bring customers into order."""
        nothing = [np.empty(0, np.int64)]
        customer = np.concatenate(partial.customers or nothing)
        value = np.concatenate(partial.values or nothing)
        order = np.lexsort((value, customer)) if self._how is How.UNIQUE else np.argsort(customer, kind="stable")
        return Computed(customer[order], value[order], self._texts)

    def _values(self, events: Slice) -> tuple[Int64s, Int64s]:
        if self._how is How.SUM:
            return self._sums(events)
        place = kept(events)
        rank: UInt16s | None = None
        if self._of is not None:
            rank = self._ranks(events)[place]
            place, rank = place[rank != NO_RANK], rank[rank != NO_RANK]
        who = np.searchsorted(events.offset, place, side="right") - 1
        if self._how in (How.COUNT, How.FIRST, How.LAST):
            begins = _begins(who)
            if self._how is How.COUNT:
                return who[begins], np.diff(np.append(begins, len(who)))
            at = begins if self._how is How.FIRST else np.append(begins[1:], len(who))[: len(begins)] - 1
            return who[at], events.at[place[at]] if rank is None else rank[at].astype(np.int64)
        return self._counted(who, np.empty(0, np.uint16) if rank is None else rank)

    def _counted(self, who: Int64s, rank: UInt16s) -> tuple[Int64s, Int64s]:
        pairs, times = np.unique(who * _WIDTH + rank, return_counts=True)
        owner, text = pairs // _WIDTH, pairs % _WIDTH
        if self._how is How.UNIQUE:
            return owner, text
        if self._how is How.MOST_FREQUENT:
            order = np.lexsort((text, -times, owner))
            owner, text = owner[order], text[order]
        begins = _begins(owner)
        if self._how is How.MOST_FREQUENT:
            return owner[begins], text[begins]
        return owner[begins], np.diff(np.append(begins, len(owner)))

    def _ranks(self, events: Slice) -> UInt16s:
        codes = events.event if self._of == "event" else events.dimensions[self._of or ""]
        if self._rank is None:
            raise ValueError("texts need their ranks")
        table = np.full(_WIDTH, NO_RANK, np.uint16)
        table[: len(self._rank)] = self._rank
        table[NO_CODE] = NO_RANK
        found: UInt16s = table[codes]
        return found

    def _sums(self, events: Slice) -> tuple[Int64s, Int64s]:
        nothing = np.empty(0, np.int64)
        if events.amounts is None:
            return nothing, nothing
        amounts = events.amounts()
        place, seen = np.asarray(amounts.place, np.int64), np.append(kept(events), -1)
        chosen = (seen[np.searchsorted(seen[:-1], place)] == place) & (amounts.currency == self._currency)
        who = np.searchsorted(events.offset, place[chosen], side="right") - 1
        if not len(who):
            return nothing, nothing
        begins = _begins(who)
        return who[begins], np.add.reduceat(np.asarray(amounts.amount, np.int64)[chosen], begins)


@dataclass(frozen=True, slots=True)
class Spans:
    """Of each customer with an event, ascending: how many events, the first and the last instant in microseconds."""

    customer: Int64s
    events: Int64s
    first: Int64s
    last: Int64s


class SpansFold:
    """Asks how many events each customer has, since when and until when."""

    def start(self) -> list[Spans]:
        """Make the answer over no customers."""
        return []

    def fold(self, events: Slice, partial: list[Spans]) -> list[Spans]:
        """Add a slice's customers."""
        place = kept(events)
        who = np.searchsorted(events.offset, place, side="right") - 1
        begins = _begins(who)
        ends = np.append(begins[1:], len(who))[: len(begins)]
        at = events.at[place]
        partial.append(Spans(events.customer[who[begins]], ends - begins, at[begins], at[ends - 1]))
        return partial

    def merge(self, left: list[Spans], right: list[Spans]) -> list[Spans]:
        """Join other customers."""
        return left + right

    def finish(self, partial: list[Spans]) -> Spans:
        """Bring customers into order."""
        nothing = np.empty(0, np.int64)
        parts = partial or [Spans(nothing, nothing, nothing, nothing)]
        customer = np.concatenate([each.customer for each in parts])
        order = np.argsort(customer, kind="stable")
        return Spans(
            customer[order],
            np.concatenate([each.events for each in parts])[order],
            np.concatenate([each.first for each in parts])[order],
            np.concatenate([each.last for each in parts])[order],
        )


def kept(events: Slice) -> Int64s:
    """Give the positions of the events of a slice's customers that the masks keep, ascending."""
    low, high = int(events.offset[0]), int(events.offset[-1])
    mask = np.ones(high - low, np.bool_) if events.keep is None else events.keep[low:high] != 0
    if events.customer_keep is not None:
        mask &= np.repeat(events.customer_keep != 0, np.diff(events.offset))
    return low + np.flatnonzero(mask)


def _begins(who: Int64s) -> Int64s:
    """Give where each customer begins in a list of customers that stand together."""
    return np.flatnonzero(np.diff(who, prepend=-1))
