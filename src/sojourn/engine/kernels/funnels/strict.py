"""Strict chains of customers where no event is several steps: the longest run of steps, event after event.

Every chain begins at an event of the first step and no two share one, so only those events are followed, each as far
as the steps go on; the rest is passed over. Instants are read only where a customer's longest run so far grows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s

BLOCK = 1 << 14  # events whose first steps are listed at a time, so that the list stays in the processor's cache


@compiled
def strict_chains(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, only: Bytes, relevant: Bytes,
    steps: int, window: int, since: int, until: int,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write each customer's longest strict chain, the first of its length, as `funnels.chains.chains` does.

    `relevant` is 0 for events that are passed over as if they had not happened.
    """
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    bounded = since != np.iinfo(np.int64).min or until != np.iinfo(np.int64).max
    customers = len(offset) - 1
    room = BLOCK
    for customer in range(customers):
        room = max(room, offset[customer + 1] - offset[customer])
    starts, chain, best_chain = np.empty(room + 1, np.int64), np.empty(steps, np.int64), np.empty(steps, np.int64)
    written: Any = np.uint64(0)
    filled: Any = np.uint64(0)
    listed, turn = 0, np.uint64(0)
    for customer in range(customers):
        if customer == listed:  # list the first steps of as many customers as fit
            while listed < customers and (listed == customer or offset[listed + 1] - offset[customer] <= BLOCK):
                listed += 1
            _find(offset[customer], offset[listed], event, keep, only, starts)
            turn = np.uint64(0)
        stop = offset[customer + 1]
        best: Any = 0
        while starts[turn] < stop:
            begun = starts[turn]
            turn += np.uint64(1)
            if best == steps or (chosen and customer_keep[customer] == 0):
                continue
            if bounded and (at[begun] < since or at[begun] >= until):
                continue
            run = 1
            chain[0] = begun
            i = begun + 1
            while run < steps and i < stop:
                code = event[np.uint64(i)]
                if relevant[code] != 0 and not (masked and keep[np.uint64(i)] == 0):
                    if only[code] != run or at[np.uint64(i)] - at[begun] > window:
                        break
                    chain[run] = i
                    run += 1
                i += 1
            if run > best:
                best = run
                for k in range(run):
                    best_chain[k] = chain[k]
        if best == 0:
            continue
        who[written], start[written], level[written] = customer, best_chain[0], best
        written += np.uint64(1)
        for k in range(best - 1, 0, -1):
            step_out[filled] = k
            gap_out[filled] = at[best_chain[k]] - at[best_chain[k - 1]]
            filled += np.uint64(1)
        if best == steps:
            step_out[filled] = 0
            gap_out[filled] = at[best_chain[best - 1]] - at[best_chain[0]]
            filled += np.uint64(1)
    return written, filled


@compiled
def _find(first: int, last: int, event: Codes, keep: Bytes, only: Bytes, starts: Int64s) -> None:
    """List the events of the first step; each is written before it is judged: no branch to foresee."""
    masked = len(keep) > 0
    found: Any = np.uint64(0)
    for i in range(np.uint64(first), np.uint64(last)):
        starts[found] = i
        is_first = only[event[i]] == 0
        if masked:
            is_first &= keep[i] != 0
        found += np.uint64(is_first)
    starts[found] = np.iinfo(np.int64).max
