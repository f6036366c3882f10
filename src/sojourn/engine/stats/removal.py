"""Removal effects in a Markov chain of touchpoints.

Anderl, Becker, von Wangenheim and Schumann (2016), "Mapping the customer journey: Lessons learned from graph-based
online attribution modeling", International Journal of Research in Marketing 33(3): customers walk from a start over
touchpoints to a conversion or to none. The removal effect of a touchpoint is the share of conversions lost when
whoever would come to it ends without a conversion instead; credits are in proportion to removal effects. Worked out
exactly by the fundamental matrix, not by simulation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


def first_order(step: Array) -> Floats:
    """Give each touchpoint's removal effect where the next touch depends on the last one.

    `step` (T + 1, T + 1, T + 2) counts the next touch after the last two, as `kernels.attribution.AttributionSums` has
    it. Gives (T,) numbers between 0 and 1; all zero where nothing converted. O(T^3).
    """
    count = np.asarray(step, float).sum(axis=0)  # (T + 1, T + 2): state 0 is the start
    state = np.arange(len(count))
    return _effects(count[:, 1:-1], count[:, -1], count.sum(axis=1), state[None, 1:] + 0 * state[:, None], state)


def second_order(step: Array) -> Floats:
    """Give each touchpoint's removal effect where the next touch depends on the last two; O(T^6)."""
    whole = np.asarray(step, float)
    seen = np.argwhere(whole.sum(axis=2) > 0)
    if not len(seen):
        return np.zeros(whole.shape[0] - 1)
    number = np.full(whole.shape[:2], -1)
    number[seen[:, 0], seen[:, 1]] = np.arange(len(seen))
    before, last = seen.T
    if number[0, 0] != 0:
        return np.zeros(whole.shape[0] - 1)
    count = whole[before, last]  # (states, T + 2)
    target = number[last][:, 1:]  # the state after touch c is (last, c)
    return _effects(count[:, 1:-1], count[:, -1], count.sum(axis=1), target, last)


def _effects(onward: Floats, converts: Floats, leaves: Floats, target: Array, last: Array) -> Floats:
    """Give removal effects; state 0 is the start, `target` the state after each touch, `last` a state's touchpoint."""
    states, touchpoints = onward.shape
    effect = np.zeros(touchpoints)
    share = np.divide(1.0, leaves, out=np.zeros(states), where=leaves > 0)
    move = np.zeros((states, states))
    source = np.repeat(np.arange(states), touchpoints).reshape(onward.shape)
    real = onward > 0
    move[source[real], target[real]] = (onward * share[:, None])[real]
    passed = np.linalg.inv(np.eye(states) - move)  # mean visits of each state from each state
    chance = passed @ (converts * share)  # of a conversion from each state
    if chance[0] <= 0:
        return effect
    for touchpoint in range(1, touchpoints + 1):
        mine = np.flatnonzero((last == touchpoint) & (passed[0] > 0))
        if len(mine):
            # the chance to come first to each of these states: visits from the start, less those from one another
            first = np.linalg.solve(passed[np.ix_(mine, mine)].T, passed[0, mine])
            effect[touchpoint - 1] = first @ chance[mine] / chance[0]
    return np.clip(effect, 0.0, 1.0)


def shares(effects: Floats) -> Floats:
    """Give each touchpoint's share of the credit; all zero where no removal would lose anything."""
    total = effects.sum()
    return effects / total if total > 0 else np.zeros_like(effects)
