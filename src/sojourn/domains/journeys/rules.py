"""Thought of journeys: which steps and paths make a graph that can be read, and what a journey must be."""

from __future__ import annotations

import re

from sojourn.domains.journeys.contracts import Journey
from sojourn.engine.answers.cases_asked import check_ends, check_outcomes
from sojourn.engine.answers.completion import other_outcomes
from sojourn.engine.answers.funnel_asked import check_steps as check_funnel
from sojourn.engine.answers.funnel_asked import check_window
from sojourn.engine.answers.graph import check_explorer
from sojourn.engine.answers.words import (
    DAY_S,
    IDENTITY_EVENTS,
    MICROS,
    clustered_share,
    filled_bins,
    gap_bins,
    seconds,
    share,
)
from sojourn.kit.errors import InvalidError

__all__ = [
    "DAY_S",
    "IDENTITY_EVENTS",
    "MICROS",
    "check_explorer",
    "check_funnel",
    "check_journey",
    "clustered_share",
    "filled_bins",
    "gap_bins",
    "other_outcomes",
    "seconds",
    "share",
]


def check_journey(journey: Journey) -> None:
    """Raise InvalidError, naming the field, when a journey cannot be measured."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", journey.slug):
        raise InvalidError("slug: 1 to 63 small letters, digits, - and _, beginning with a letter or digit.")
    if not journey.name.strip() or len(journey.name) > 100:
        raise InvalidError("name: 1 to 100 characters.")
    check_outcomes(journey.outcomes)
    check_ends(journey.start, journey.goals, other_outcomes(journey))
    if journey.steps:
        check_funnel(steps=[(step,) for step in journey.steps], window_days=journey.window_days)
    check_window(journey.window_days)
