"""Which values of dimensions the customers of two sides have, as a fold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.sides.words import (
    COLUMNS,
    K_A,
    K_B,
    N_A,
    N_B,
    N_N,
    TraitSides,
    add_one,
    bits,
    count_one,
    with_everybody,
)
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s

VALUES_LIMIT = 5_000  # a dimension with more values names things one by one rather than kinds of things

TraitsPartial = dict[str, tuple[Int64s, Int64s]]  # by dimension: a row a value, and the row of everybody


class TraitSidesFold:
    """Asks how many customers of each side have an event with each value; see `sides.TraitSides`, by dimension.

    Slices are those of `sides.both`. Time is linear in events times dimensions.
    """

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        """Ask about each dimension's values, given by code; those with more than `VALUES_LIMIT` are passed over."""
        self._values = {name: texts for name, texts in values.items() if len(texts) <= VALUES_LIMIT}

    def start(self) -> TraitsPartial:
        """Make the comparison of no customers."""
        return {
            name: (np.zeros((len(texts), COLUMNS), np.int64), np.zeros(COLUMNS, np.int64))
            for name, texts in self._values.items()
        }

    def fold(self, events: Slice, partial: TraitsPartial) -> TraitsPartial:
        """Add a slice's customers."""
        keep, chosen = bits(events)
        for name, (rows, total) in partial.items():
            codes = frozen(np.asarray(events.dimensions[name], np.uint16))
            _scan(frozen(events.offset), codes, frozen(keep), frozen(chosen), rows, total)
        return partial

    def merge(self, left: TraitsPartial, right: TraitsPartial) -> TraitsPartial:
        """Add the right partial to the left."""
        for name, (rows, total) in left.items():
            rows += right[name][0]
            total += right[name][1]
        return left

    def finish(self, partial: TraitsPartial) -> dict[str, TraitSides]:
        """List the values that somebody has."""
        return {name: _answer(self._values[name], *found) for name, found in partial.items()}


def _answer(texts: tuple[str, ...], rows: Int64s, total: Int64s) -> TraitSides:
    rows = with_everybody(rows, total[N_A], total[N_B], total[N_N])
    found = np.flatnonzero(rows[:, K_A] + rows[:, K_B])
    return TraitSides(value=tuple(texts[code] for code in found.tolist()), trait=rows[found])


@compiled
def _scan(offset: Int64s, codes: UInt16s, keep: Bytes, chosen: Bytes, trait: Int64s, total: Int64s) -> None:
    values = len(trait)
    had, met = np.zeros(values, np.uint8), np.empty(values, np.int64)
    for customer in range(len(offset) - 1):
        if chosen[customer] == 0:
            continue
        found, on = 0, 0
        for i in range(offset[customer], offset[customer + 1]):
            bits = keep[i] & chosen[customer]
            if bits == 0:
                continue
            on |= bits
            code = np.int64(codes[i])
            if code < values:
                if had[code] == 0:
                    met[found] = code
                    found += 1
                had[code] |= bits
        count_one(total, on & 1, on >> 1)
        for each in range(found):
            code = met[each]
            add_one(trait[code], on & 1, on >> 1, had[code] & 1, had[code] >> 1)
            had[code] = 0
