"""The slow, obvious twin of `paths`."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.naive.histories import Event

END, OTHERS = "end", "others"
Node = tuple[int | str, ...]  # the way from the root, which is (): codes, perhaps `END` or `OTHERS` at last


def walks(
    history: list[Event],
    root: int,
    *,
    forward: bool,
    depth: int,
    every: bool,
    collapse: bool,
    window_us: int = LAST_INSTANT,
    gap_us: int = LAST_INSTANT,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
) -> list[list[tuple[Node, int]]]:
    """Give one customer's walks: each node that a walk comes to with the time from the root."""
    if collapse:
        history = [event for place, event in enumerate(history) if not place or event[1] != history[place - 1][1]]
    roots = [place for place, (at, code) in enumerate(history) if code == root and since_us <= at < until_us]
    found = []
    for place in roots if every else roots[:1]:
        ahead = history[place + 1 :] if forward else history[:place][::-1]
        begun = before = history[place][0]
        walk: list[tuple[Node, int]] = [((), 0)]
        for at, code in ahead[:depth]:
            if abs(at - begun) > window_us or abs(at - before) > gap_us:
                break
            walk.append(((*walk[-1][0], code), abs(at - begun)))
            before = at
        if len(walk) <= depth:
            walk.append(((*walk[-1][0], END), abs(before - begun)))
        found.append(walk)
    return found


def tree(
    walked: list[list[list[tuple[Node, int]]]], breadth: int, fewest: int
) -> list[tuple[Node, int, int, int, float]]:
    """Give the nodes shown in order of reading: node, steps gathered, times, customers, median time.

    `walked` are the walks of each customer.
    """
    times: dict[Node, list[int]] = defaultdict(list)
    customers: dict[Node, set[int]] = defaultdict(set)
    for who, mine in enumerate(walked):
        for walk in mine:
            for node, time in walk:
                times[node].append(time)
                customers[node].add(who)
    rows: list[tuple[Node, int, int, int, float]] = []

    def show(node: Node, gathered: int, behind: list[Node]) -> None:
        all_times = [time for each in behind for time in times[each]]
        everyone = set().union(*(customers[each] for each in behind))
        middle = float(median(all_times)) if all_times else float("nan")
        rows.append((node, gathered, len(all_times), len(everyone), middle))

    def descend(node: Node) -> None:
        show(node, 0, [node])
        children = [each for each in times if each and each[:-1] == node]
        steps = [each for each in children if each[-1] != END]
        steps.sort(key=lambda each: (-len(customers[each]), -len(times[each]), each[-1]))
        chosen = [each for each in steps[:breadth] if len(customers[each]) >= fewest]
        for each in chosen:
            descend(each)
        if rest := [each for each in steps if each not in chosen]:
            show((*node, OTHERS), len(rest), rest)
        if (*node, END) in children:
            show((*node, END), 0, [(*node, END)])

    descend(())
    return rows
