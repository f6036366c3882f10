"""Groups of customers in the place of customers: each group's events are its members' in order.

Households, accounts and companies are told so: the kernels run over what is gathered here, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import frozen, masks
from sojourn.engine.kernels.gathering import counted, scattered
from sojourn.engine.kernels.words import NO_CODE, Int64s, Slice, UInt16s
from sojourn.engine.timeline import sorting
from sojourn.engine.timeline.threads import spread

Int32s = npt.NDArray[np.int32]
SHARE = 64  # stretches of groups that are sorted on threads


def gathered(slices: Sequence[Slice], *, customer: Int64s, group: Int64s, cluster: Int64s, threads: int = 1) -> Slice:
    """Give groups of customers as a slice: one entry a membership, each (customer, group) once, groups above 0.

    `cluster` is the same for the memberships of all groups that hang together. Customers and events that the slices'
    masks hide are not gathered, nor is money. A customer in several groups is in each of them; `customer` of the slice
    holds the groups' numbers, negative so that none is taken for a customer's, in the order of (cluster, group). Each
    customer must be in one slice only. O(n) in the events gathered, but for groups of very many.
    """
    order = np.lexsort((group, cluster))
    customer, group, cluster = customer[order], group[order], cluster[order]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]][: len(group)])
    place = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(group))))
    offset = np.zeros(len(first) + 1, np.int64)
    where = [_places(each, customer) for each in slices]
    for each, at in zip(slices, where, strict=True):
        counted(frozen(each.offset), masks(each)[0], at, place, offset)
    np.cumsum(offset, out=offset)
    at, row = np.empty(offset[-1], np.int64), np.empty(offset[-1], np.int64)
    source = np.empty(offset[-1], np.int32)
    free, before = offset[:-1].copy(), 0
    for each, found in zip(slices, where, strict=True):
        read = (frozen(each.offset), frozen(each.at), frozen(each.row), masks(each)[0])
        scattered(*read, found, place, before, free, at, row, source)
        before += len(each.at)
    _sort(offset, at, row, source, threads)
    made = Gathered(slices, source)
    event = made.column([each.event for each in slices])
    return Slice(
        customer=-group[first], offset=offset, at=at, event=event, row=row, dimensions=made, cluster=cluster[first]
    )


class Gathered(Mapping[str, UInt16s]):
    """The dimensions of gathered events, brought into their order when they are asked for."""

    def __init__(self, slices: Sequence[Slice], source: Int32s) -> None:
        self._slices, self._source = slices, source
        self._ends = np.cumsum([len(each.at) for each in slices])

    def column(self, columns: Sequence[UInt16s]) -> UInt16s:
        """Bring a column of codes, slice by slice, into the order of the events gathered."""
        found, begin = np.full(len(self._source), NO_CODE, np.uint16), 0
        for end, codes in zip(self._ends.tolist(), columns, strict=True):
            here = np.flatnonzero((self._source >= begin) & (self._source < end))
            found[here] = codes[self._source[here] - begin]
            begin = end
        return found

    def __getitem__(self, name: str) -> UInt16s:
        return self.column([each.dimensions[name] for each in self._slices])

    def __iter__(self) -> Iterator[str]:
        return iter(self._slices[0].dimensions if self._slices else ())

    def __len__(self) -> int:
        return len(self._slices[0].dimensions) if self._slices else 0


def _places(events: Slice, customer: Int64s) -> Int64s:
    """Give where customers stand in a slice; -1 for those who are not there, or hidden."""
    if not events.customers:
        return np.full(len(customer), -1, np.int64)
    at = np.minimum(np.searchsorted(events.customer, customer), events.customers - 1)
    there = events.customer[at] == customer
    if events.customer_keep is not None:
        there &= events.customer_keep[at] != 0
    return np.where(there, at, -1)


def _sort(offset: Int64s, at: Int64s, row: Int64s, source: Int32s, threads: int) -> None:
    groups = len(offset) - 1
    cuts = np.unique(np.linspace(0, groups, SHARE + 1).astype(np.int64))
    pairs = list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))
    spread(lambda pair: sorting.ordered(offset, *pair, at, row, source), pairs, threads)
