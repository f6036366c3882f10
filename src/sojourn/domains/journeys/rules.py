"""Thought of journeys: which steps and paths make a graph that can be read, and what a journey must be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sojourn.domains.journeys.contracts import Journey
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
    if not journey.start.strip():
        raise InvalidError("start: name the event that begins the journey.")
    if not journey.goals:
        raise InvalidError("goals: name at least one event that completes the journey.")
    if not all(name.strip() and events for name, events in journey.outcomes.items()):
        raise InvalidError("outcomes: each outcome has a name and at least one event.")
    for reserved in {"completed", "abandoned", "open"} & set(journey.outcomes):
        raise InvalidError(f"outcomes: {reserved} is not a name for an outcome; it says how the others ended.")
    _check_roles(journey)
    if journey.steps:
        check_funnel(steps=[(step,) for step in journey.steps], window_days=journey.window_days)
    check_window(journey.window_days)


def other_outcomes(journey: Journey) -> dict[str, tuple[str, ...]]:
    """Give the outcomes that are not completion: an outcome made of goals (approved) only names it."""
    return {name: events for name, events in journey.outcomes.items() if not set(events) <= set(journey.goals)}


def _check_roles(journey: Journey) -> None:
    roles: list[tuple[str, Iterable[str]]] = [
        ("start", [journey.start]),
        ("goals", journey.goals),
        *((f"outcome {name}", events) for name, events in other_outcomes(journey).items()),
    ]
    seen: dict[str, str] = {}
    for role, events in roles:
        for event in events:
            if not event.strip():
                raise InvalidError(f"{role}: an event's name is empty.")
            if seen.setdefault(event, role) != role:
                raise InvalidError(f"{role}: {event} is already an event of {seen[event]}; it can mean one thing only.")
