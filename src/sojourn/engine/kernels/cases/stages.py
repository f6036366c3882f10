"""How long cases stay in their stages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.completion import ABANDONED
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt16s

NO_STAGE = 255


@compiled
def stays(
    at: Int64s, event: Codes, keep: Bytes, place: UInt16s, stage: Bytes, stages: int,
    first: Int64s, last: Int64s, ending: Bytes, counted: Bytes,
    case_out: Int64s, stage_out: Bytes, visits_out: Int64s, stayed_out: Int64s, waited_out: Int64s, left_out: Bytes,
) -> int:  # fmt: skip
    """Write a row for each stage that a counted case was in; rows of a case stand together.

    `stage` gives the stage that an event enters. A stage is left when another is entered, or when an event ends the
    case; waiting is the time from the event before to leaving. An abandoned case never left its last stage: `left` is
    0 there, and the time of that last visit is not counted. The last six arrays must have room for a row an event.
    """
    masked = len(keep) > 0
    visits, stayed, waited = np.zeros(stages, np.int64), np.zeros(stages, np.int64), np.zeros(stages, np.int64)
    filled = 0
    for case in range(len(first)):
        if counted[case] == 0:
            continue
        here: Any = np.int64(NO_STAGE)
        entered: Any = np.int64(0)
        before: Any = np.int64(0)
        ends = ending[case] != ABANDONED
        for i in range(first[case], last[case] + 1):
            if place[event[i]] == 65_535 or (masked and keep[i] == 0):
                continue
            to = np.int64(stage[event[i]])
            is_end = ends and i == last[case]
            if is_end or (to != NO_STAGE and to != here):
                if here != NO_STAGE:
                    stayed[here] += at[i] - entered
                    waited[here] += at[i] - before
                if not is_end:
                    here, entered = to, at[i]
                    visits[to] += 1
            before = at[i]
        for each in range(stages):
            if visits[each] == 0:
                continue
            case_out[filled], stage_out[filled], visits_out[filled] = case, each, visits[each]
            stayed_out[filled], waited_out[filled] = stayed[each], waited[each]
            left_out[filled] = ends or each != here
            filled += 1
            visits[each], stayed[each], waited[each] = 0, 0, 0
    return filled
