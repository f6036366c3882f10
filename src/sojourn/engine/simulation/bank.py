"""Harbour Bank: any stretch of its time, always the same for the same seed, size and anchor.

Time is cut into blocks of 28 days counted from the anchor. A block holds everything that begins in it, made from its
own random stream, so that what happens between two instants never depends on how it is asked for: the year is one
question, the last ten seconds another, and a journey open at the end of one goes on in the next.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from sojourn.engine.simulation import population, truths
from sojourn.engine.simulation.accounts import openings
from sojourn.engine.simulation.cards import applications, disputes
from sojourn.engine.simulation.complaints import complaints
from sojourn.engine.simulation.everyday import everyday
from sojourn.engine.simulation.ledger import Rows
from sojourn.engine.simulation.mortgages import mortgages
from sojourn.engine.simulation.population import Flags
from sojourn.engine.simulation.rhythm import BLOCK
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.surveys import relationship
from sojourn.engine.simulation.words import BRANCH, DAY

CUSTOMERS = 60_000
LOOKBACK_BLOCKS = 5  # no journey runs longer than this
YEAR = 365 * DAY
KEPT_BLOCKS = 8


class Bank:
    """The simulated bank; ``anchor`` is the midnight (microseconds) from which its planted truths are dated.

    >>> bank = Bank(seed=7, size=200, anchor=20_000 * DAY)
    >>> rows = bank.block(-1)
    >>> len(rows) == len(Bank(seed=7, size=200, anchor=20_000 * DAY).block(-1))
    True
    """

    def __init__(self, *, seed: int = 1, size: int = CUSTOMERS, anchor: int) -> None:
        if anchor % DAY:
            raise ValueError("the anchor must be a midnight")
        if size < 2:
            raise ValueError("a bank needs two customers at least")
        self.seed, self.size, self.anchor = seed, size, anchor
        self.people = population.make(seed=seed, size=size, anchor=anchor)
        self._blocks: OrderedDict[int, Rows] = OrderedDict()

    def block(self, number: int) -> Rows:
        """Give everything that begins in a block, in no particular order; `row` numbers it for good."""
        if number not in self._blocks:
            self._blocks[number] = self._made(number)
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return self._blocks[number]

    def blocks(self, since: int, until: int) -> range:
        """Number the blocks that may hold something between two instants."""
        first = (since - self.anchor) // BLOCK - LOOKBACK_BLOCKS
        return range(first, (until - 1 - self.anchor) // BLOCK + 1)

    def between(self, since: int, until: int) -> Iterator[tuple[int, Rows]]:
        """Yield the rows from ``since`` to ``until`` (microseconds, exclusive) by block, each in order of time."""
        for number in self.blocks(since, until):
            rows = self.block(number)
            at = rows.columns["at"]
            inside = np.flatnonzero((at >= since) & (at < until))
            yield number, rows.kept(inside[np.argsort(at[inside], kind="stable")])

    def _made(self, number: int) -> Rows:
        scene = Scene(seed=self.seed, number=number, anchor=self.anchor, people=self.people)
        for part in (everyday, relationship, applications, disputes, openings, mortgages, complaints):
            part(scene)
        rows = scene.ledger.rows()
        return rows.kept(~self._behind_closed_doors(rows))

    def _behind_closed_doors(self, rows: Rows) -> Flags:
        """Mask what would have happened in a branch while it was closed."""
        shut = np.zeros(len(rows), dtype=np.bool_)
        for each in truths.INCIDENTS:
            if each.effect is truths.Effect.CLOSED:
                there = (rows.columns["unit"] == each.unit) & (rows.columns["channel"] == BRANCH)
                shut |= there & each.covers(rows.columns["at"], self.anchor)
        return shut
