"""What is asked of a funnel, how exclusions are written, and what cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError

EXCLUSIONS_MOST: Final = 20
STEPS_MOST: Final = 50
TOP_MOST: Final = 50
WINDOW_DAYS_MOST: Final = 3_650
WRITTEN: Final = re.compile(r"\s*(\d{1,2})\s*-\s*(\d{1,2})\s*:\s*(.+)", re.DOTALL | re.ASCII)

Sets = tuple[tuple[str, ...], ...]
Steps = Sequence[Sequence[str]]


class FunnelCount(StrEnum):
    """What a funnel counts: each customer once, or each entry (one begins while no other runs)."""

    CUSTOMERS = "customers"
    ENTRIES = "entries"


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelExclusion:
    """Events that break a funnel between step `after` and step `before`, numbered from 1; None: first and last."""

    events: tuple[str, ...]
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelOptions:
    """How a funnel is counted besides its steps and window; the plain one is in order, by customer.

    `by` breaks down by a dimension of the first step, its `top` values and the rest; `trend` by the day, week or month
    of the first step, in `zone`.
    """

    order: Order = Order.ORDERED
    count: FunnelCount = FunnelCount.CUSTOMERS
    exclusions: tuple[FunnelExclusion, ...] = ()
    by: str | None = None
    top: int = 5
    trend: CalendarUnit | None = None
    zone: str = "UTC"


def written_exclusion(text: str) -> FunnelExclusion:
    """Read an exclusion as people write it: an event, or `2-3:` and an event between these steps; `A|B` is A or B.

    Raise InvalidError for one that names no event.

    >>> written_exclusion("2-3:Cancelled|Failed")
    FunnelExclusion(events=('Cancelled', 'Failed'), after=2, before=3)
    """
    found = WRITTEN.fullmatch(text)
    events = tuple(name.strip() for name in (found[3] if found else text).split("|") if name.strip())
    if not events:
        raise InvalidError("exclude: name an event, such as Cancelled, or 2-3:Cancelled between two steps.")
    return FunnelExclusion(events=events) if found is None else _between(events, int(found[1]), int(found[2]))


def exclusion_said(exclusion: FunnelExclusion) -> str:
    """Write an exclusion so that it can be read again.

    >>> exclusion_said(FunnelExclusion(events=("Cancelled", "Failed"), after=2, before=3))
    '2-3:Cancelled|Failed'
    """
    events = "|".join(exclusion.events)
    return events if exclusion.after is None else f"{exclusion.after}-{exclusion.before}:{events}"


def is_plain(options: FunnelOptions) -> bool:
    """Say whether the quick way answers: in order, by customer, whole."""
    return (
        options.order is Order.ORDERED
        and options.count is FunnelCount.CUSTOMERS
        and not options.exclusions
        and options.by is None
        and options.trend is None
    )


def check(steps: Steps, window_days: float, options: FunnelOptions) -> None:
    """Raise InvalidError when steps, window or options cannot make a funnel."""
    check_steps(steps=steps, window_days=window_days)
    if len(options.exclusions) > EXCLUSIONS_MOST:
        raise InvalidError(f"exclude: give at most {EXCLUSIONS_MOST}.")
    if not 1 <= options.top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST} values, not {options.top}.")
    for each in options.exclusions:
        _check_exclusion(each, len(steps), options.order)
    if options.order is Order.ANY:
        _check_apart(steps)


def check_steps(*, steps: Steps, window_days: float) -> None:
    """Raise InvalidError when steps or window cannot make a funnel."""
    if not 1 <= len(steps) <= STEPS_MOST:
        raise InvalidError(f"steps: a funnel has 1 to {STEPS_MOST} steps, not {len(steps)}.")
    if not all(steps) or not all(name.strip() for step in steps for name in step):
        raise InvalidError("steps: each step names at least one event.")
    check_window(window_days)


def check_window(window_days: float) -> None:
    """Raise InvalidError for a window that cannot be."""
    if not 0 < window_days <= WINDOW_DAYS_MOST:
        raise InvalidError(f"window: choose more than 0 and at most {WINDOW_DAYS_MOST} days, not {window_days:g}.")


def _between(events: tuple[str, ...], after: int, before: int) -> FunnelExclusion:
    return FunnelExclusion(events=events, after=after, before=before)


def _check_exclusion(exclusion: FunnelExclusion, steps: int, order: Order) -> None:
    if not all(name.strip() for name in exclusion.events) or not exclusion.events:
        raise InvalidError("exclude: each exclusion names at least one event.")
    if (exclusion.after is None) != (exclusion.before is None):
        raise InvalidError("exclude: give both steps, or neither.")
    if exclusion.after is None or exclusion.before is None:
        return
    if order is Order.ANY:
        raise InvalidError("exclude: in any order there is no between two steps; leave the steps out.")
    if not 1 <= exclusion.after < exclusion.before <= steps:
        said = exclusion_said(exclusion)
        raise InvalidError(f"exclude: {said} names no two of the {steps} steps, the earlier one first.")


def _check_apart(steps: Steps) -> None:
    seen: set[str] = set()
    for step in steps:
        if both := seen & set(step):
            raise InvalidError(f"steps: in any order an event can be one step only; {', '.join(sorted(both))} is two.")
        seen |= set(step)
