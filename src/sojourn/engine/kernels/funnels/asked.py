"""What a funnel asks: steps, their order, what breaks it; as tables that kernels read.

The orders are the three of product analytics (PostHog's ordered, strict and unordered funnels; the ordered one is
ClickHouse's `windowFunnel`); docs/reference/funnels.md has the exact definitions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.lens import CODES
from sojourn.engine.kernels.words import NO_CODE, Bytes, Int64s, UInt64s

STEPS_LIMIT = 50
NO_STEP = 255


class Order(StrEnum):
    """How the steps must follow each other."""

    ORDERED = "ordered"  # one after the other, anything in between
    STRICT = "strict"  # one after the other, no other shown event in between
    ANY = "any"  # all of them, in whatever order


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Events that break a funnel between step `after` and step `before` (places from 0); None: first and last."""

    codes: frozenset[int]
    after: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """A funnel by event code.

    Code `c` is the steps `role[role_at[c]]` to `role[role_at[c + 1]]`, the last step first; `only[c]` is its step where
    no code is several, else `NO_STEP`. `kills[c]` are the steps (bits) at which a chain that ended so far is
    broken by the event, `inner[c]` those that the event itself cannot be. `relevant[c]` says whether it matters at all.
    """

    steps: int
    most: int  # steps that one code may be
    role_at: Int64s
    role: Bytes
    only: Bytes
    kills: UInt64s
    inner: UInt64s
    relevant: Bytes


def tables(
    steps: Sequence[Iterable[int]],
    order: Order = Order.ORDERED,
    exclusions: Collection[Exclusion] = (),
    hidden: Collection[int] = (),
) -> Tables:
    """Turn a question into tables.

    `hidden` are codes that a strict funnel passes over as if they had not happened. Raise ValueError for no steps or
    more than `STEPS_LIMIT`, for an exclusion between steps that are none or not in this order, and, in any order,
    for an exclusion between two steps or an event that is several steps.
    """
    if not 1 <= len(steps) <= STEPS_LIMIT:
        raise ValueError(f"a funnel has 1 to {STEPS_LIMIT} steps, not {len(steps)}")
    roles: dict[int, list[int]] = {}
    for step in range(len(steps) - 1, -1, -1):
        for code in sorted(set(steps[step]) - {int(NO_CODE)}):
            roles.setdefault(code, []).append(step)
    most = max([1, *map(len, roles.values())])
    if order is Order.ANY and most > 1:
        raise ValueError("in any order an event can be one step only")
    size = np.zeros(CODES, np.int64)
    for code, mine in roles.items():
        size[code] = len(mine)
    only = np.full(CODES, NO_STEP, np.uint8)
    if most == 1:
        for code, mine in roles.items():
            only[code] = mine[0]
    kills, inner = _broken(len(steps), order, exclusions, hidden, frozenset(roles))
    return Tables(
        steps=len(steps),
        most=most,
        role_at=frozen(np.concatenate(([0], np.cumsum(size)))),
        role=frozen(np.array([step for code in sorted(roles) for step in roles[code]], np.uint8)),
        only=frozen(only),
        kills=frozen(kills),
        inner=frozen(inner),
        relevant=frozen(((size > 0) | (kills > 0)).astype(np.uint8)),
    )


def _broken(
    steps: int, order: Order, exclusions: Collection[Exclusion], hidden: Collection[int], named: frozenset[int]
) -> tuple[UInt64s, UInt64s]:
    kills, inner = np.zeros(CODES, np.uint64), np.zeros(CODES, np.uint64)
    if order is Order.STRICT:
        kills[:] = _bits(0, steps)
        kills[sorted(set(hidden) - named)] = 0
    for each in exclusions:
        before = steps - 1 if each.before is None else each.before
        if order is Order.ANY and (each.after > 0 or each.before is not None):
            raise ValueError("in any order an exclusion holds from the first event to the last")
        if not 0 <= each.after < max(before, 1) or not before < steps:
            raise ValueError(f"an exclusion lies between two of the {steps} steps, the earlier one first")
        codes = sorted(each.codes - {int(NO_CODE)})
        kills[codes] |= _bits(each.after, before)
        inner[codes] |= _bits(each.after + 1, before)
    return kills, inner


def _bits(first: int, end: int) -> np.uint64:
    """Set the bits from `first` to `end` (exclusive)."""
    return np.uint64(sum(1 << step for step in range(first, end)))
