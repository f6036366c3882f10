"""The array types that everyone may name, and what a fold is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
UInt16s = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[Any]  # codes of events, 8 or 16 bits without sign, as narrow as they fit
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NO_CODE = np.uint16(65_535)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money of the events that carry some: ten-thousandths, and codes of currencies."""

    place: npt.NDArray[np.integer[Any]]  # positions in a slice's arrays over events, ascending
    amount: npt.NDArray[np.integer[Any]]
    currency: UInt16s


@dataclass(frozen=True, slots=True)
class Slice:
    """Events of some customers, each customer's events in order (occurred_at, event_id).

    `offset` has one entry a customer and one more: the events of customer `c` are at positions
    `offset[c]` to `offset[c + 1]` of the other arrays. `keep` (one byte an event, 0 or 1) and `customer_keep` (one
    byte a customer) are the masks under which a fold must look; None means all. `dimensions` hold
    dictionary codes of further columns (channel, unit, ...), each `NO_CODE` where absent. Where a slice holds groups
    of customers in the place of customers, `cluster` numbers, ascending, those whose figures are not independent.
    """

    customer: Int64s  # (customers,) customer numbers, ascending
    offset: Int64s  # (customers + 1,)
    at: Int64s  # (events,) microseconds since the epoch
    event: Codes  # (events,) codes of event names; bytes where all are below 256, else 16 bits
    row: Int64s  # (events,) event_id: leads back to the segment row
    dimensions: Mapping[str, UInt16s] = field(default_factory=dict)
    keep: Bytes | None = None
    customer_keep: Bytes | None = None
    amounts: Callable[[], Amounts] | None = None  # read when asked for; None where no event carries money
    cluster: Int64s | None = None  # (customers,) None where each is independent of the others

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.offset) - 1


P = TypeVar("P")
R_co = TypeVar("R_co", covariant=True)


class Fold(Protocol[P, R_co]):
    """One question, answered slice by slice.

    Nothing in a fold may assume that it sees all customers or runs in one process: the same fold runs on
    threads over parts of the timeline and on Spark partitions. ``merge`` is associative and commutative.
    """

    def start(self) -> P:
        """Make the partial result of no customers."""
        ...

    def fold(self, events: Slice, partial: P) -> P:
        """Add a slice's customers to a partial result (which may be changed in place) and return it."""
        ...

    def merge(self, left: P, right: P) -> P:
        """Join two partial results over disjoint customers."""
        ...

    def finish(self, partial: P) -> R_co:
        """Turn the partial result into the answer."""
        ...


AnyFold = Fold[Any, Any]
