"""The slow, obvious twins of the folds over two sides and over success; used by tests only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import log2

from sojourn.engine.kernels.naive import funnels as naive_funnels
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive.histories import Event
from sojourn.engine.kernels.sides.graph import PACE
from sojourn.engine.kernels.sides.words import A, B, side
from sojourn.engine.kernels.words import NO_CODE, Slice, UInt16s

Pair = tuple[float, float]  # a customer's n and k on one side
Rows = dict[object, list[tuple[Pair, Pair]]]  # by subject: each customer's (n, k) on both sides


def histories(events: Slice, bit: int) -> list[list[Event]]:
    """Give every customer's events on one side; customers who are not on it have none."""
    one = side(events, bit)
    assert one.customer_keep is not None
    kept = iter(naive.customers(one))
    return [next(kept) if there else [] for there in one.customer_keep.tolist()]


def sums(pairs: Sequence[tuple[Pair, Pair]]) -> list[float]:
    """Sum customers' pairs up as a row of `sides.COLUMNS`."""
    row: list[float] = []
    for which in range(2):
        own = [pair[which] for pair in pairs]
        row += [
            sum(n for n, _ in own),
            sum(k for _, k in own),
            sum(k * k for _, k in own),
            sum(n * k for n, k in own),
            sum(n * n for n, _ in own),
            sum(1 for n, _ in own if n),
        ]
    row += [sum(a[i] * b[j] for a, b in pairs) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    return row


def graph(events: Slice, lens: UInt16s) -> tuple[Rows, Rows, Rows]:
    """Give steps, edges and paces of two sides, by code and pair of codes."""
    steps: Rows = defaultdict(list)
    edges: Rows = defaultdict(list)
    paces: Rows = defaultdict(list)
    codes = sorted({int(code) for code in lens} - {int(NO_CODE)})
    for mine in zip(histories(events, A), histories(events, B), strict=True):
        seen = [[(at, int(lens[code])) for at, code in history if lens[code] != NO_CODE] for history in mine]
        had = [{code for _, code in history} for history in seen]
        logs: list[dict[tuple[int, int], list[int]]] = [defaultdict(list), defaultdict(list)]
        for which in range(2):
            for (at, code), (then, after) in pairwise(seen[which]):
                logs[which][code, after].append(int(log2(max(then - at, 1)) * PACE + 0.5))
        for code in codes:
            steps[code].append(_pairs([bool(each) for each in seen], [code in each for each in had]))
            for after in codes:
                edge = (code, after)
                edges[edge].append(_pairs([code in each for each in had], [edge in each for each in logs]))
                means = [sum(each[edge]) // len(each[edge]) if edge in each else 0 for each in logs]
                paces[edge].append(_pairs([edge in each for each in logs], means))
    return steps, edges, paces


def traits(events: Slice, dimension: str) -> Rows:
    """Give the values of a dimension on two sides, by code."""
    found: Rows = defaultdict(list)
    keep, chosen = events.keep, events.customer_keep
    assert keep is not None and chosen is not None
    codes = sorted({int(code) for code in events.dimensions[dimension]} - {int(NO_CODE)})
    for place in range(events.customers):
        span = range(int(events.offset[place]), int(events.offset[place + 1]))
        seen = [[int(events.dimensions[dimension][i]) for i in span if keep[i] & chosen[place] & bit] for bit in (A, B)]
        for code in codes:
            found[code].append(_pairs([bool(each) for each in seen], [code in each for each in seen]))
    return found


def funnel(
    events: Slice, steps: Sequence[Iterable[int]], window_us: int, spans: tuple[tuple[int, int], tuple[int, int]],
    closed_us: int,
) -> tuple[list[list[int]], list[int]]:  # fmt: skip
    """Count customers by the steps reached on both sides, and those whose window is still open."""
    sets = [frozenset(codes) for codes in steps]
    reached = [[0] * (len(sets) + 1) for _ in range(len(sets) + 1)]
    opened = [0, 0]
    for mine in zip(histories(events, A), histories(events, B), strict=True):
        depth = [0, 0]
        for which, (since, until) in enumerate(spans):
            depth[which] = len(naive.chain(mine[which], sets, window_us, since, min(until, closed_us)))
            late = any(max(since, closed_us) <= at < until and code in sets[0] for at, code in mine[which])
            opened[which] += late and not depth[which]
        if any(depth):
            reached[depth[0]][depth[1]] += 1
    return reached, opened


def chains(
    events: Slice, asked: naive_funnels.Asked, spans: tuple[tuple[int, int], tuple[int, int]], closed_us: int
) -> tuple[list[list[int]], list[int]]:
    """Count customers by the steps of any kind of funnel reached on both sides, and those whose window is open."""
    reached = [[0] * (len(asked.steps) + 1) for _ in range(len(asked.steps) + 1)]
    opened = [0, 0]
    for mine in zip(histories(events, A), histories(events, B), strict=True):
        depth = [0, 0]
        for which, (since, until) in enumerate(spans):
            seen = [(at, code, place) for place, (at, code) in enumerate(mine[which])]
            for first, last, is_open in ((since, min(until, closed_us), False), (max(since, closed_us), until, True)):
                found = naive_funnels.by_customer(replace(asked, since_us=first, until_us=last), seen)
                if is_open:
                    opened[which] += bool(found) and not depth[which]
                else:
                    depth[which] = len(found[0]) if found else 0
        if any(depth):
            reached[depth[0]][depth[1]] += 1
    return reached, opened


def variants(events: Slice, lens: UInt16s) -> Rows:
    """Give the pairs of customers for each way through."""
    sides = [
        [tuple(int(lens[code]) for _, code in history if lens[code] != NO_CODE) for history in histories(events, bit)]
        for bit in (A, B)
    ]
    pairs = list(zip(*sides, strict=True))
    return {
        variant: [((int(bool(a)), int(a == variant)), (int(bool(b)), int(b == variant))) for a, b in pairs]
        for variant in {each for pair in pairs for each in pair if each}
    }


def endings(
    events: Slice, start: int, goals: Iterable[int], outcomes: Sequence[Iterable[int]], window_us: int, as_of_us: int,
    spans: tuple[tuple[int, int], tuple[int, int]],
) -> tuple[list[list[tuple[Pair, Pair]]], list[int]]:  # fmt: skip
    """Give each customer's closed journeys by ending on both sides, and the open journeys of each side."""
    columns = [0, *range(2, 2 + len(outcomes))]
    rows: list[list[tuple[Pair, Pair]]] = [[] for _ in range(2 + len(outcomes))]
    opened = [0, 0]
    sides = []
    for bit, span in zip((A, B), spans, strict=True):
        one = side(events, bit)
        assert one.customer_keep is not None
        found = iter(naive.journeys([one], start, [goals, *outcomes], window_us, *span))
        sides.append([next(found) if there else [] for there in one.customer_keep.tolist()])
    for mine in zip(*sides, strict=True):
        closed = [[each for each in journeys if each[0] + window_us < as_of_us] for journeys in mine]
        for which in range(2):
            opened[which] += len(mine[which]) - len(closed[which])
        ends = [[1 if ending is None else columns[ending] for _, ending, _ in journeys] for journeys in closed]
        for column, row in enumerate(rows):
            row.append(_pairs([len(each) for each in ends], [each.count(column) for each in ends]))
    return rows, opened


def success(
    history: list[Event], start: int, goals: Iterable[int], others: Iterable[int], window_us: int, as_of_us: int,
    since_us: int, until_us: int, landmark_us: int | None,
) -> tuple[bool, set[int]] | str | None:  # fmt: skip
    """Say whether a customer's first closed journey succeeded and which events were on its way; or that it was over."""
    goals, ends = set(goals), set(goals) | set(others)
    place = 0
    while place < len(history):
        at, code = history[place]
        if code != start:
            place += 1
            continue
        way: set[int] = set()
        last, won, when = place + 1, False, at + window_us + 1
        while last < len(history) and history[last][0] - at <= window_us:
            then, other = history[last]
            last += 1
            if other in ends:
                won, when = other in goals, then
                break
            if other != start and (landmark_us is None or then - at <= landmark_us):
                way.add(other)
        if since_us <= at < until_us and at + window_us < as_of_us:
            over = landmark_us is not None and when - at <= min(landmark_us, window_us)
            return "over" if over else (won, way)
        place = last
    return None


def _pairs(n: Sequence[int], k: Sequence[int]) -> tuple[Pair, Pair]:
    return (int(n[0]), int(k[0])), (int(n[1]), int(k[1]))
