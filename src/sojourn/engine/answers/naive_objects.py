"""The slow, obvious twin of `objects`; used by tests only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from sojourn.engine.answers.objects import Happened

Edge = tuple[str, str, str]  # type of objects, source, target


def edges(events: Sequence[Happened]) -> dict[Edge, tuple[int, int, int, float]]:
    """Give each edge's objects, times, pairs of events and median seconds, object by object."""
    found: dict[Edge, list[tuple[str, int, int]]] = {}
    for kind, name in sorted({each for event in events for each in event.objects}):
        mine = [number for number, event in enumerate(events) if (kind, name) in event.objects]
        for before, after in pairwise(sorted(mine, key=lambda number: (events[number].at_us, number))):
            edge = kind, events[before].name, events[after].name
            found.setdefault(edge, []).append((name, before, after))
    return {
        edge: (
            len({name for name, _, _ in steps}),
            len(steps),
            len({(before, after) for _, before, after in steps}),
            median(events[after].at_us - events[before].at_us for _, before, after in steps) / 1_000_000,
        )
        for edge, steps in found.items()
    }
