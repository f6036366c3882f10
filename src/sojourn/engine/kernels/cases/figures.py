"""Figures of cases, worked out from what their fold kept of them."""

from __future__ import annotations

import numpy as np

from sojourn.engine.kernels.cases import effort as columns
from sojourn.engine.kernels.cases.block import CasesBlock
from sojourn.engine.kernels.cases.found import BUCKETS, CaseGroup, Measured, Pairs, StageStay, StepRepeats
from sojourn.engine.kernels.completion import ABANDONED
from sojourn.engine.kernels.customer_sums import CustomerSums, Numbers, sums_by_group
from sojourn.engine.kernels.funnels.tally import binned, by_step
from sojourn.engine.kernels.quantiles import grouped
from sojourn.engine.kernels.words import Flags, Floats, Int64s

QUANTILES = (0.5, 0.9)
MICROS = 1_000_000


def case_groups(block: CasesBlock, group: Numbers, groups: int, endings: int) -> tuple[CaseGroup, ...]:
    """Work out the figures of each group of cases."""
    shut = block.closed()
    opened = np.bincount(group[~shut], minlength=groups).tolist()
    who, mine, ending = block.who[shut], group[shut], block.ending[shut]
    ended = by_ending(who, mine, groups, ending, endings)
    times = _quantiles(mine * endings + ending, groups * endings, block.lasted[shut]).reshape(groups, endings, 2)
    measured = [_measured(who, mine, groups, each[shut]) for each in (block.size, block.repeats, block.hands)]
    return tuple(
        CaseGroup(open=opened[g], endings=ended[g], times=times[g], events=events, repeats=repeats, handoffs=handoffs)
        for g, (events, repeats, handoffs) in enumerate(zip(*measured, strict=True))
    )


def by_ending(
    who: Int64s, group: Numbers, groups: int, ending: Numbers, endings: int
) -> tuple[tuple[CustomerSums, ...], ...]:
    """Sum up, for each group, how its closed cases ended."""
    each = [sums_by_group(who, group, groups, score=ending == column) for column in range(endings)]
    return tuple(zip(*each, strict=True))


def friction(block: CasesBlock, count: Int64s, endings: int) -> tuple[tuple[CustomerSums, ...], ...]:
    """Give the endings of closed cases that still ran at the landmark, with none, one, two and more of something."""
    kept = block.closed() & (block.ran != 0)
    bucket = np.minimum(count[kept], BUCKETS - 1)
    return by_ending(block.who[kept], bucket, BUCKETS, block.ending[kept], endings)


def having(block: CasesBlock, count: Int64s) -> CustomerSums:
    """Sum up the closed cases, and those of them with at least one of something."""
    shut = block.closed()
    who = block.who[shut]
    return sums_by_group(who, np.zeros(len(who), np.int64), 1, score=count[shut] > 0)[0]


def bins(block: CasesBlock, endings: int, edges_us: Int64s) -> Int64s:
    """Count closed cases by ending and by how long they lasted."""
    shut = block.closed()
    ending, lasted = block.ending[shut], block.lasted[shut]
    size = np.bincount(ending, minlength=endings)
    return binned(size, by_step(size, ending, lasted), edges_us)


def step_repeats(table: Int64s, codes: Int64s) -> tuple[StepRepeats, ...]:
    """Read the table of steps."""
    return tuple(
        StepRepeats(
            code=code,
            times=row[columns.TIMES],
            again=CustomerSums(*(row[each] for each in (columns.CUSTOMERS, columns.CASES, columns.AGAIN, columns.NN,
                                                        columns.KK, columns.NK))),
            again_customers=row[columns.AGAIN_CUSTOMERS],
            extra=row[columns.EXTRA],
            at_once=row[columns.AT_ONCE],
            ping_pong=row[columns.PING],
        )
        for code, row in zip(codes.tolist(), table.tolist(), strict=True)
        if row[columns.TIMES]
    )  # fmt: skip


def pairs(table: Int64s, names: Int64s) -> Pairs:
    """Read a table of pairs; `names` are what its places stand for."""
    found = np.flatnonzero(table[:, columns.PAIR_TIMES])
    return Pairs(
        source=names[found // max(len(names), 1)].astype(np.uint16),
        target=names[found % max(len(names), 1)].astype(np.uint16),
        times=table[found, columns.PAIR_TIMES],
        cases=table[found, columns.PAIR_CASES],
        customers=table[found, columns.PAIR_CUSTOMERS],
        ping_pong=table[found, columns.PAIR_PING],
    )


def stage_stays(block: CasesBlock, stages: int) -> tuple[StageStay, ...]:
    """Work out how long closed cases stayed in each stage."""
    who, stage, went = block.who[block.stage_case], block.stage.astype(np.int64), block.left != 0
    given_up = sums_by_group(who, stage, stages, score=~went)
    visits = sums_by_group(who, stage, stages, score=block.visits)
    seconds = block.stayed // MICROS
    stayed = sums_by_group(who[went], stage[went], stages, score=seconds[went])
    waited = np.minimum(block.waited // MICROS, seconds)
    waiting = sums_by_group(who[went], stage[went], stages, score=waited[went], weight=seconds[went])
    middle = _quantiles(stage[went], stages, block.stayed[went])
    means = _means(stage[went], stages, block.stayed[went])
    shares = [_share(block, stage == each) for each in range(stages)]
    return tuple(
        StageStay(
            given_up=given_up[each], visits=visits[each], stayed=stayed[each], waiting=waiting[each],
            share=shares[each], mean=float(means[each]), median=float(middle[each, 0]), p90=float(middle[each, 1]),
        )
        for each in range(stages)
    )  # fmt: skip


def _share(block: CasesBlock, here: Flags) -> CustomerSums:
    """Sum up the time that cases ended by an event took, and what they spent in one stage."""
    ended = block.closed() & (block.ending != ABANDONED)
    spent = np.zeros(len(block.who), np.int64)
    spent[block.stage_case[here]] = block.stayed[here] // MICROS
    who = block.who[ended]
    (found,) = sums_by_group(
        who, np.zeros(len(who), np.int64), 1, score=spent[ended], weight=block.lasted[ended] // MICROS
    )
    return found


def _measured(who: Int64s, group: Numbers, groups: int, number: Numbers) -> tuple[Measured, ...]:
    sums = sums_by_group(who, group, groups, score=number)
    middle = _quantiles(group, groups, number)
    return tuple(
        Measured(sums=each, median=float(median), p90=float(p90))
        for each, (median, p90) in zip(sums, middle.tolist(), strict=True)
    )


def _quantiles(group: Numbers, groups: int, values: Int64s) -> Floats:
    return _grouped(group, groups, values)[1]


def _means(group: Numbers, groups: int, values: Int64s) -> Floats:
    return _grouped(group, groups, values)[0]


def _grouped(group: Numbers, groups: int, values: Int64s) -> tuple[Floats, Floats]:
    size = np.bincount(group, minlength=groups)
    return grouped(size, values[np.argsort(group, kind="stable")], QUANTILES)
