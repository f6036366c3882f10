"""Running a fold over slices on threads, and checking the order that folds rely on."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import TypeVar

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Fold, Int64s, Slice

P = TypeVar("P")
R = TypeVar("R")

SMALLEST_PART = 200_000  # events below which a thread of its own costs more than it saves


class OrderError(ValueError):
    """Events are not in the order (customer, at, event_id): a fold over them would give wrong numbers."""


def run(fold: Fold[P, R], slices: Iterable[Slice], threads: int = 1) -> R:
    """Answer a question over slices, whose customers must be disjoint, on some threads.

    Each thread folds parts into a partial result of its own; they are merged at the end. The answer
    does not depend on the number of threads.
    """
    parts = [part for each in slices for part in split(each, threads)]
    if threads <= 1 or len(parts) <= 1:
        partial = fold.start()
        for part in parts:
            partial = fold.fold(part, partial)
        return fold.finish(partial)
    waiting: SimpleQueue[Slice] = SimpleQueue()
    for part in parts:
        waiting.put(part)

    def work(_: int) -> P:
        partial = fold.start()
        while True:
            try:
                part = waiting.get_nowait()
            except Empty:
                return partial
            partial = fold.fold(part, partial)

    with ThreadPoolExecutor(threads, thread_name_prefix="kernel") as pool:
        partials = list(pool.map(work, range(threads)))
    merged = partials[0]
    for other in partials[1:]:
        merged = fold.merge(merged, other)
    return fold.finish(merged)


def split(events: Slice, parts: int) -> list[Slice]:
    """Cut a slice between customers into parts of about equal numbers of events, fewer when it is small."""
    if not events.customers:
        return []
    first, last = int(events.offset[0]), int(events.offset[-1])
    parts = max(1, min(parts, (last - first) // SMALLEST_PART))
    marks = np.searchsorted(events.offset, np.linspace(first, last, parts + 1)[1:-1].astype(np.int64))
    if events.cluster is not None:  # what hangs together is summed up together
        marks = np.searchsorted(events.cluster, events.cluster[np.minimum(marks, events.customers - 1)])
    cuts = np.unique([0, *marks.tolist(), events.customers]).tolist()
    return [part(events, low, high) for low, high in pairwise(cuts)]


def part(events: Slice, low: int, high: int) -> Slice:
    """Give customers `low` to `high` (exclusive, places in the slice) as a slice, without copying events."""
    chosen = None if events.customer_keep is None else events.customer_keep[low:high]
    return replace(
        events,
        customer=events.customer[low:high],
        offset=events.offset[low : high + 1],
        customer_keep=chosen,
        cluster=None if events.cluster is None else events.cluster[low:high],
    )


def require_order(events: Slice) -> None:
    """Check a slice as a whole before folding; raise OrderError naming the first customer out of order.

    Needed for every input that is not the timeline: an engine that promised sorted partitions has been seen
    to deliver 26 rows of them out of order, and the numbers were wrong without an error.
    """
    customer = events.customer
    if len(customer) != events.customers:
        raise OrderError("offsets and customers differ in length")
    if len(customer) > 1 and not bool(np.all(customer[1:] > customer[:-1])):
        raise OrderError("customers are not in ascending order")
    if events.customers and (events.offset[0] < 0 or events.offset[-1] > len(events.at)):
        raise OrderError("offsets point outside the events")
    place = _first_disorder(frozen(events.offset), frozen(events.at), frozen(events.row))
    if place >= 0:
        raise OrderError(f"the events of customer {customer[place]} are not in order")


@compiled
def _first_disorder(offset: Int64s, at: Int64s, row: Int64s) -> int:
    for customer in range(len(offset) - 1):
        if offset[customer + 1] < offset[customer]:
            return customer
        for i in range(offset[customer] + 1, offset[customer + 1]):
            if at[i] < at[i - 1] or (at[i] == at[i - 1] and row[i] <= row[i - 1]):
                return customer
    return -1
