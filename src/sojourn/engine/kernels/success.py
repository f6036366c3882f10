"""What goes with the success of a journey, as a fold: events on the way, or what the start event says.

A journey is that of `completion`. Each customer counts once, with their first closed journey of the period. Events on
the way are those after the start and before the end, whatever ended it. A journey that fails is watched until its
window has passed, one that succeeds until its goal, so that slow events seem to go with failure; `landmark_us` takes
that away: only events so soon after the start count, of journeys that were still running then (Anderson, Cain and
Gelber 1983, "Analysis of survival by tumor response", Journal of Clinical Oncology 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.roles import NOTHING, START, roles
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice, UInt16s


@dataclass(frozen=True, slots=True)
class Success:
    """Customers by what they had: arrays parallel with `code`: `n` had it, `k` of them succeeded; and all of them."""

    code: UInt16s
    n: Int64s
    k: Int64s
    total_n: int
    total_k: int
    over: int  # customers left out because their journey was over before the landmark


@dataclass(slots=True)
class SuccessPartial:
    """Counts by code (n, k), and in all (n, k, over)."""

    by_code: Int64s
    total: Int64s


class SuccessFold:
    """Asks what goes with success; see `Success`. Time is linear in events.

    With `by` the codes are those of the start event in this dimension, `NO_CODE` where it says nothing; else those of
    events on the way, the journey's own start, goals and outcomes left out.
    """

    def __init__(
        self,
        *,
        start: int,
        goals: Iterable[int],
        outcomes: Sequence[Iterable[int]],
        window_us: int,
        as_of_us: int,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
        landmark_us: int | None = None,
        by: str | None = None,
    ) -> None:
        """Ask about one journey; raise ValueError when an event has two roles."""
        self._roles = roles(start, goals, outcomes)
        self._window_us, self._as_of_us, self._since_us, self._until_us = window_us, as_of_us, since_us, until_us
        self._landmark_us = -1 if landmark_us is None else landmark_us
        self._by = by

    def start(self) -> SuccessPartial:
        """Make the counts of no customers."""
        return SuccessPartial(np.zeros((CODES, 2), np.int64), np.zeros(3, np.int64))

    def fold(self, events: Slice, partial: SuccessPartial) -> SuccessPartial:
        """Add a slice's customers."""
        keep, chosen = masks(events)
        dimension = np.zeros(0, np.uint16) if self._by is None else np.asarray(events.dimensions[self._by], np.uint16)
        _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, chosen, frozen(dimension),
            self._roles, self._window_us, self._as_of_us, self._since_us, self._until_us, self._landmark_us,
            partial.by_code, partial.total,
        )  # fmt: skip
        return partial

    def merge(self, left: SuccessPartial, right: SuccessPartial) -> SuccessPartial:
        """Add the right partial to the left."""
        left.by_code += right.by_code
        left.total += right.total
        return left

    def finish(self, partial: SuccessPartial) -> Success:
        """List the codes that somebody had."""
        code = np.flatnonzero(partial.by_code[:, 0])
        n, k, over = partial.total.tolist()
        return Success(code.astype(np.uint16), partial.by_code[code, 0], partial.by_code[code, 1], n, k, over)


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, chosen: Bytes, dimension: UInt16s, roles: Int64s,
    window: int, as_of: int, since: int, until: int, landmark: int, by_code: Int64s, total: Int64s,
) -> None:  # fmt: skip
    masked, some = len(keep) > 0, len(chosen) > 0
    seen = np.full(len(by_code), -1, np.int64)
    for customer in range(len(offset) - 1):
        if some and chosen[customer] == 0:
            continue
        running = False
        begun: Any = np.int64(0)
        first: Any = np.int64(0)
        for i in range(offset[customer], offset[customer + 1] + 1):
            is_past = i == offset[customer + 1]
            role: Any = NOTHING
            moment: Any = np.int64(0)
            if not is_past:
                role = roles[event[i]]
                if role == NOTHING or (masked and keep[i] == 0):
                    continue
                moment = at[i]
            if running and (is_past or moment - begun > window or role >= 0):
                running = False
                if since <= begun < until and begun + window < as_of:
                    in_time = not is_past and moment - begun <= window
                    if in_time and landmark >= 0 and moment - begun <= landmark:
                        total[2] += 1
                        break
                    success = np.int64(in_time and role == 0)
                    total[0] += 1
                    total[1] += success
                    if len(dimension) > 0:
                        by_code[dimension[first], 0] += 1
                        by_code[dimension[first], 1] += success
                        break
                    last = begun + (window if landmark < 0 else min(landmark, window))
                    for j in range(first + 1, i):
                        if at[j] > last:
                            break
                        code = event[j]
                        if roles[code] == NOTHING and (not masked or keep[j] != 0) and seen[code] != customer:
                            seen[code] = customer
                            by_code[code, 0] += 1
                            by_code[code, 1] += success
                    break
            if role == START and not running:
                running, begun, first = True, moment, i
