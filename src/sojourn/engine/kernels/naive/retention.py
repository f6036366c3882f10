"""The slow, obvious twins of retention and lifecycle."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sojourn.engine.kernels.naive.histories import Event, customers
from sojourn.engine.kernels.words import Slice

Cell = tuple[int, int]  # cohort, column


def starts(
    history: list[Event], start: Iterable[int], edges: Sequence[int], cohorts: Sequence[int], *, recurring: bool
) -> dict[int, tuple[int, int]]:
    """Give for each of a customer's cohorts the place of the start in the history and its period."""
    found: dict[int, tuple[int, int]] = {}
    for place, (at, code) in enumerate(history):
        if code not in set(start):
            continue
        period = bisect_right(edges, at) - 1
        if 0 <= period < len(cohorts):
            found.setdefault(cohorts[period], (place, period))
        if not recurring:
            break
    return found


def distances(
    history: list[Event], returns: Iterable[int], edges: Sequence[int], place: int, period: int, passed: int
) -> set[int]:
    """Give the distances in periods of the returns after a start, in periods that have passed."""
    later = [bisect_right(edges, at) - 1 for at, code in history[place + 1 :] if code in set(returns)]
    return {other - period for other in later if other < passed}


def retention(
    slices: Iterable[Slice],
    *,
    start: Iterable[int],
    returns: Iterable[int],
    edges: Sequence[int],
    brackets: Sequence[tuple[int, int]],
    as_of_us: int,
    cohorts: Sequence[int],
    recurring: bool,
    or_after: bool,
) -> tuple[Counter[int], dict[Cell, int], list[list[tuple[int, int]]]]:
    """Give cohort sizes, returned customers by closed cell, and for each column its customers' (n, k)."""
    passed = sum(edge <= as_of_us for edge in edges[1:])
    closed = {
        (cohort, column)
        for cohort in set(cohorts)
        for column, (_, high) in enumerate(brackets)
        if max(p for p, each in enumerate(cohorts) if each == cohort) + high < passed
    }
    size: Counter[int] = Counter()
    returned = dict.fromkeys(closed, 0)
    pooled: list[list[tuple[int, int]]] = [[] for _ in brackets]
    for each in slices:
        for history in customers(each):
            begun = starts(history, start, edges, cohorts, recurring=recurring)
            size.update(begun.keys())
            mine = [[0, 0] for _ in brackets]
            for cohort, (place, period) in begun.items():
                found = distances(history, returns, edges, place, period, passed)
                for column, (low, high) in enumerate(brackets):
                    if (cohort, column) not in closed:
                        continue
                    came = any(low <= each and (or_after or each <= high) for each in found)
                    returned[cohort, column] += came
                    mine[column][0] += 1
                    mine[column][1] += came
            for column, (n, k) in enumerate(mine):
                if n:
                    pooled[column].append((n, k))
    return size, returned, pooled


def lifecycle(
    slices: Iterable[Slice], *, active: Iterable[int], edges: Sequence[int]
) -> Iterator[tuple[int, int, int, int]]:
    """Give for each period but the first: new, retained, resurrected and dormant customers."""
    everyone = [
        [bisect_right(edges, at) - 1 for at, code in history if code in set(active)]
        for each in slices
        for history in customers(each)
    ]
    for period in range(1, len(edges) - 1):
        here = [mine for mine in everyone if period in mine]
        yield (
            sum(min(mine) == period for mine in here),
            sum(period - 1 in mine for mine in here),
            sum(min(mine) < period and period - 1 not in mine for mine in here),
            sum(period - 1 in mine and period not in mine for mine in everyone),
        )
