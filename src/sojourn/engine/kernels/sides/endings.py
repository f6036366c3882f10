"""How a named journey ends on two sides, customer by customer, as a fold; a journey is that of `completion`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.completion import FIRST_OUTCOME
from sojourn.engine.kernels.roles import NOTHING, START, roles
from sojourn.engine.kernels.sides.funnel import Span
from sojourn.engine.kernels.sides.words import COLUMNS, EndingSides, add_many, bits
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice


@dataclass(slots=True)
class EndingSidesPartial:
    """Rows of sums over customers by ending; open journeys of each side, and customers on both."""

    ending: Int64s
    counts: Int64s


class EndingSidesFold:
    """Asks how journeys of two sides ended; see `sides.EndingSides`. Time is linear in events.

    `spans` bound the start on each side; a journey counts when its window has passed before `as_of_us`. Slices are
    those of `sides.both`.
    """

    def __init__(
        self,
        *,
        start: int,
        goals: Iterable[int],
        outcomes: Sequence[Iterable[int]],
        window_us: int,
        as_of_us: int,
        spans: tuple[Span, Span],
    ) -> None:
        """Ask about one journey; raise ValueError when an event has two roles."""
        self._roles = roles(start, goals, outcomes)
        self._columns = FIRST_OUTCOME + len(outcomes)
        self._window_us, self._as_of_us, self._spans = window_us, as_of_us, frozen(np.array(spans, np.int64))

    def start(self) -> EndingSidesPartial:
        """Make the comparison of no customers."""
        return EndingSidesPartial(np.zeros((self._columns, COLUMNS), np.int64), np.zeros(3, np.int64))

    def fold(self, events: Slice, partial: EndingSidesPartial) -> EndingSidesPartial:
        """Add a slice's customers."""
        keep, chosen = bits(events)
        _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), frozen(keep), frozen(chosen), self._roles,
            self._window_us, self._as_of_us, self._spans, partial.ending, partial.counts,
        )  # fmt: skip
        return partial

    def merge(self, left: EndingSidesPartial, right: EndingSidesPartial) -> EndingSidesPartial:
        """Add the right partial to the left."""
        left.ending += right.ending
        left.counts += right.counts
        return left

    def finish(self, partial: EndingSidesPartial) -> EndingSides:
        """Give the sums."""
        return EndingSides(partial.ending, *(int(each) for each in partial.counts))


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, chosen: Bytes, roles: Int64s, window: int, as_of: int,
    spans: Int64s, ending: Int64s, counts: Int64s,
) -> None:  # fmt: skip
    columns = len(ending)
    mine = np.zeros((2, columns), np.int64)
    for customer in range(len(offset) - 1):
        if chosen[customer] == 0:
            continue
        mine[:] = 0
        for which in range(2):
            bit = 1 << which
            if chosen[customer] & bit == 0:
                continue
            running = False
            begun: Any = np.int64(0)
            for i in range(offset[customer], offset[customer + 1] + 1):
                # one turn past the last event, to end the journey that may still run
                is_past = i == offset[customer + 1]
                role: Any = NOTHING
                moment: Any = np.int64(0)
                if not is_past:
                    role = roles[event[i]]
                    if role == NOTHING or keep[i] & bit == 0:
                        continue
                    moment = at[i]
                if running and (is_past or moment - begun > window or role >= 0):
                    running = False
                    if spans[which, 0] <= begun < spans[which, 1]:
                        if begun + window >= as_of:
                            counts[which] += 1
                        else:
                            mine[which, role if not is_past and moment - begun <= window else 1] += 1
                if role == START and not running:
                    running, begun = True, moment
        n_a, n_b = mine[0].sum(), mine[1].sum()
        counts[2] += n_a > 0 and n_b > 0
        if n_a + n_b > 0:
            for column in range(columns):
                add_many(ending[column], n_a, n_b, mine[0, column], mine[1, column])
