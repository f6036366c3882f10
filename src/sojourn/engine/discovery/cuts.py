"""Where a log falls apart: the four cuts of the inductive miner, and how the log is split by each.

Leemans, Fahland and van der Aalst (2013), "Discovering block-structured process models from event logs: a constructive
approach", sections 4 and 5. A log maps each way through (activities as numbers) to how many took it. Whatever cut
is taken, each way of the log can be put together again from the parts: the tree that is mined replays all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

Way = tuple[int, ...]
Log = dict[Way, int]
Groups = list[set[int]]


@dataclass(slots=True)
class Follows:
    """Which activity directly follows which in a log, and with which ways begin and end."""

    activities: set[int] = field(default_factory=set)
    after: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    before: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    starts: set[int] = field(default_factory=set)
    ends: set[int] = field(default_factory=set)


def follows(log: Iterable[Way]) -> Follows:
    """Read the directly-follows relation of a log."""
    found = Follows()
    for way in log:
        if not way:
            continue
        found.activities.update(way)
        found.starts.add(way[0])
        found.ends.add(way[-1])
        for source, target in set(pairwise(way)):
            found.after[source].add(target)
            found.before[target].add(source)
    return found


def choice(relation: Follows) -> Groups | None:
    """Cut into parts of which each way takes one: the connected parts of the graph."""
    groups = _connected(relation.activities, lambda each: relation.after[each] | relation.before[each])
    return groups if len(groups) > 1 else None


def sequence(relation: Follows) -> Groups | None:
    """Cut into parts that each way goes through in order; who reach each other, or neither, are together."""
    reached = {each: _reachable(each, relation.after) for each in relation.activities}
    groups = _joined(
        relation.activities,
        lambda one, other: (other in reached[one]) == (one in reached[other]),
    )
    if len(groups) < 2:
        return None
    # of two groups one reaches the other, never both ways: how many a group reaches puts all of them in order
    return sorted(groups, key=lambda group: -len(set().union(*(reached[each] for each in group)) - group))


def parallel(relation: Follows) -> Groups | None:
    """Cut into parts whose activities follow each other both ways; each has a start and an end."""
    groups = _joined(
        relation.activities,
        lambda one, other: not (other in relation.after[one] and one in relation.after[other]),
    )
    whole = [group for group in groups if group & relation.starts and group & relation.ends]
    if not whole:
        return None
    for group in groups:
        if group not in whole:
            whole[0] |= group
    return whole if len(whole) > 1 else None


def loop(relation: Follows) -> Groups | None:
    """Cut into a part that is done first and last, and parts from which it is done again."""
    body = relation.starts | relation.ends
    rest = relation.activities - body
    groups = _connected(rest, lambda each: (relation.after[each] | relation.before[each]) & rest)
    again: Groups = []
    for group in groups:
        if _is_way_back(group, relation):
            again.append(group)
        else:
            body = body | group
    return [body, *again] if again else None


def _is_way_back(group: set[int], relation: Follows) -> bool:
    """Say whether a part is entered from all ends, left to all starts, and touched by nothing else."""
    for each in group:
        if relation.before[each] - group - relation.ends or relation.after[each] - group - relation.starts:
            return False
        outside_before, outside_after = relation.before[each] - group, relation.after[each] - group
        if outside_before and outside_before != relation.ends:
            return False
        if outside_after and outside_after != relation.starts:
            return False
    return True


def split_choice(log: Log, groups: Groups) -> list[Log]:
    """Give each part the ways that lie in it."""
    parts: list[Log] = [{} for _ in groups]
    place = _places(groups)
    for way, times in log.items():
        parts[place[way[0]]][way] = times
    return parts


def split_projected(log: Log, groups: Groups) -> list[Log]:
    """Give each part what of every way lies in it: for sequences, where parts follow each other, and for parallels."""
    parts: list[Log] = [defaultdict(int) for _ in groups]
    for way, times in log.items():
        for part, group in zip(parts, groups, strict=True):
            part[tuple(each for each in way if each in group)] += times
    return [dict(part) for part in parts]


def split_loop(log: Log, groups: Groups) -> list[Log]:
    """Cut each way where it goes from one part to another."""
    parts: list[Log] = [defaultdict(int) for _ in groups]
    place = _places(groups)
    for way, times in log.items():
        begin = 0
        for here in range(1, len(way) + 1):
            if here == len(way) or place[way[here]] != place[way[begin]]:
                parts[place[way[begin]]][way[begin:here]] += times
                begin = here
    return [dict(part) for part in parts]


def _places(groups: Groups) -> dict[int, int]:
    return {each: place for place, group in enumerate(groups) for each in group}


def _connected(activities: set[int], neighbours: Callable[[int], set[int]]) -> Groups:
    """Give the connected parts of an undirected graph, the one with the smallest activity first."""
    left, groups = set(activities), []
    while left:
        group, open_ends = set(), [min(left)]
        while open_ends:
            each = open_ends.pop()
            if each not in group:
                group.add(each)
                open_ends += neighbours(each) - group
        groups.append(group)
        left -= group
    return groups


def _joined(activities: set[int], belong: Callable[[int, int], bool]) -> Groups:
    """Put activities together that belong together, directly or through others."""
    return _connected(activities, lambda one: {other for other in activities if other != one and belong(one, other)})


def _reachable(start: int, after: dict[int, set[int]]) -> set[int]:
    """Give what can be reached from an activity by one step or more."""
    reached: set[int] = set()
    open_ends = list(after[start])
    while open_ends:
        each = open_ends.pop()
        if each not in reached:
            reached.add(each)
            open_ends += after[each] - reached
    return reached
