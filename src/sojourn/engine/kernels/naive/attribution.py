"""Attribution's slow, obvious twin: paths as lists, credits as fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT

Touch = tuple[int, int]  # instant, touchpoint
Happening = tuple[int, int | None, int]  # instant, touchpoint or None for a conversion, money


@dataclass
class Paths:
    """One customer's paths."""

    converting: list[tuple[list[Touch], int]] = field(default_factory=list)  # with the money
    failing: list[list[Touch]] = field(default_factory=list)
    open: int = 0
    direct: int = 0


def collapsed(history: Sequence[Happening]) -> list[Happening]:
    """Make touches of one touchpoint that follow one another the last of them."""
    return [
        each
        for place, each in enumerate(history)
        if each[1] is None or place + 1 == len(history) or history[place + 1][1] != each[1]
    ]


def paths(
    history: Sequence[Happening],
    window: int,
    since: int = FIRST_INSTANT,
    until: int = LAST_INSTANT,
    as_of: int = LAST_INSTANT,
    *,
    collapse: bool = False,
) -> Paths:
    """Cut one customer's history into paths: see `attribution`."""
    history = [each for each in history if since - window <= each[0] < until + window]
    if collapse:
        history = collapsed(history)
    found = Paths()
    waiting: list[Touch] = []
    for at, touchpoint, money in history:
        if touchpoint is not None:
            waiting.append((at, touchpoint))
            continue
        old = [touch for touch in waiting if at - touch[0] > window]
        mine = waiting[len(old) :]
        _fail(found, old, window, since, until, as_of)
        if since <= at < until and mine:
            found.converting.append((mine, money))
        elif since <= at < until:
            found.direct += 1
        waiting = []
    _fail(found, waiting, window, since, until, as_of)
    return found


def _fail(found: Paths, touches: list[Touch], window: int, since: int, until: int, as_of: int) -> None:
    while touches:
        path = [touch for touch in touches if touch[0] <= touches[0][0] + window]
        touches = touches[len(path) :]
        if since <= path[-1][0] < until:
            if path[-1][0] + window < as_of:
                found.failing.append(path)
            else:
                found.open += 1


def shares(path: Sequence[Touch], half_life: float) -> dict[str, list[float]]:
    """Give each touch's share of the credit by each rule."""
    n, last = len(path), path[-1][0]
    decay = [2.0 ** ((at - last) / half_life) for at, _ in path]
    ends = {1: [1.0], 2: [0.5, 0.5]}.get(n, [0.4, *[0.2 / max(n - 2, 1)] * (n - 2), 0.4])
    return {
        "first": [1.0] + [0.0] * (n - 1),
        "last": [0.0] * (n - 1) + [1.0],
        "linear": [1 / n] * n,
        "decay": [each / sum(decay) for each in decay],
        "position": ends,
    }


def steps(path: Sequence[Touch], ending: int) -> Counter[tuple[int, int, int]]:
    """Count the next touch after the last two; 0 for none, touchpoints from 1."""
    states = [0, 0, *(touchpoint + 1 for _, touchpoint in path), ending]
    return Counter(zip(states, states[1:], states[2:], strict=False))


def shapley(value: dict[frozenset[int], Fraction], players: int) -> list[Fraction]:
    """Give Shapley values by the definition: the mean marginal value over all orders of the players."""
    total = [Fraction(0)] * players
    orders = list(permutations(range(players)))
    for order in orders:
        for place, player in enumerate(order):
            total[player] += value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]
    return [each / len(orders) for each in total]


def removal_effects(paths: Sequence[tuple[Sequence[int], bool]], touchpoints: int, order: int = 1) -> list[float]:
    """Give removal effects by walking the chain until nobody is on the way any more."""
    count: dict[tuple[int, ...], Counter[int]] = {}
    for path, converts in paths:
        states = [-1] * order + list(path) + [-2 if converts else -3]
        for place in range(order, len(states)):
            count.setdefault(tuple(states[place - order : place]), Counter())[states[place]] += 1

    chances = {
        state: [(touch, times / sum(onward.values())) for touch, times in onward.items()]
        for state, onward in count.items()
    }

    def converted(removed: int | None) -> float:
        there, total = {(-1,) * order: 1.0}, 0.0
        while sum(there.values()) > 1e-14:
            onward: dict[tuple[int, ...], float] = {}
            for state, chance in there.items():
                for touch, share in chances[state]:
                    part = chance * share
                    if touch == -2:
                        total += part
                    elif touch >= 0 and touch != removed:
                        after = (*state[1:], touch)
                        onward[after] = onward.get(after, 0.0) + part
            there = onward
        return total

    return [1 - converted(touchpoint) / converted(None) for touchpoint in range(touchpoints)]
