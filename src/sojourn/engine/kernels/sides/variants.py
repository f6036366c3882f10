"""How many customers of two sides went each way through, as a fold.

A customer has one variant on each side, that of what the side lets be seen of them; who is on both may have two.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sojourn.engine.kernels.ranking import most_frequent
from sojourn.engine.kernels.sides.words import (
    COLUMNS,
    K_A,
    K_B,
    K_K,
    K_N,
    KK_A,
    KK_B,
    N_K,
    NK_A,
    NK_B,
    A,
    B,
    side,
    with_everybody,
)
from sojourn.engine.kernels.variants import LONGEST, VariantBlock, VariantsFold, VariantsPartial, Whole
from sojourn.engine.kernels.words import Int64s, Slice, UInt16s

WEIGHT = 1 << 40  # of all customers of a side: the smaller side counts as much as the larger


@dataclass(frozen=True, slots=True)
class VariantSides:
    """The variants that most customers of the two sides have, and rows of sums over customers, `COLUMNS` wide.

    n customers of whom something is seen on the side, k of them with the variant. `distinct` counts all variants.
    """

    variants: tuple[tuple[int, ...], ...]
    row: Int64s
    distinct: int
    customers_a: int
    customers_b: int
    both: int


@dataclass(slots=True)
class VariantSidesPartial:
    """Blocks of the slices folded so far, for each side in the same order."""

    a: list[VariantBlock] = field(default_factory=list)
    b: list[VariantBlock] = field(default_factory=list)


class VariantSidesFold:
    """Asks for the `top` variants of two sides; see `VariantSides`. Slices are those of `sides.both`.

    Time is linear in events. A partial result holds on to the events folded, which must not change.
    """

    def __init__(self, lens: UInt16s, *, top: int = 20, longest: int = LONGEST) -> None:
        """Ask for what the lens shows; raise ValueError as `variants.VariantsFold` does."""
        self._fold, self._top, self._longest = VariantsFold(lens, top=top, longest=longest), top, longest

    def start(self) -> VariantSidesPartial:
        """Make the comparison of no customers."""
        return VariantSidesPartial()

    def fold(self, events: Slice, partial: VariantSidesPartial) -> VariantSidesPartial:
        """Add a slice's customers."""
        for blocks, bit in ((partial.a, A), (partial.b, B)):
            blocks += self._fold.fold(side(events, bit), VariantsPartial()).blocks
        return partial

    def merge(self, left: VariantSidesPartial, right: VariantSidesPartial) -> VariantSidesPartial:
        """Add the right partial to the left."""
        left.a += right.a
        left.b += right.b
        return left

    def finish(self, partial: VariantSidesPartial) -> VariantSides:
        """Choose the variants and sum up who has them."""
        if not partial.a:
            return VariantSides((), np.zeros((0, COLUMNS), np.int64), 0, 0, 0, 0)
        whole = Whole([*partial.a, *partial.b], self._longest)
        a, b = _numbers(whole, len(partial.a))
        on_a, on_b = a >= 0, b >= 0
        many = len(whole.customers)
        row = np.zeros((many, COLUMNS), np.int64)
        row[:, K_A] = row[:, KK_A] = row[:, NK_A] = np.bincount(a[on_a], minlength=many)
        row[:, K_B] = row[:, KK_B] = row[:, NK_B] = np.bincount(b[on_b], minlength=many)
        row[:, K_N] = np.bincount(a[on_a & on_b], minlength=many)
        row[:, N_K] = np.bincount(b[on_a & on_b], minlength=many)
        row[:, K_K] = np.bincount(a[on_a & (a == b)], minlength=many)
        n_a, n_b, both = int(on_a.sum()), int(on_b.sum()), int((on_a & on_b).sum())
        weight = row[:, K_A] * WEIGHT // max(n_a, 1) + row[:, K_B] * WEIGHT // max(n_b, 1)
        chosen = most_frequent(weight, whole.start, whole.end, whole.code, self._top)
        return VariantSides(
            variants=tuple(tuple(whole.code[whole.start[v] : whole.end[v]].tolist()) for v in chosen),
            row=with_everybody(row[chosen], n_a, n_b, both),
            distinct=many,
            customers_a=n_a,
            customers_b=n_b,
            both=both,
        )


def _numbers(whole: Whole, blocks: int) -> tuple[Int64s, Int64s]:
    """Give each customer's variant on both sides, -1 for none; customers in the order of the blocks."""
    found, base = [], 0
    for block in whole.blocks:
        mine = np.append(whole.number[base : base + len(block.lanes)], -1)  # number -1 is nobody's variant
        found.append(mine[block.variant])
        base += len(block.lanes)
    return np.concatenate(found[:blocks]), np.concatenate(found[blocks:])
