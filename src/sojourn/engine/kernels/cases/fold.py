"""Cases as a fold: the runs of a journey, what they take, and where they turn back.

A case is one run of a journey by one customer, as `completion` has it: it begins with a start event, ends with the
first goal or outcome within the window, and is abandoned when the window has passed or, where an idle time is given,
after a pause longer than it. A start event while a case runs belongs to it. A case is open until its window has passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels.cases import figures
from sojourn.engine.kernels.cases.block import CasesBlock, joined
from sojourn.engine.kernels.cases.cut import OPEN, cut
from sojourn.engine.kernels.cases.effort import effort, forget, pairs_table, steps_table
from sojourn.engine.kernels.cases.found import Cases
from sojourn.engine.kernels.cases.stages import NO_STAGE, stays
from sojourn.engine.kernels.compiling import frozen, masks
from sojourn.engine.kernels.completion import ABANDONED, FIRST_OUTCOME
from sojourn.engine.kernels.funnels.tally import ranked_groups
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.roles import NOTHING, roles
from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, Slice, UInt16s

STEPS_LIMIT = 1_024  # ways back are counted in a square table: 1,024 steps take 64 MB a thread
STAGES_LIMIT = 50
CHANNELS_LIMIT = 200
NO_DIMENSION = np.zeros(0, np.uint16)
NO_GROUPS = np.zeros(0, np.int64)


@dataclass(slots=True)
class CasesPartial:
    """Blocks of cases of disjoint customers, and sums over them."""

    steps: Int64s
    ways: Int64s
    passes: Int64s
    blocks: list[CasesBlock] = field(default_factory=list)


class CasesFold:
    """Asks what the cases of a journey take; see `cases.found.Cases`. Time is linear in events.

    With `landmark_us` only repeats and hand-offs so soon after the start go into `by_repeats` and `by_handoffs`, of
    cases still running then: a case that ends early has little time to gather any. `shown` are the codes that count in
    a case, besides start and ends. `stages` are sets of codes: such an event enters the stage. `across` names the
    dimension whose changes are hand-offs, `channels` its values' texts by code, of which
    those with the codes `channels_shown` are told apart in the table. `by`, `texts`, `top`, `least` and `marks` are as
    in `funnels.detail.FunnelDetailFold`, of the start event.
    """

    def __init__(
        self,
        shown: Iterable[int],
        *,
        start: int,
        goals: Iterable[int],
        outcomes: Sequence[Iterable[int]] = (),
        window_us: int,
        as_of_us: int,
        idle_us: int | None = None,
        landmark_us: int | None = None,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
        stages: Sequence[Iterable[int]] = (),
        across: str | None = None,
        channels: Sequence[str] = (),
        channels_shown: Collection[int] | None = None,
        by: str | None = None,
        texts: Sequence[str] = (),
        top: int = 5,
        least: int = 0,
        marks: Sequence[int] = (),
        edges_us: Sequence[int] = (0,),
    ) -> None:
        """Ask about one journey; raise ValueError for an event with two roles, or more than the limits."""
        self._role = roles(start, goals, outcomes)
        self._endings = FIRST_OUTCOME + len(outcomes)
        self._codes = np.union1d(np.fromiter(shown, np.int64), np.flatnonzero(self._role != NOTHING))
        self._codes = self._codes[self._codes != NO_CODE]
        if len(self._codes) > STEPS_LIMIT or len(stages) > STAGES_LIMIT:
            raise ValueError(f"ask about at most {STEPS_LIMIT} kinds of events and {STAGES_LIMIT} stages")
        self._place = _placed(self._codes)
        self._stage, self._stages = _stage_of(stages), len(stages)
        chosen = np.arange(len(channels)) if channels_shown is None else np.array(sorted(channels_shown), np.int64)
        self._channels = chosen[:CHANNELS_LIMIT]
        self._channel_place = frozen(np.where((found := _placed(self._channels)) == NO_CODE, len(self._channels), found)
                                     .astype(np.uint16))  # fmt: skip
        self._across, self._channel_texts = across, tuple(channels)
        self._window_us, self._as_of_us, self._since_us, self._until_us = window_us, as_of_us, since_us, until_us
        self._idle_us = LAST_INSTANT if idle_us is None else idle_us
        self._landmark_us = LAST_INSTANT if landmark_us is None else landmark_us
        if min(window_us, self._idle_us, self._landmark_us) < 0:
            raise ValueError("a window, an idle time or a landmark cannot be negative")
        self._by, self._texts, self._top, self._least = by, tuple(texts), top, least
        self._marks, self._edges_us = np.asarray(marks, np.int64), np.asarray(edges_us, np.int64)

    def start(self) -> CasesPartial:
        """Make the cases of no customers."""
        return CasesPartial(
            steps_table(len(self._codes)), pairs_table(len(self._codes)), pairs_table(len(self._channels) + 1)
        )

    def fold(self, events: Slice, partial: CasesPartial) -> CasesPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        at, event = frozen(events.at), frozen(events.event)
        # each case has an event of its own: pages not written to take no memory
        room = int(events.offset[-1] - events.offset[0]) if events.customers else 0
        who, first, last = (np.empty(room, np.int64) for _ in range(3))
        ending = np.empty(room, np.uint8)
        found = cut(
            frozen(events.offset), at, event, keep, customer_keep, self._place, self._role, self._window_us,
            self._idle_us, self._as_of_us, self._since_us, self._until_us, who, first, last, ending,
        )  # fmt: skip
        who, first, last = (each[:found].copy() for each in (who, first, last))
        ending = ending[:found].copy()
        counted = (ending != OPEN).astype(np.uint8)
        size, repeats, hands = (np.zeros(found, np.int64) for _ in range(3))
        soon = np.zeros((found, 2), np.int64)
        channel = NO_DIMENSION if self._across is None else events.dimensions[self._across]
        forget(partial.steps, partial.ways, partial.passes)
        effort(
            at, event, keep, frozen(channel), self._place, self._channel_place, who, first, last, counted,
            self._landmark_us, size, repeats, hands, soon, partial.steps, partial.ways, partial.passes,
        )  # fmt: skip
        lasted = at[last] - at[first]
        partial.blocks.append(
            CasesBlock(
                who, events.dimensions[self._by][first] if self._by else np.zeros(found, np.uint16),
                np.searchsorted(self._marks, at[first], side="right").astype(np.uint16), ending,
                lasted, size, repeats, hands, soon, self._ran(lasted, ending),
                *self._stays(at, event, keep, first, last, ending, counted, room),
            )
        )  # fmt: skip
        return partial

    def merge(self, left: CasesPartial, right: CasesPartial) -> CasesPartial:
        """Add the right partial to the left."""
        left.steps += right.steps
        left.ways += right.ways
        left.passes += right.passes
        left.blocks.extend(right.blocks)
        return left

    def finish(self, partial: CasesPartial) -> Cases:
        """Count, choose the groups, and work out the times."""
        block, endings = joined(partial.blocks), self._endings
        values, place = ranked_groups([block], self._top, self._least) if self._by else ((), NO_GROUPS)
        everything = np.zeros(len(block.who), np.int64)
        spans = len(self._marks) + 1 if len(self._marks) else 0
        shut = block.closed()
        return Cases(
            whole=figures.case_groups(block, everything, 1, endings)[0],
            parts=figures.case_groups(block, place[block.group], len(values) + 1, endings) if self._by else (),
            values=values,
            names=tuple(self._texts[value] if value < len(self._texts) else "" for value in values),
            spans=figures.case_groups(block, block.span.astype(np.int64), spans, endings) if spans else (),
            bins=figures.bins(block, endings, self._edges_us),
            sizes=np.bincount(block.size[shut]),
            by_repeats=figures.friction(block, block.soon[:, 0], endings),
            by_handoffs=figures.friction(block, block.soon[:, 1], endings),
            over=int((shut & (block.ran == 0)).sum()),
            with_repeats=figures.having(block, block.repeats),
            with_handoffs=figures.having(block, block.hands),
            steps=figures.step_repeats(partial.steps, self._codes),
            ways_back=figures.pairs(partial.ways, self._codes),
            handoffs=figures.pairs(partial.passes, np.arange(len(self._channels) + 1)),
            channels=tuple(self._channel_texts[code] for code in self._channels.tolist()),
            stages=figures.stage_stays(block, self._stages),
        )

    def _ran(self, lasted: Int64s, ending: Bytes) -> Bytes:
        """Say which cases still ran at the landmark; an abandoned one runs until it is given up."""
        given_up = np.minimum(self._window_us, lasted + min(self._idle_us, self._window_us))
        ends = np.where(ending == ABANDONED, given_up, lasted)
        return (ends > self._landmark_us if self._landmark_us < LAST_INSTANT else ends >= 0).astype(np.uint8)

    def _stays(
        self, at: Int64s, event: Int64s, keep: Bytes, first: Int64s, last: Int64s, ending: Bytes, counted: Bytes,
        room: int,
    ) -> tuple[Int64s, Bytes, Int64s, Int64s, Int64s, Bytes]:  # fmt: skip
        room = room if self._stages else 0
        case, visits, stayed, waited = (np.empty(room, np.int64) for _ in range(4))
        stage, left = (np.empty(room, np.uint8) for _ in range(2))
        rows = 0
        if self._stages:
            rows = stays(
                at, event, keep, self._place, self._stage, self._stages, first, last, ending, counted,
                case, stage, visits, stayed, waited, left,
            )  # fmt: skip
        return (
            case[:rows].copy(), stage[:rows].copy(), visits[:rows].copy(), stayed[:rows].copy(), waited[:rows].copy(),
            left[:rows].copy(),
        )  # fmt: skip


def _placed(codes: Int64s) -> UInt16s:
    """Number codes; others have no place."""
    place = np.full(CODES, NO_CODE, np.uint16)
    place[codes] = np.arange(len(codes))
    return frozen(place)


def _stage_of(stages: Sequence[Iterable[int]]) -> Bytes:
    stage = np.full(CODES, NO_STAGE, np.uint8)
    for number, codes in enumerate(stages):
        for code in set(codes) - {int(NO_CODE)}:
            if stage[code] not in (NO_STAGE, number):
                raise ValueError(f"event {code} enters two stages")
            stage[code] = number
    return frozen(stage)
