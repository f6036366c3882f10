"""Attribution of an outcome to touchpoints, as a fold.

A conversion is one time that the outcome happened. Its path is the touches after the customer's previous
conversion that lie at most a window before it. Touches that belong to no conversion make paths that did not
convert: such a path begins with a touch and takes those at most a window after it.

The partial result keeps sums for each of `GROUPS` groups of customers, chosen by a hash of their number, so that
any model's uncertainty can be told by leaving out one group after the other (`engine.stats.jackknife`). All sums are
whole numbers: they merge in any order. Rules need the conversions' paths only (`crediting`); the estimated models need
all paths (`touching`), which takes several times as long and is done where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sojourn.engine.kernels import crediting, touching
from sojourn.engine.kernels.compiling import frozen, masks
from sojourn.engine.kernels.crediting import GROUPS, NO_TOUCH, OUTCOME, RULES, TOUCHED, UNIT
from sojourn.engine.kernels.lens import CODES, FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.touching import SET_SHIFT, UInt32s
from sojourn.engine.kernels.words import NO_CODE, Flags, Floats, Int64s, Slice

__all__ = ["GROUPS", "RULES", "TOUCHPOINTS_MOST", "AttributionFold", "AttributionPartial", "AttributionSums"]

TOUCHPOINTS_MOST: Final = 24
NO_KEYS: Final[UInt32s] = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True)
class AttributionSums:
    """What every attribution model needs, by group of customers (first axis, `GROUPS`); T touchpoints.

    `credit` (G, T, 5) are credits of the rules first, last, linear, time decay and position, in conversions; `worth`
    the same in ten-thousandths of money, all zero where no currency was asked for. `touched` (G, T) conversions have a
    touch of the touchpoint in their path. By group: `credited` conversions, `direct` ones without a touch, credited
    ones without money in the currency (`unvalued`), their `value`, and customers who have one, `converted`.

    The rest looks at all paths, and has no groups where these were not asked for. `step` (G, T + 1, T + 1, T + 2)
    counts the next touch after the last two: 0 stands for the path's beginning, then touchpoints counted from 1; the
    last axis begins with the end without a conversion and ends with a conversion. Rows of `members` (S, T) say
    which touchpoints a path touched, `taken` (S, G, 3) how many paths converted, how many did not, and the money. By
    group: paths that `failed` to convert, `open` ones whose window has not passed (in no model), and `customers` who
    have a path or a conversion.
    """

    credit: Floats
    worth: Int64s
    touched: Int64s
    credited: Int64s
    direct: Int64s
    unvalued: Int64s
    value: Int64s
    converted: Int64s
    step: Int64s
    members: Flags
    taken: Int64s
    failed: Int64s
    open: Int64s
    customers: Int64s


@dataclass(slots=True)
class AttributionPartial:
    """Sums by group of customers, and blocks of sums by (set of touchpoints, group)."""

    credit: Int64s  # (groups, touchpoints, rules + 1), the last the conversions touched
    worth: Int64s
    total: Int64s  # (groups, crediting.TOTALS)
    step: Int64s
    ways: Int64s  # (groups, touching.TOTALS)
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
        paths: bool = False,
    ) -> None:
        """Ask about conversions from `since_us` until (exclusive) `until_us`: for rules or, with `paths`, every model.

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
        self._paths = paths

    def start(self) -> AttributionPartial:
        """Make the sums of no customers."""
        t, groups = self.touchpoints, GROUPS if self._paths else 0
        return AttributionPartial(
            credit=np.zeros((GROUPS, t, TOUCHED + 1), np.int64),
            worth=np.zeros((GROUPS, t, TOUCHED + 1), np.int64),
            total=np.zeros((GROUPS, crediting.TOTALS), np.int64),
            step=np.zeros((groups, t + 1, t + 1, t + 2), np.int64),
            ways=np.zeros((groups, touching.TOTALS), np.int64),
        )

    def fold(self, events: Slice, partial: AttributionPartial) -> AttributionPartial:
        """Add a slice's customers."""
        keep, customer_keep = masks(events)
        code = np.zeros(0, np.uint16) if self._by is None else events.dimensions[self._by]
        given = (
            frozen(events.customer), frozen(events.offset), frozen(events.at), frozen(events.event), frozen(code),
            keep, customer_keep, frozen(self._amounts(events)), self._role, self._touch, self._collapse,
            self._window_us, self._since_us, self._until_us,
        )  # fmt: skip
        crediting.credit(*given, self._half_life_us, partial.credit, partial.worth, partial.total)
        if self._paths:
            partial.sets.append(_summed(*touching.scan(*given, self._as_of_us, partial.step, partial.ways)))
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
        left.total += right.total
        left.step += right.step
        left.ways += right.ways
        left.sets.extend(right.sets)
        return left

    def finish(self, partial: AttributionPartial) -> AttributionSums:
        """Bring sets together and name the totals."""
        seen = [NO_KEYS, *(keys for keys, _ in partial.sets)]
        sets = np.unique(np.concatenate(seen) >> SET_SHIFT)
        taken = np.zeros((len(sets), len(partial.ways), 3), np.int64)
        for keys, counts in partial.sets:  # keys of a block differ
            taken[np.searchsorted(sets, keys >> SET_SHIFT), keys & (GROUPS - 1)] += counts
        bits = np.arange(self.touchpoints, dtype=np.uint32)
        total, ways = partial.total, partial.ways
        return AttributionSums(
            credit=partial.credit[:, :, :TOUCHED] / UNIT,
            worth=partial.worth[:, :, :TOUCHED],
            touched=partial.credit[:, :, TOUCHED],
            credited=total[:, crediting.CREDITED],
            direct=total[:, crediting.DIRECT],
            unvalued=total[:, crediting.UNVALUED],
            value=total[:, crediting.VALUE],
            converted=total[:, crediting.CONVERTED],
            step=partial.step,
            members=(sets[:, None] >> bits & 1).astype(bool),
            taken=taken,
            failed=ways[:, touching.FAILED],
            open=ways[:, touching.OPEN],
            customers=ways[:, touching.CUSTOMERS],
        )


def _summed(paths: UInt32s, money: Int64s) -> tuple[UInt32s, Int64s]:
    """Count paths by set and group: the keys, and how many converted, how many did not, and their money."""
    highest = int(paths.max(initial=0))
    if highest < 4 * len(paths):  # few touchpoints: a table of all sets there can be is quicker than sorting
        table = np.bincount(paths, minlength=(highest | 1) + 1).reshape(-1, 2)
        keys = np.flatnonzero(table.any(axis=1)).astype(np.uint32)
        failed, converted = table[keys].T
    else:
        distinct, times = np.unique(paths, return_counts=True)
        keys = np.unique(distinct >> 1)
        failed, converted = np.zeros((2, len(keys)), np.int64)
        for count, side in ((failed, 0), (converted, 1)):
            mine = (distinct & 1) == side
            count[np.searchsorted(keys, distinct[mine] >> 1)] = times[mine]
    counts = np.column_stack((converted, failed, np.zeros(len(keys), np.int64)))
    if len(money):
        np.add.at(counts[:, 2], np.searchsorted(keys, paths >> 1), money)
    return keys, counts
