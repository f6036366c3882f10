"""Where one customer stands in the named journeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sojourn.domains.journeys.contracts import Journey


class StandingState(StrEnum):
    """How far a journey has come."""

    UNDER_WAY = "under way"
    COMPLETED = "completed"
    ENDED = "ended"  # with an outcome that is no goal
    LAPSED = "lapsed"  # its window has passed


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A customer's latest go at a journey: since when, the last of its steps, how far it has come."""

    journey: Journey
    state: StandingState
    stage: str  # the last named event of the journey that happened
    since: datetime
    stage_at: datetime


def names_of(journeys: Sequence[Journey]) -> tuple[str, ...]:
    """Give all events that journeys are told by."""
    found: set[str] = set()
    for each in journeys:
        found |= {each.start, *each.goals, *each.steps, *(name for names in each.outcomes.values() for name in names)}
    return tuple(sorted(found))


def standing(journey: Journey, events: Sequence[tuple[str, datetime]], *, now: datetime) -> Standing | None:
    """Say where a customer stands after (name, time) of their events, newest first; None before the first start."""
    ends = {name: StandingState.ENDED for names in journey.outcomes.values() for name in names}
    ends |= dict.fromkeys(journey.goals, StandingState.COMPLETED)
    told = {journey.start, *journey.steps, *ends}
    rest: list[tuple[str, datetime]] = []
    for name, at in events:
        if name in told:
            rest.append((name, at))
        if name == journey.start:
            return _after(journey, rest[::-1], ends, now)
    return None


def _after(
    journey: Journey, events: Sequence[tuple[str, datetime]], ends: dict[str, StandingState], now: datetime
) -> Standing:
    since = events[0][1]
    until = since + timedelta(days=journey.window_days)
    state = StandingState.UNDER_WAY if now < until else StandingState.LAPSED
    stage, stage_at = events[0]
    for name, at in events[1:]:
        if at >= until:
            break
        stage, stage_at = name, at
        if name in ends:
            state = ends[name]
            break
    return Standing(journey=journey, state=state, stage=stage, since=since, stage_at=stage_at)
