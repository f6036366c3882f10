"""Strict chains of customers where no event is several steps: the longest run of steps, event after event.

Then at most one chain is alive at any time, so its length is all there is to know; instants are read only where a
customer's longest run so far grows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s


@compiled
def strict_chains(
    offset: Int64s, at: Int64s, event: Codes, keep: Bytes, customer_keep: Bytes, only: Bytes, relevant: Bytes,
    steps: int, window: int, since: int, until: int,
    who: Int64s, start: Int64s, level: Bytes, step_out: Bytes, gap_out: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Write each customer's longest strict chain, the first of its length, as `funnel_chains.chains` does.

    `relevant` is 0 for events that are passed over as if they had not happened.
    """
    masked, chosen = len(keep) > 0, len(customer_keep) > 0
    longest = 0
    for customer in range(len(offset) - 1):
        longest = max(longest, offset[customer + 1] - offset[customer])
    places = np.empty(longest + 1, np.int64)
    written, filled = 0, 0
    for customer in range(len(offset) - 1):
        if chosen and customer_keep[customer] == 0:
            continue
        first, last = offset[customer], offset[customer + 1]
        shown: Any = np.uint64(0)
        for i in range(first, last):  # each event is written before it is judged: no branch to foresee
            places[shown] = i
            seen = relevant[event[i]] != 0
            if masked:
                seen &= keep[i] != 0
            shown += np.uint64(seen)
        run: Any = 0
        best, end = 0, 0
        for turn in range(np.int64(shown)):
            step = np.int64(only[event[places[turn]]])
            run = run + 1 if step == run else np.int64(step == 0)
            if run <= best:
                continue
            begun = at[places[turn - run + 1]]
            if at[places[turn]] - begun <= window and begun >= since and begun < until:
                best, end = run, turn
                if best == steps:
                    break
        if best == 0:
            continue
        for k in range(best - 1, 0, -1):
            step_out[filled] = k
            gap_out[filled] = at[places[end - best + k + 1]] - at[places[end - best + k]]
            filled += 1
        who[written], start[written], level[written] = customer, places[end - best + 1], best
        written += 1
        if best == steps:
            step_out[filled] = 0
            gap_out[filled] = at[places[end]] - at[places[end - best + 1]]
            filled += 1
    return written, filled
