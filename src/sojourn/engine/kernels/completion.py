"""Completion of a named journey as a fold.

A journey begins with a start event and runs until a goal or an outcome comes, or its window has passed; a start event
while one runs belongs to it (a second try, not a second journey). It counts in the period and the group of its
start event, and only when its window has passed before `as_of_us`; until then it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.results import Completions
from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, Slice, UInt16s

EACH_ALONE: Int64s = np.zeros(0, np.int64)
COMPLETED, ABANDONED, FIRST_OUTCOME = 0, 1, 2
_NOTHING, _START, _END = -2, -1, 0  # roles of an event; from _END on it is the column in which it ends a journey


@dataclass(slots=True)
class CompletionPartial:
    """Sums by group, and per block the groups and durations of completed journeys."""

    group: Int64s  # (groups, 5): customers, open, closed, closed squares, customers who started
    ended: Int64s  # (groups, 2 + outcomes, 3): count, squares, products
    blocks: list[tuple[UInt16s, Int64s]] = field(default_factory=list)


class CompletionFold:
    """Asks how journeys ended; see `results.Completions`. Time is linear in events.

    Groups are the codes 0 to `groups` - 1 of the dimension `by`, with one more for events without it; or the spans
    between `marks` (ascending instants, the first group before the first mark); or one for all.
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
        by: str | None = None,
        groups: int = 0,
        marks: Sequence[int] = (),
    ) -> None:
        """Ask about one journey; raise ValueError when an event has two roles or both groupings are asked for."""
        if by is not None and marks:
            raise ValueError("group by a dimension or by time, not both")
        roles = np.full(CODES, _NOTHING, np.int16)
        for column, codes in ((_START, [start]), (COMPLETED, goals), *enumerate(outcomes, FIRST_OUTCOME)):
            for code in set(codes) - {int(NO_CODE)}:  # a name that was never seen has no event
                if roles[code] not in (_NOTHING, column):
                    raise ValueError(f"event {code} has two roles in the journey")
                roles[code] = column
        self._roles = frozen(roles)
        self._window_us, self._as_of_us, self._since_us, self._until_us = window_us, as_of_us, since_us, until_us
        self._by = by
        self._marks = frozen(np.asarray(marks, np.int64))
        self._groups = groups + 1 if by is not None else len(marks) + 1
        self._columns = FIRST_OUTCOME + len(outcomes)

    def start(self) -> CompletionPartial:
        """Make the completion of no customers."""
        return CompletionPartial(
            np.zeros((self._groups, 5), np.int64), np.zeros((self._groups, self._columns, 3), np.int64)
        )

    def fold(self, events: Slice, partial: CompletionPartial) -> CompletionPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        cluster = EACH_ALONE if events.cluster is None else events.cluster
        dimension = np.zeros(0, np.uint16) if self._by is None else events.dimensions[self._by]
        partial.blocks.append(
            _scan(
                frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep, frozen(cluster),
                frozen(dimension), self._marks, self._roles, self._window_us, self._as_of_us,
                self._since_us, self._until_us, partial.group, partial.ended,
            )
        )  # fmt: skip
        return partial

    def merge(self, left: CompletionPartial, right: CompletionPartial) -> CompletionPartial:
        """Add the right partial to the left."""
        left.group += right.group
        left.ended += right.ended
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: CompletionPartial) -> Completions:
        """Work out the times."""
        group = np.concatenate([block[0] for block in partial.blocks] or [np.zeros(0, np.uint16)])
        time = np.concatenate([block[1] for block in partial.blocks] or [np.zeros(0, np.int64)])
        size = np.bincount(group, minlength=self._groups)
        _, quantiles = grouped(size, time[np.argsort(group, kind="stable")], (0.5, 0.9))
        return Completions(
            customers=partial.group[:, 0],
            open=partial.group[:, 1],
            closed=partial.group[:, 2],
            closed_squares=partial.group[:, 3],
            starters=partial.group[:, 4],
            count=partial.ended[:, :, 0],
            squares=partial.ended[:, :, 1],
            products=partial.ended[:, :, 2],
            median_time=quantiles[:, 0],
            p90_time=quantiles[:, 1],
        )


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: UInt16s, keep: Bytes, customer_keep: Bytes, cluster: Int64s,
    dimension: UInt16s, marks: Int64s, roles: Int64s, window: int, as_of: int, since: int, until: int, group: Int64s,
    ended: Int64s,
) -> tuple[UInt16s, Int64s]:  # fmt: skip
    groups, columns = ended.shape[0], ended.shape[1]
    # this customer's journeys, or those of customers who hang together, by group: closed by ending, and open
    mine = np.zeros((groups, columns + 1), np.int64)
    room = 1024
    group_out, time_out = np.empty(room, np.uint16), np.empty(room, np.int64)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    filled, started_any, last = 0, False, -1
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        if started_any and (len(cluster) == 0 or cluster[customer] != cluster[last]):
            _add(mine, group, ended)
            started_any = False
        running, last = False, customer
        begun: Any = np.int64(0)
        mine_group: Any = 0
        for i in range(offset[customer], offset[customer + 1] + 1):
            # one turn past the last event, to end the journey that may still run
            is_past = i == offset[customer + 1]
            role: Any = -2
            moment: Any = np.int64(0)
            if not is_past:
                role = np.int64(roles[event[i]])
                if role == -2 or (masked and keep[i] == 0):
                    continue
                moment = at[i]
            if running and (is_past or moment - begun > window or role >= 0):
                running = False
                if begun >= since and begun < until:
                    started_any = True
                    if begun + window >= as_of:
                        mine[mine_group, columns] += 1
                    else:
                        in_time = not is_past and moment - begun <= window
                        column = role if in_time else 1
                        mine[mine_group, column] += 1
                        if column == 0:
                            if filled == room:
                                room *= 2
                                group_more, time_more = np.empty(room, np.uint16), np.empty(room, np.int64)
                                group_more[:filled], time_more[:filled] = group_out, time_out
                                group_out, time_out = group_more, time_more
                            group_out[filled], time_out[filled] = mine_group, moment - begun
                            filled += 1
            if role == -1 and not running:
                running, begun = True, moment
                if len(dimension) > 0:
                    mine_group = min(np.int64(dimension[i]), groups - 1)
                else:
                    mine_group = np.searchsorted(marks, moment, side="right")
    if started_any:
        _add(mine, group, ended)
    return group_out[:filled].copy(), time_out[:filled].copy()


@compiled
def _add(mine: Int64s, group: Int64s, ended: Int64s) -> None:
    """Add the sums of one customer, or of customers who hang together, and empty them."""
    columns = ended.shape[1]
    for g in range(len(mine)):
        still_open = mine[g, columns]
        n = mine[g].sum() - still_open
        if n + still_open == 0:
            continue
        group[g, 1] += still_open
        group[g, 4] += 1
        if n > 0:
            group[g, 0] += 1
            group[g, 2] += n
            group[g, 3] += n * n
            for column in range(columns):
                k = mine[g, column]
                ended[g, column, 0] += k
                ended[g, column, 1] += k * k
                ended[g, column, 2] += n * k
        mine[g] = 0
