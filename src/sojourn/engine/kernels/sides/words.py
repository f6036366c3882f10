"""Two sides of a comparison in one slice, and the sums over customers that their difference needs.

A slice of sides has masks of two bits: bit `A` of an event's byte says that it belongs to side a, bit `B` to side b;
likewise of a customer's byte. An event or a customer may be on both. `both` makes such a slice of two that differ in
nothing but their masks, as privacy's door gives them for two periods or filters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Int64s, Slice, UInt16s

A, B = 1, 2

# Columns of sums over customers with `n` units and `k` of them, on side a, on side b, and across both. Where a
# customer has one unit at most, n * n is n.
N_A, K_A, KK_A, NK_A, NN_A, WHO_A = range(6)
N_B, K_B, KK_B, NK_B, NN_B, WHO_B = range(6, 12)
N_N, N_K, K_N, K_K = range(12, 16)  # n_a n_b, n_a k_b, k_a n_b, k_a k_b
COLUMNS = 16


@dataclass(frozen=True, slots=True)
class GraphSides:
    """Steps and edges of two sides: rows of sums over customers, `COLUMNS` wide.

    `step[i]` is about `node[i]`: n customers on the side, k of them had the step. `edge[i]` is about `source[i]` to
    `target[i]`: n customers who had the source, k of them took the edge. `pace[i]` is about the edge's time: n
    customers who took it, k the sum of their own mean logarithms (`PACE` to a doubling of microseconds).
    `total` has n customers on the side, k of them on the other.
    """

    node: UInt16s
    step: Int64s
    source: UInt16s
    target: UInt16s
    edge: Int64s
    pace: Int64s
    total: Int64s


@dataclass(frozen=True, slots=True)
class TraitSides:
    """Values of a dimension on two sides: n customers on the side, k of them with an event that has the value."""

    value: tuple[str, ...]
    trait: Int64s


@dataclass(frozen=True, slots=True)
class FunnelSides:
    """Customers by how many steps they reached on side a (rows) and b (columns), and those still within the window."""

    reached: Int64s  # (steps + 1, steps + 1)
    open_a: int
    open_b: int


@dataclass(frozen=True, slots=True)
class EndingSides:
    """Journeys by ending: n closed journeys, k of them so ended; rows are completed, abandoned, then each outcome."""

    ending: Int64s  # (2 + outcomes, COLUMNS)
    open_a: int
    open_b: int
    both: int  # customers with closed journeys on both sides


def both(a: Slice, b: Slice) -> Slice:
    """Make one slice of two sides that share their arrays."""
    return replace(
        a,
        keep=_joined(a.keep, b.keep, len(a.at)),
        customer_keep=_joined(a.customer_keep, b.customer_keep, a.customers),
    )


def side(events: Slice, bit: int) -> Slice:
    """Give one side of a slice of sides, as a slice with masks of 0 and 1."""
    keep, customer_keep = bits(events)
    return replace(
        events, keep=((keep & bit) != 0).astype(np.uint8), customer_keep=((customer_keep & bit) != 0).astype(np.uint8)
    )


def bits(events: Slice) -> tuple[Bytes, Bytes]:
    """Give the masks of a slice of sides; without masks everything is on both."""
    keep = np.full(len(events.at), A | B, np.uint8) if events.keep is None else events.keep
    chosen = np.full(events.customers, A | B, np.uint8) if events.customer_keep is None else events.customer_keep
    return keep, chosen


def with_everybody(rows: Int64s, on_a: Any, on_b: Any, on_both: Any) -> Int64s:
    """Put the customers of the sides into rows that know only who succeeded."""
    whole = rows.copy()
    for column in (N_A, NN_A, WHO_A):
        whole[:, column] = on_a
    for column in (N_B, NN_B, WHO_B):
        whole[:, column] = on_b
    whole[:, N_N] = on_both
    return whole


@compiled
def add_one(row: Int64s, on_a: Any, on_b: Any, k_a: Any, k_b: Any) -> None:
    """Add one customer's k on each side to a row, and the products; `on_a` and `on_b` say on which side they are.

    The customers themselves are not counted: where they are the same for many rows, `with_everybody` adds them.
    """
    row[K_A] += k_a
    row[KK_A] += k_a * k_a
    row[NK_A] += k_a
    row[K_B] += k_b
    row[KK_B] += k_b * k_b
    row[NK_B] += k_b
    row[N_K] += on_a * k_b
    row[K_N] += on_b * k_a
    row[K_K] += k_a * k_b


@compiled
def count_one(row: Int64s, on_a: Any, on_b: Any) -> None:
    """Count one customer in a row, on the sides they are on."""
    row[N_A] += on_a
    row[NN_A] += on_a
    row[WHO_A] += on_a
    row[N_B] += on_b
    row[NN_B] += on_b
    row[WHO_B] += on_b
    row[N_N] += on_a * on_b


@compiled
def add_many(row: Int64s, n_a: Any, n_b: Any, k_a: Any, k_b: Any) -> None:
    """Add one customer, who may have many units on each side, to a row."""
    row[N_A] += n_a
    row[K_A] += k_a
    row[KK_A] += k_a * k_a
    row[NK_A] += n_a * k_a
    row[NN_A] += n_a * n_a
    row[WHO_A] += min(n_a, 1)
    row[N_B] += n_b
    row[K_B] += k_b
    row[KK_B] += k_b * k_b
    row[NK_B] += n_b * k_b
    row[NN_B] += n_b * n_b
    row[WHO_B] += min(n_b, 1)
    row[N_N] += n_a * n_b
    row[N_K] += n_a * k_b
    row[K_N] += k_a * n_b
    row[K_K] += k_a * k_b


def _joined(a: Bytes | None, b: Bytes | None, size: int) -> Bytes:
    first = np.full(size, A, np.uint8) if a is None else a * np.uint8(A)
    return first + (np.full(size, B, np.uint8) if b is None else b * np.uint8(B))
