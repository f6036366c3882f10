"""Thought of funnels: how exclusions are written, and what cannot be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import FunnelCount, FunnelExclusion, FunnelOptions
from sojourn.engine.kernels.funnel_asked import Order
from sojourn.kit.errors import InvalidError

EXCLUSIONS_MOST: Final = 20
TOP_MOST: Final = 50
WRITTEN: Final = re.compile(r"\s*(\d{1,2})\s*-\s*(\d{1,2})\s*:\s*(.+)", re.DOTALL | re.ASCII)

Steps = Sequence[Sequence[str]]


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
    rules.check_funnel(steps=steps, window_days=window_days)
    if len(options.exclusions) > EXCLUSIONS_MOST:
        raise InvalidError(f"exclude: give at most {EXCLUSIONS_MOST}.")
    if not 1 <= options.top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST} values, not {options.top}.")
    for each in options.exclusions:
        _check_exclusion(each, len(steps), options.order)
    if options.order is Order.ANY:
        _check_apart(steps)


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
