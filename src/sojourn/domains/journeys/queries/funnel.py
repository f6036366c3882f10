"""Funnels: how many get how far within a window, how long it takes, for whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys.contracts import FunnelOptions, FunnelTable, Question
from sojourn.domains.journeys.queries.through import Looked, Through, kept_too
from sojourn.domains.privacy.contracts import Codes, EventFilter, Purpose
from sojourn.engine.answers import funnel as answers
from sojourn.engine.answers.funnel import with_window
from sojourn.engine.answers.funnel_asked import Sets
from sojourn.engine.answers.words import resting
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold

__all__ = ["detail_fold", "funnel", "with_own", "with_window"]


def funnel(
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    question: Question,
    viewer: Viewer,
    options: FunnelOptions = FunnelOptions(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    per: Per = Per.CUSTOMER,
    now: datetime | None = None,
) -> FunnelTable:
    """Give who took the first step in the period, and reached each next one within the window.

    A step is an event's name or several, any of which counts. Later steps may come after the period while the
    window is open. Groups of fewer customers than the k floor count with the rest. Told `per` account, household or
    company, each of them counts in the place of its customers, with all their events in order; who is in none counts
    alone. Raise InvalidError for a funnel that cannot be, an event or dimension that was never seen, or a path pattern
    per group.
    """
    door = Through(question, viewer, purpose, now, per)
    found, coverage = answers.funnel(
        door, steps=steps, window_days=window_days, options=options, are_groups=per is not Per.CUSTOMER
    )
    return resting(FunnelTable, found, coverage=replace(coverage, period=question.period))


def detail_fold(
    steps: list[list[int]],
    codes: Codes,
    options: FunnelOptions,
    question: Question,
    edges: tuple[datetime, ...],
    window_s: int,
) -> FunnelDetailFold:
    """Make the fold that counts a funnel with all its options; raise InvalidError for a dimension that is not there."""
    return answers.detail_fold(steps, codes, options, Looked(question), edges, window_s)


def with_own(events: EventFilter, sets: Sets, options: FunnelOptions) -> EventFilter:
    """Let a filter by name keep what the funnel itself names: what is not read can neither be a step nor break one."""
    return kept_too(events, answers.own_names(sets, options))
