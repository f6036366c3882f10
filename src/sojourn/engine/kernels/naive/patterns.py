"""The path patterns' slow, obvious twin: what a pattern means, by trying every choice, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns.words import Begin, Choice, Condition, End, Node, Repeat, Step, Within
from sojourn.engine.kernels.words import Slice

Places = frozenset[int]


@dataclass(frozen=True)
class Happened:
    """One event, or (`name` None) the place before the first or after the last."""

    at: int
    name: str | None
    values: dict[str, str]  # without those it does not have


def history(
    events: Slice, place: int, names: tuple[str, ...], dimensions: dict[str, tuple[str, ...]]
) -> list[Happened]:
    """Give a customer's events that the masks let through; none when the customer is masked."""
    if events.customer_keep is not None and not events.customer_keep[place]:
        return []
    return [
        Happened(
            int(events.at[i]),
            names[int(events.event[i])],
            {
                name: texts[int(events.dimensions[name][i])]
                for name, texts in dimensions.items()
                if int(events.dimensions[name][i]) < len(texts)
            },
        )
        for i in range(int(events.offset[place]), int(events.offset[place + 1]))
        if events.keep is None or events.keep[i]
    ]


def matches(
    root: Node, happened: list[Happened], since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT
) -> list[int]:
    """Give what each match took, in order: each ends as early as it can after the one before, and begins as late."""
    seen = [each for each in happened if since_us <= each.at < until_us]
    return [seen[last].at - seen[first].at for first, last in spans(root, seen)]


def spans(root: Node, seen: list[Happened]) -> list[tuple[int, int]]:
    """Give the first and the last event of each match, in order, as places among the events seen."""
    if not seen:
        return []
    line = [Happened(seen[0].at, None, {}), *seen, Happened(seen[-1].at, None, {})]
    found = [(end, start) for start in range(len(line)) for end in ends(root, line, start)]
    told, free_from = [], 0
    while left := [(end, start) for end, start in found if start >= free_from]:
        end = min(end for end, _ in left)
        start = max(start for each, start in left if each == end)
        told.append((max(start - 1, 0), min(end - 2, len(seen) - 1)))
        free_from = end
    return told


def ends(node: Node, line: list[Happened], start: int) -> Places:
    """Give every place at which the node can have ended when it began at `start`."""
    if isinstance(node, Step | Begin | End):
        return frozenset({start + 1}) if start < len(line) and _is(node, line, start) else frozenset()
    if isinstance(node, Choice):
        return frozenset().union(*(ends(way, line, start) for way in node.ways))
    if isinstance(node, Within):
        inner = ends(node.part, line, start)
        return frozenset(end for end in inner if end == start or line[end - 1].at - line[start].at <= node.limit_us)
    if isinstance(node, Repeat):
        return _repeated(node, line, start)
    reached = ends(node.parts[0], line, start)
    for gap, (_, part) in zip(node.gaps, pairwise(node.parts), strict=True):
        if gap is not None:
            reached = frozenset(later for place in reached for later in _skipping(line, place))
        reached = _from(part, line, reached)
    return reached


def _from(node: Node, line: list[Happened], places: Iterable[int]) -> Places:
    return frozenset().union(*(ends(node, line, place) for place in places))


def _skipping(line: list[Happened], place: int) -> list[int]:
    """Give the places that any number of events lead to."""
    reached = [place]
    while place < len(line) and line[place].name is not None:
        place += 1
        reached.append(place)
    return reached


def _repeated(node: Repeat, line: list[Happened], start: int) -> Places:
    reached = frozenset({start})
    for _ in range(node.least):
        reached = _from(node.part, line, reached)
    every = reached
    for _ in range(len(line) if node.most is None else node.most - node.least):
        reached = _from(node.part, line, reached)
        every |= reached
    return every


def _is(node: Step | Begin | End, line: list[Happened], place: int) -> bool:
    each = line[place]
    if isinstance(node, Begin):
        return place == 0
    if isinstance(node, End):
        return place == len(line) - 1
    if each.name is None:
        return False
    named = each.name in {name.text for name in node.names}
    return named is not node.is_not and all(_meets(each, line[place - 1], condition) for condition in node.conditions)


def _meets(each: Happened, before: Happened, condition: Condition) -> bool:
    dimension = condition.dimension.text
    value = each.values.get(dimension, "")
    if condition.values is None:
        other = before.values.get(dimension, "")
        return bool(value and other) and (value == other) is not condition.is_not
    return (value in {text.text for text in condition.values}) is not condition.is_not
