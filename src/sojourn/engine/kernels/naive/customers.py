"""The slow, obvious twins of what chooses customers and tells of them; used by tests only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from sojourn.engine.kernels.naive import patterns as naive_patterns
from sojourn.engine.kernels.naive.patterns import Happened
from sojourn.engine.kernels.patterns.words import Node
from sojourn.engine.kernels.words import Slice

Told = tuple[int, int, int, int]  # customer, events, first and last instant


def customers(
    slices: Iterable[Slice], is_chosen: Callable[[Slice, int], bool], limit: int, after: int | None
) -> tuple[int, int, list[Told]]:
    """Give how many customers are chosen, how many of them come after a number, and the first of these."""
    found = [
        told
        for events in slices
        for place in range(events.customers)
        if is_chosen(events, place)
        for told in _told(events, place)
    ]
    ahead = sorted(each for each in found if after is None or each[0] > after)
    return len(found), len(ahead), ahead[:limit]


def around(
    root: Node, histories: Iterable[Sequence[Happened]], marks: Sequence[int]
) -> tuple[Counter[str | None], Counter[str | None], list[int], list[int]]:
    """Give customers by the event before and after their first match, and by span: with an event, with a match."""
    before, after = Counter[str | None](), Counter[str | None]()
    active, matched = [0] * (len(marks) + 1), [0] * (len(marks) + 1)

    def span(at: int) -> int:
        return sum(mark <= at for mark in marks)

    for history in histories:
        for each in {span(event.at) for event in history}:
            active[each] += 1
        spans = naive_patterns.spans(root, list(history))
        for each in {span(history[last].at) for _, last in spans}:
            matched[each] += 1
        if spans:
            first, last = spans[0]
            before[history[first - 1].name if first else None] += 1
            after[history[last + 1].name if last + 1 < len(history) else None] += 1
    return before, after, active, matched


def _told(events: Slice, place: int) -> Iterator[Told]:
    at = [
        int(events.at[i])
        for i in range(int(events.offset[place]), int(events.offset[place + 1]))
        if events.keep is None or events.keep[i]
    ]
    yield int(events.customer[place]), len(at), at[0], at[-1]
