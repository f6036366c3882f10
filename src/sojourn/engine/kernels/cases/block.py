"""What counts of the cases of some customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from sojourn.engine.kernels.cases.cut import OPEN
from sojourn.engine.kernels.words import Bytes, Flags, Int64s, UInt16s


@dataclass(frozen=True, slots=True)
class CasesBlock:
    """Arrays over cases, and over the stages that closed cases were in; customers and cases are numbered in the block.

    Open cases have no size, and stand in no stage.
    """

    who: Int64s  # ascending
    group: UInt16s  # value of a dimension at the start event
    span: UInt16s  # span of time of the start event
    ending: Bytes  # a column, or `OPEN`
    lasted: Int64s  # microseconds from the first event to the last
    size: Int64s  # events
    repeats: Int64s
    hands: Int64s  # hand-offs
    soon: Int64s  # (cases, 2) repeats and hand-offs up to the landmark
    ran: Bytes  # whether it still ran at the landmark
    stage_case: Int64s
    stage: Bytes
    visits: Int64s
    stayed: Int64s
    waited: Int64s
    left: Bytes

    def closed(self) -> Flags:
        """Say which cases are closed."""
        shut: Flags = self.ending != OPEN
        return shut


def joined(blocks: Sequence[CasesBlock]) -> CasesBlock:
    """Put blocks over disjoint customers together; customers and cases are numbered on."""
    customers, cases = 0, 0
    whos, stage_cases = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for block in blocks:
        whos.append(block.who + customers)
        stage_cases.append(block.stage_case + cases)
        customers += int(block.who[-1]) + 1 if len(block.who) else 0
        cases += len(block.who)
    narrow = {
        "group": np.uint16,
        "span": np.uint16,
        "ending": np.uint8,
        "ran": np.uint8,
        "stage": np.uint8,
        "left": np.uint8,
    }
    rest = {
        each.name: np.concatenate(
            [
                np.zeros((0, 2) if each.name == "soon" else 0, narrow.get(each.name, np.int64)),
                *(getattr(block, each.name) for block in blocks),
            ]
        )
        for each in fields(CasesBlock)
        if each.name not in ("who", "stage_case")
    }
    return CasesBlock(who=np.concatenate(whos), stage_case=np.concatenate(stage_cases), **rest)
