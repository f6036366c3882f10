"""Attribution of an outcome to touchpoints, as a fold.

A conversion is one time that the outcome happened. Its path is the touches after the customer's previous
conversion that lie at most a window before it. Touches that belong to no conversion make paths that did not
convert: such a path begins with a touch and takes those at most a window after it.

The partial result keeps sums for each of `GROUPS` groups of customers, chosen by a hash of their number, so that
any model's uncertainty can be told by leaving out one group after the other (`engine.stats.jackknife`). All sums are
whole numbers: they merge in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sojourn.engine.kernels import touching
from sojourn.engine.kernels.compiling import frozen, masks
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.touching import GROUPS, MODELS, NO_TOUCH, OUTCOME, SET_SHIFT, UNIT, UInt32s
from sojourn.engine.kernels.words import NO_CODE, Flags, Floats, Int64s, Slice

__all__ = ["GROUPS", "RULES", "TOUCHPOINTS_MOST", "AttributionFold", "AttributionPartial", "AttributionSums"]

TOUCHPOINTS_MOST: Final = 24
NO_KEYS: Final[UInt32s] = np.zeros(0, np.uint32)
RULES: Final = ("first", "last", "linear", "decay", "position")
assert len(RULES) == MODELS


@dataclass(frozen=True, slots=True)
class AttributionSums:
    """What every attribution model needs, by group of customers (first axis, `GROUPS`); T touchpoints.

    `credit` (G, T, 5) are credits of the rules first, last, linear, time decay and position, in conversions; `worth`
    the same in ten-thousandths of money, all zero where no currency was asked for. `step` (G, T + 1, T + 1, T + 2)
    counts, of all paths, the next touch after the last two: 0 stands for the path's beginning, then touchpoints counted
    from 1; the last axis begins with the end without a conversion and ends with a conversion. Rows of `members` (S, T)
    say which touchpoints a path touched, `taken` (S, G, 3) how many paths converted, how many did not, and the money.
    By group: `credited` conversions, `direct` ones without a touch, `open` paths whose window has not passed (in no
    model), credited conversions without money in the currency (`unvalued`), their `value`, `customers` who have a path
    or a conversion, and those with a credited one, `converted`.
    """

    credit: Floats
    worth: Int64s
    step: Int64s
    members: Flags
    taken: Int64s
    credited: Int64s
    direct: Int64s
    open: Int64s
    unvalued: Int64s
    value: Int64s
    customers: Int64s
    converted: Int64s


@dataclass(slots=True)
class AttributionPartial:
    """Sums by group of customers, and blocks of sums by (set of touchpoints, group)."""

    credit: Int64s
    worth: Int64s
    step: Int64s
    total: Int64s  # (groups, TOTALS)
    sets: list[tuple[UInt32s, Int64s]] = field(default_factory=list)


class AttributionFold:
    """Asks which touchpoints led to an outcome; see `AttributionSums`. Time is linear in events.

    The rules are those of the field: the whole credit to the first or the last touch; equal parts to each; parts
    that halve with every `half_life_us` before the conversion; 40 % to the first, 40 % to the last, 20 % to those
    between (halves where there are two). A touchpoint touched twice gets two parts, unless `collapse` makes touches of
    the same touchpoint that follow one another a single one, at the instant of the last.
    """

    def __init__(
        self,
        *,
        outcomes: Iterable[int],
        touchpoints: Mapping[int, int],
        window_us: int,
        half_life_us: int,
        by: str | None = None,
        touches: Iterable[int] | None = None,
        collapse: bool = False,
        currency: int | None = None,
        as_of_us: int = LAST_INSTANT,
        since_us: int = FIRST_INSTANT,
        until_us: int = LAST_INSTANT,
    ) -> None:
        """Ask about conversions from `since_us` until (exclusive) `until_us`.

        `touchpoints` gives the touchpoint, counted from 0, of each event code or, with `by`, of each code of that
        dimension (`NO_CODE` for events without a value). With `by`, `touches` are the events that touch; None means
        all but the outcome's. Raise ValueError for touchpoints that are not 0, 1, 2, ..., too many, or no time.
        """
        self.touchpoints = len(set(touchpoints.values()))
        if not 1 <= self.touchpoints <= TOUCHPOINTS_MOST or max(touchpoints.values()) != self.touchpoints - 1:
            raise ValueError(f"number 1 to {TOUCHPOINTS_MOST} touchpoints from 0")
        if window_us < 0 or half_life_us <= 0:
            raise ValueError("a window cannot be negative, a half-life must be above 0")
        role = np.full(CODES, NO_TOUCH, np.uint8)
        touch = np.full(CODES, NO_TOUCH, np.uint8)
        touch[list(touchpoints)] = list(touchpoints.values())
        if by is None:
            role[:] = touch
        else:
            role[list(touches) if touches is not None else slice(None)] = 0
        role[[code for code in outcomes if code != NO_CODE]] = OUTCOME
        self._role, self._touch, self._by = frozen(role), frozen(touch), by
        self._window_us, self._half_life_us, self._collapse = window_us, float(half_life_us), collapse
        self._currency, self._as_of_us, self._since_us, self._until_us = currency, as_of_us, since_us, until_us

    def start(self) -> AttributionPartial:
        """Make the sums of no customers."""
        t = self.touchpoints
        return AttributionPartial(
            credit=np.zeros((GROUPS, t, MODELS), np.int64),
            worth=np.zeros((GROUPS, t, MODELS), np.int64),
            step=np.zeros((GROUPS, t + 1, t + 1, t + 2), np.int64),
            total=np.zeros((GROUPS, touching.TOTALS), np.int64),
        )

    def fold(self, events: Slice, partial: AttributionPartial) -> AttributionPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        code = np.zeros(0, np.uint16) if self._by is None else events.dimensions[self._by]
        keys, money = touching.scan(
            frozen(events.customer), frozen(events.offset), frozen(events.at), frozen(events.event), frozen(code),
            keep, customer_keep, frozen(self._amounts(events)), self._role, self._touch, self._collapse,
            self._window_us, self._half_life_us, self._since_us, self._until_us, self._as_of_us,
            partial.credit, partial.worth, partial.step, partial.total,
        )  # fmt: skip
        partial.sets.append(_summed(keys, money))
        return partial

    def _amounts(self, events: Slice) -> Int64s:
        """Spread the money in the currency asked for over the events; empty when none was asked for."""
        if self._currency is None:
            return np.zeros(0, np.int64)
        amount = np.zeros(len(events.at), np.int64)
        if events.amounts is not None:
            money = events.amounts()
            mine = money.currency == self._currency
            amount[money.place[mine]] = money.amount[mine]
        return amount

    def merge(self, left: AttributionPartial, right: AttributionPartial) -> AttributionPartial:
        """Add the right partial to the left."""
        left.credit += right.credit
        left.worth += right.worth
        left.step += right.step
        left.total += right.total
        left.sets.extend(right.sets)
        return left

    def finish(self, partial: AttributionPartial) -> AttributionSums:
        """Bring sets together and name the totals."""
        seen = [NO_KEYS, *(keys for keys, _ in partial.sets)]
        sets = np.unique(np.concatenate(seen) >> SET_SHIFT)
        taken = np.zeros((len(sets), GROUPS, 3), np.int64)
        for keys, counts in partial.sets:  # keys of a block differ
            taken[np.searchsorted(sets, keys >> SET_SHIFT), keys & (GROUPS - 1)] += counts
        bits = np.arange(self.touchpoints, dtype=np.uint32)
        total = partial.total
        return AttributionSums(
            credit=partial.credit / UNIT,
            worth=partial.worth,
            step=partial.step,
            members=(sets[:, None] >> bits & 1).astype(bool),
            taken=taken,
            credited=total[:, touching.CREDITED],
            direct=total[:, touching.DIRECT],
            open=total[:, touching.OPEN],
            unvalued=total[:, touching.UNVALUED],
            value=total[:, touching.VALUE],
            customers=total[:, touching.CUSTOMERS],
            converted=total[:, touching.CONVERTED],
        )


def _summed(paths: UInt32s, money: Int64s) -> tuple[UInt32s, Int64s]:
    """Count paths by set and group: the keys, and how many converted, how many did not, and their money."""
    distinct, times = np.unique(paths, return_counts=True)
    keys = np.unique(distinct >> 1)
    counts = np.zeros((len(keys), 3), np.int64)
    counts[np.searchsorted(keys, distinct >> 1), 1 - (distinct & 1).astype(np.int64)] = times
    if len(money):
        np.add.at(counts[:, 2], np.searchsorted(keys, paths >> 1), money)
    return keys, counts
