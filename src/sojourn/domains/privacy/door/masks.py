"""Masks: which events and customers of a part one question may look at, in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Bytes, Flags, Int64s, Slice, UInt16s

CODES = 65_536
ALL: Bytes = np.zeros(0, np.uint8)
FIRST = int(np.iinfo(np.int64).min)
LAST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a mask lets through, and the customers whom their consent keeps out."""

    customers: int = 0
    events: int = 0
    left_out: int = 0
    first_at: int = LAST
    last_at: int = FIRST

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            customers=self.customers + other.customers,
            events=self.events + other.events,
            left_out=self.left_out + other.left_out,
            first_at=min(self.first_at, other.first_at),
            last_at=max(self.last_at, other.last_at),
        )


@dataclass(frozen=True)
class Masked:
    """Masks over events and customers, None where every event is let through, and what they come to.

    `left_out` marks the customers whom their consent keeps out, a byte each; empty where it is none.
    """

    keep: Bytes | None
    customer_keep: Bytes | None
    left_out: Bytes
    counted: Counted


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as arrays. Empty arrays mean all.

    `names` and `having` are tables over event codes (0 or 1), `shown` a byte an event (filter and scope), `live` and
    `now` a byte a customer: stands in this part; allows the purpose now. `collected` is a byte an event: allowed the
    purpose at collection.
    """

    since: int
    until: int
    names: Bytes
    having: Bytes
    shown: Bytes
    live: Bytes
    now: Bytes
    collected: Bytes


def masked(offset: Int64s, at: Int64s, event: UInt16s, asked: Asked, *, whole: bool) -> Masked:
    """Give the masks of a question over the events and customers of a part.

    A customer whose events in question are partly hidden is left out when the question is about `whole` journeys;
    else only the hidden events are. Customers with no event in question are masked but not counted.
    """
    keep = np.zeros(len(at), np.uint8)
    customer_keep, out = np.zeros(len(offset) - 1, np.uint8), np.zeros(len(offset) - 1, np.uint8)
    tables = (asked.names, asked.having, asked.shown, asked.live, asked.now, asked.collected)
    counts = _pass(
        frozen(offset),
        frozen(at),
        frozen(event),
        asked.since,
        asked.until,
        *(frozen(table) for table in tables),
        whole,
        keep,
        customer_keep,
        out,
    )
    customers, events, left_out, first, last = (int(each) for each in counts)
    counted = Counted(customers=customers, events=events, left_out=left_out, first_at=first, last_at=last)
    if events == len(at):
        return Masked(None, None, ALL, counted)
    return Masked(keep, customer_keep, out if left_out else ALL, counted)


@compiled
def _pass(
    offset: Int64s,
    at: Int64s,
    event: UInt16s,
    since: int,
    until: int,
    names: Bytes,
    having: Bytes,
    shown: Bytes,
    live: Bytes,
    now: Bytes,
    collected: Bytes,
    whole: bool,
    keep: Bytes,
    customer_keep: Bytes,
    out: Bytes,
) -> tuple[int, int, int, int, int]:
    customers, events, left_out = 0, 0, 0
    earliest, latest = LAST, FIRST
    for customer in range(len(offset) - 1):
        if len(live) and not live[customer]:
            continue
        may = not len(now) or now[customer] != 0
        asked, hidden, has = 0, 0, len(having) == 0
        first, last = LAST, FIRST
        for index in range(offset[customer], offset[customer + 1]):
            when = at[index]
            if when < since or when >= until or (len(shown) and not shown[index]):
                continue
            seen = not len(collected) or collected[index] != 0
            if not has and having[event[index]] and (seen or not may):
                has = True
            if len(names) and not names[event[index]]:
                continue
            asked += 1
            if not seen:
                hidden += 1
                continue
            keep[index] = 1
            if first == LAST:
                first = when
            last = when
        if asked == 0 or not has:
            continue
        if not may or hidden == asked or (whole and hidden > 0):
            left_out += 1
            out[customer] = 1
            continue
        customer_keep[customer] = 1
        customers += 1
        events += asked - hidden
        earliest, latest = min(earliest, first), max(latest, last)
    return customers, events, left_out, earliest, latest


def kept_events(events: Slice, chosen: Flags) -> int:
    """Count the events of some of a slice's customers that its mask lets through."""
    if events.keep is None:
        return int(np.diff(events.offset)[chosen].sum())
    return int(_kept_events(frozen(events.offset), frozen(events.keep), frozen(chosen)))


@compiled
def _kept_events(offset: Int64s, keep: Bytes, chosen: Flags) -> int:
    count = 0
    for customer in range(len(offset) - 1):
        if chosen[customer]:
            for index in range(offset[customer], offset[customer + 1]):
                count += keep[index]
    return count


def counted_codes(events: Slice, codes: UInt16s) -> tuple[Int64s, Int64s]:
    """Count the events and the customers of each of the 65,536 codes in a slice that has both masks."""
    counts, customers = np.zeros(CODES, np.int64), np.zeros(CODES, np.int64)
    keep = ALL if events.keep is None else events.keep
    customer_keep = ALL if events.customer_keep is None else events.customer_keep
    _count(frozen(events.offset), frozen(codes), frozen(keep), frozen(customer_keep), counts, customers)
    return counts, customers


@compiled
def _count(
    offset: Int64s,
    codes: UInt16s,
    keep: Bytes,
    customer_keep: Bytes,
    events: Int64s,
    customers: npt.NDArray[np.int64],
) -> None:
    last = np.full(65_536, -1, np.int64)
    for customer in range(len(offset) - 1):
        if len(customer_keep) and not customer_keep[customer]:
            continue
        for index in range(offset[customer], offset[customer + 1]):
            if not len(keep) or keep[index]:
                code = codes[index]
                events[code] += 1
                if last[code] != customer:
                    last[code] = customer
                    customers[code] += 1
