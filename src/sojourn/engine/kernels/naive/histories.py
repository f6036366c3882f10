"""The kernels' slow, obvious twins: what each answer means, in plain Python over lists.

They read like the definitions and are used by tests only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from statistics import median

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.words import NO_CODE, Slice, UInt16s

Event = tuple[int, int]  # instant, code


def customers(events: Slice) -> Iterator[list[Event]]:
    """Give each kept customer's kept events in order."""
    for place in range(events.customers):
        if events.customer_keep is not None and not events.customer_keep[place]:
            continue
        yield [
            (int(events.at[i]), int(events.event[i]))
            for i in range(int(events.offset[place]), int(events.offset[place + 1]))
            if events.keep is None or events.keep[i]
        ]


def seen(
    slices: Iterable[Slice], lens: UInt16s, since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT
) -> list[list[Event]]:
    """Give the non-empty histories as seen through a lens in a period."""
    histories = [
        [(at, int(lens[code])) for at, code in history if lens[code] != NO_CODE and since_us <= at < until_us]
        for each in slices
        for history in customers(each)
    ]
    return [history for history in histories if history]


def percentile(values: Sequence[int], q: float) -> float:
    """Interpolate between the two neighbours of rank ``q * (n - 1)``."""
    ordered = sorted(values)
    rank = q * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])


def graph(histories: list[list[Event]]) -> dict[tuple[int, int], tuple[int, int, float, float, float]]:
    """Give each edge's times, customers, and mean, median and 90th percentile gap."""
    gaps: dict[tuple[int, int], list[int]] = defaultdict(list)
    takers: dict[tuple[int, int], set[int]] = defaultdict(set)
    for who, history in enumerate(histories):
        for (at, code), (then, after) in pairwise(history):
            gaps[code, after].append(then - at)
            takers[code, after].add(who)
    return {
        edge: (len(all_), len(takers[edge]), sum(all_) / len(all_), median(all_), percentile(all_, 0.9))
        for edge, all_ in gaps.items()
    }


def nodes(histories: list[list[Event]]) -> dict[int, tuple[int, int, int, int, int]]:
    """Give each step's times, visitors, repeaters, starts and ends."""
    counts = [Counter(code for _, code in history) for history in histories]
    steps = sorted({code for each in counts for code in each})
    return {
        step: (
            sum(each[step] for each in counts),
            sum(each[step] > 0 for each in counts),
            sum(each[step] > 1 for each in counts),
            sum(history[0][1] == step for history in histories),
            sum(history[-1][1] == step for history in histories),
        )
        for step in steps
    }


def variants(histories: list[list[Event]], longest: int) -> list[tuple[tuple[int, ...], int, float]]:
    """Give all variants, most customers first, ties by sequence, with the median duration."""
    durations: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for history in histories:
        cut = history[:longest]
        durations[tuple(code for _, code in cut)].append(cut[-1][0] - cut[0][0])
    ordered = sorted(durations, key=lambda events: (-len(durations[events]), events))
    return [(events, len(durations[events]), float(median(durations[events]))) for events in ordered]


def chain(
    history: list[Event], steps: Sequence[Iterable[int]], window_us: int, since_us: int, until_us: int
) -> tuple[int, ...]:
    """Give the instants of the customer's chain, trying every choice of events: see `funnel` for which one."""
    sets = [frozenset(codes) for codes in steps]
    for length in range(min(len(sets), len(history)), 0, -1):
        valid = [
            picks
            for picks in combinations(range(len(history)), length)
            if all(history[i][1] in sets[k] for k, i in enumerate(picks))
            and since_us <= history[picks[0]][0] < until_us
            and history[picks[-1]][0] - history[picks[0]][0] <= window_us
        ]
        if valid:
            first_end = min(picks[-1] for picks in valid)
            best = max((picks for picks in valid if picks[-1] == first_end), key=lambda picks: picks[::-1])
            return tuple(history[i][0] for i in best)
    return ()


def funnel(
    slices: Iterable[Slice],
    steps: Sequence[Iterable[int]],
    window_us: int,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
) -> tuple[list[int], list[list[int]], list[int]]:
    """Give customers who reached each step, the gaps before each step, and the times from first to last."""
    chains = [chain(h, steps, window_us, since_us, until_us) for each in slices for h in customers(each)]
    reached = [sum(len(c) > k for c in chains) for k in range(len(steps))]
    gaps = [[c[k] - c[k - 1] for c in chains if len(c) > k > 0] for k in range(len(steps))]
    return reached, gaps, [c[-1] - c[0] for c in chains if len(c) == len(steps)]


def journeys(
    slices: Iterable[Slice],
    start: int,
    endings: Sequence[Iterable[int]],
    window_us: int,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
) -> list[list[tuple[int, int | None, int | None]]]:
    """Give each customer's journeys begun in the period: start, which of the endings came in time, and when."""
    answer = []
    for each in slices:
        for history in customers(each):
            mine: list[tuple[int, int | None, int | None]] = []
            free_from = 0
            for place, (at, code) in enumerate(history):
                if code != start or place < free_from:
                    continue
                ending, when, free_from = None, None, place + 1
                for later in range(place + 1, len(history)):
                    then, other = history[later]
                    if then - at > window_us:
                        break
                    free_from = later + 1
                    found = [k for k, codes in enumerate(endings) if other in set(codes)]
                    if found:
                        ending, when = found[0], then
                        break
                mine.append((at, ending, when))
            answer.append([journey for journey in mine if since_us <= journey[0] < until_us])
    return answer
