"""The ordered funnel in a window as a fold.

A chain is a choice of one event for each of the first steps, in the order of events, the first within the period
and the last at most `window_us` after the first. A customer reaches the longest chain there is. Times are
taken from the customer's first completed chain of that length, each earlier step as late as it can be: so the
successful try is timed, not the failed ones before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen, masks
from sojourn.engine.kernels.funnels.tally import binned, by_step
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.results import Funnel
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt64s

STEPS_LIMIT = 50
NO_STEP = 255


@dataclass(slots=True)
class FunnelPartial:
    """Customers whose longest chain ends at each step, and per block the steps timed and their gaps.

    A gap filed under step 0 is the time from the first step to the last.
    """

    furthest: Int64s
    blocks: list[tuple[Bytes, Int64s]] = field(default_factory=list)


class FunnelFold:
    """Asks how many customers reach each step in order within a window; see `results.Funnel`.

    `steps` are the codes of each step: any of them is that step; an event may be several steps, but is used for one
    in a chain. `since_us` and `until_us` (exclusive) bound the first step only: later ones may come as long as
    the window is open. `edges_us` (ascending from 0) cut times into bins. Time is linear in events, times the
    steps that one event may be.
    """

    def __init__(
        self,
        steps: Sequence[Iterable[int]],
        *,
        window_us: int,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
        edges_us: Sequence[int] = (),
    ) -> None:
        """Ask about these steps; raise ValueError for none, for more than `STEPS_LIMIT`, or a negative window."""
        if not 1 <= len(steps) <= STEPS_LIMIT:
            raise ValueError(f"a funnel has 1 to {STEPS_LIMIT} steps, not {len(steps)}")
        if window_us < 0:
            raise ValueError("a window cannot be negative")
        roles = np.zeros(CODES, np.uint64)
        for step, codes in enumerate(steps):
            roles[np.unique(np.fromiter(codes, np.uint16))] |= np.uint64(1 << step)
        self.steps = len(steps)
        self._roles = frozen(roles)
        self._most = max(int(role).bit_count() for role in [1, *roles[roles > 0]])  # steps that one event may be
        self._only = frozen(_only(roles))
        self._window_us, self._since_us, self._until_us = window_us, since_us, until_us
        self._edges_us = np.asarray(edges_us, np.int64)

    def start(self) -> FunnelPartial:
        """Make the funnel of no customers."""
        return FunnelPartial(np.zeros(self.steps, np.int64))

    def fold(self, events: Slice, partial: FunnelPartial) -> FunnelPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        # a customer writes at most one gap an event, and a total; pages not written to take no memory
        room = int(events.offset[-1] - events.offset[0]) if events.customers else 0
        step, gap = np.empty(room, np.uint8), np.empty(room, np.int64)
        filled = _scan(
            frozen(events.offset), frozen(events.at), frozen(events.event), keep, customer_keep,
            self._roles, self._only, self._most, self.steps, self._window_us, self._since_us, self._until_us,
            partial.furthest, step, gap,
        )  # fmt: skip
        partial.blocks.append((step[:filled].copy(), gap[:filled].copy()))
        return partial

    def merge(self, left: FunnelPartial, right: FunnelPartial) -> FunnelPartial:
        """Add the right partial to the left."""
        left.furthest += right.furthest
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: FunnelPartial) -> Funnel:
        """Work out medians and 90th percentiles."""
        step = np.concatenate([block[0] for block in partial.blocks] or [np.zeros(0, np.uint8)])
        gap = np.concatenate([block[1] for block in partial.blocks] or [np.zeros(0, np.int64)])
        size = np.bincount(step, minlength=self.steps)
        ordered = by_step(size, step, gap)
        _, quantiles = grouped(size, ordered, (0.5, 0.9))
        median_total, p90_total = (float(each) for each in quantiles[0])
        quantiles[0] = np.nan
        return Funnel(
            reached=np.cumsum(partial.furthest[::-1])[::-1].copy(),
            median_gap=quantiles[:, 0],
            p90_gap=quantiles[:, 1],
            median_total=median_total,
            p90_total=p90_total,
            bins=binned(size, ordered, self._edges_us),
        )


def _only(roles: UInt64s) -> Bytes:
    """Give the step that each event is, `NO_STEP` where it is none; used when no event is several."""
    only = np.full(CODES, NO_STEP, np.uint8)
    for code in np.flatnonzero(roles):
        only[code] = int(roles[code]).bit_length() - 1
    return only


@compiled
def _scan(
    offset: Int64s, at: Int64s, event: Int64s, keep: Bytes, customer_keep: Bytes,
    roles: UInt64s, only: Bytes, most: int, steps: int, window: int, since: int, until: int,
    furthest: Int64s, step_out: Bytes, gap_out: Int64s,
) -> int:  # fmt: skip
    # begun[s + 1]: first instant of the latest chain that ends at step s. It is also the latest first instant of any
    # chain so far that ends at s, so when it is too old for the window, every other one is too. latest[s + 1] is that
    # chain's last place among the customer's steps, before[place] the place of the step before it in its chain.
    begun = np.zeros(steps + 1, np.int64)
    latest = np.zeros(steps + 1, np.uint64)
    one = np.uint64(1)
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    room = 1
    for customer in range(len(offset) - 1):
        room = max(room, (offset[customer + 1] - offset[customer]) * most + 1)
    places, which = np.empty(room, np.uint64), np.empty(room, np.uint8)
    before = np.empty(room, np.uint64)
    filled = 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        # first list this customer's steps; without a branch, which no processor could foresee, where it can be
        found: Any = np.uint64(0)
        first, last = np.uint64(offset[customer]), np.uint64(offset[customer + 1])
        if most == 1 and masked:
            for i in range(first, last):
                step = only[event[i]]
                places[found], which[found] = i, step
                found += np.uint64((step != NO_STEP) & (keep[i] != 0))
        elif most == 1:
            for i in range(first, last):
                step = only[event[i]]
                places[found], which[found] = i, step
                found += np.uint64(step != NO_STEP)
        else:
            for i in range(first, last):
                role = roles[event[i]]
                if role == 0 or (masked and keep[i] == 0):
                    continue
                for s in range(steps - 1, -1, -1):  # from the last step back: an event is used once in a chain
                    if (role >> np.uint64(s)) & np.uint64(1):
                        places[found], which[found] = i, s
                        found += np.uint64(1)
        best: Any = np.uint64(0)
        end: Any = np.uint64(0)
        for place in range(found):  # each event's part in chains is worked out before it is judged, again for no branch
            mine = np.uint64(which[place])
            moment = at[places[place]]
            opened = moment if mine == 0 else begun[mine]
            fits = (mine <= best) & (moment - opened <= window)
            fits &= (mine != 0) | ((moment >= since) & (moment < until))
            before[place] = latest[mine]
            begun[mine + one] = opened if fits else begun[mine + one]
            latest[mine + one] = place if fits else latest[mine + one]
            further = fits & (mine == best)
            end = place if further else end
            best += np.uint64(further)
            if best == steps:
                break
        if best == 0:
            continue
        furthest[best - one] += 1
        finish = at[places[end]]
        for k in range(np.int64(best) - 1, 0, -1):
            step_out[filled] = k
            gap_out[filled] = at[places[end]] - at[places[before[end]]]
            end = before[end]
            filled += 1
        if best == steps:
            step_out[filled] = 0
            gap_out[filled] = finish - at[places[end]]
            filled += 1
    return filled
