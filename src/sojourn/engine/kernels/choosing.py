"""Choosers of customers: who matches a pattern, who comes how far in a funnel, who comes back when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import NO_MASK, compiled, frozen, masks
from sojourn.engine.kernels.customers import Found
from sojourn.engine.kernels.funnels.detail import FunnelBlock, FunnelDetailFold
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.patterns import Bound, places
from sojourn.engine.kernels.retention import RETURN, START, roles_of
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, Slice

ALL_OF_IT = -1  # no bracket: a start is enough


class PatternChooser:
    """Chooses who matches a pattern, as `patterns.MatchFold` counts them; the choice is the first match."""

    def __init__(self, bound: Bound, *, since_us: int = FIRST_INSTANT, until_us: int = LAST_INSTANT) -> None:
        """Choose by the events from `since_us` until (exclusive) `until_us`."""
        self._bound, self._since_us, self._until_us = bound, since_us, until_us

    def chosen(self, events: Slice) -> Found:
        """Choose customers."""
        who, first, last = places(self._bound, events, self._since_us, self._until_us, only_first=True)
        passed_over = self._bound.passed_over
        return Found(who, first, last, 1 - passed_over if len(passed_over) else NO_MASK)


class FunnelChooser:
    """Chooses who reached a step of a funnel, as `funnels.detail.FunnelDetailFold` counts them.

    The choice is the customer's chain that came furthest, the first of these. With `lost` only those are chosen who
    reached no further step; with `value` (a code of the fold's dimension) only chains that began with it count.
    """

    def __init__(
        self, fold: FunnelDetailFold, *, step: int, lost: bool, codes: Iterable[int], value: int | None = None
    ) -> None:
        """Choose those who reached `step` (from 0); `codes` are the events of all steps."""
        self._fold, self._step, self._lost, self._value = fold, step, lost, value
        self._counts = np.zeros(CODES, np.uint8)
        self._counts[list(codes)] = 1

    def chosen(self, events: Slice) -> Found:
        """Choose customers."""
        block, begun = self._fold.chains_of(events)
        mine = np.arange(len(block.who)) if self._value is None else np.flatnonzero(block.group == self._value)
        who, level, begun = block.who[mine], block.level[mine], begun[mine]
        order = np.lexsort((begun, -level.astype(np.int64), who))
        places, furthest = np.unique(who[order], return_index=True)
        best = order[furthest]
        reached = level[best] == self._step + 1 if self._lost else level[best] > self._step
        places, best = places[reached], best[reached]
        end_at = events.at[begun[best]] + _took(block, self._fold.steps)[mine[best]]
        counted = frozen(events.event), frozen(masks(events)[0]), frozen(self._counts)
        last = _reached(frozen(events.offset), frozen(events.at), *counted, places, begun[best], level[best], end_at)
        return Found(places, begun[best], last, self._counts)


class CellChooser:
    """Chooses who started in a cohort and, with a bracket, came back in it, as `retention.RetentionFold` counts them.

    `cohorts` gives the cohort of each period between `edges`. The choice is from the start to the first such return.
    With `or_after` (a bracket without end) returns in periods that have passed at `as_of_us` count.
    """

    def __init__(
        self,
        *,
        start: Iterable[int],
        returns: Iterable[int],
        edges: Sequence[int] | Int64s,
        cohorts: Sequence[int],
        cohort: int,
        bracket: tuple[int, int] | None,
        as_of_us: int,
        recurring: bool = False,
        or_after: bool = False,
    ) -> None:
        """Choose those of a cohort; `bracket` None: all of them."""
        self._roles = roles_of(start, returns)
        self._edges = frozen(np.asarray(edges, np.int64))
        self._cohorts, self._cohort, self._recurring = frozen(np.asarray(cohorts, np.int64)), cohort, recurring
        low, high = (ALL_OF_IT, ALL_OF_IT) if bracket is None else bracket
        self._low, self._high = low, len(self._edges) if or_after else high
        self._passed = int(np.count_nonzero(self._edges[1:] <= as_of_us))

    def chosen(self, events: Slice) -> Found:
        """Choose customers."""
        keep, customer_keep = masks(events)
        who, first, last = (np.empty(events.customers, np.int64) for _ in range(3))
        filled = _cell(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep, self._roles,
            self._edges, self._cohorts, self._cohort, self._low, self._high, self._passed, self._recurring,
            who, first, last,
        )  # fmt: skip
        return Found(who[:filled], first[:filled], last[:filled], (self._roles > 0).astype(np.uint8))


def _took(block: FunnelBlock, steps: int) -> Int64s:
    """Give the time from the first event to the last of each chain, whose gaps stand one after the other."""
    gaps = np.cumsum(block.level.astype(np.int64) - 1 + (block.level == steps))
    total = np.concatenate(([0], np.cumsum(np.where(block.step == 0, 0, block.gap))))
    return total[gaps] - total[np.concatenate(([0], gaps[:-1]))] if len(gaps) else gaps


@compiled
def _reached(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, counts: Bytes,
    who: Int64s, first: Int64s, level: Bytes, end_at: Int64s,
) -> Int64s:  # fmt: skip
    """Give the position of each chain's last event: the first of the right kind at its instant."""
    last = first.copy()
    for place in range(len(who)):
        for i in range(first[place] + np.int64(level[place]) - 1, offset[who[place] + 1]):
            if at[i] == end_at[place] and counts[event[i]] and (len(keep) == 0 or keep[i]):
                last[place] = i
                break
    return last


@compiled
def _cell(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, roles: Bytes, edges: Int64s,
    cohorts: Int64s, cohort: int, low: int, high: int, passed: int, recurring: bool,
    who: Int64s, first: Int64s, last: Int64s,
) -> int:  # fmt: skip
    filled = 0
    for customer in range(len(offset) - 1):
        if len(customer_keep) and customer_keep[customer] == 0:
            continue
        start: Any = np.int64(-1)
        begun = np.int64(0)
        for i in range(offset[customer], offset[customer + 1]):
            role = roles[event[i]]
            if role == 0 or (len(keep) and keep[i] == 0):
                continue
            period = np.int64(np.searchsorted(edges, at[i], side="right")) - 1
            if start < 0:
                if role & START == 0:
                    continue
                if 0 <= period < len(cohorts) and cohorts[period] == cohort:
                    start, begun = i, period
                elif not recurring:
                    break
                if start < 0 or low != ALL_OF_IT:
                    continue
            elif role & RETURN == 0 or period >= passed or not low <= period - begun <= high:
                continue
            who[filled], first[filled], last[filled] = customer, start, i
            filled += 1
            break
    return filled
