"""Cases as their page's address asks for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.utils import timezone

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import CasesAsked, Journey, Question, Stage
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web.analysis import Analysis

# `of` is the named journey that the controls were filled from: chosen anew, another one fills them again
OWN: Final = ("of", "start", "goal", "ending", "within", "idle", "soon", "stage", "counted", "across", "by", "trend")
WINDOW_DAYS, SOON_HOURS = 30, 24
HOURS_MOST = 87_599


def journey_of(analysis: Analysis) -> Journey | None:
    """Give the named journey that is meant: the chosen one, the one the controls were filled from, or the first."""
    if analysis.journey:
        return analysis.journey
    known = journeys.journeys(viewer=analysis.viewer)
    of = dict(analysis.asked.own).get("of", "")
    return next((each for each in known if each.slug == of), next(iter(known), None))


def wanted(analysis: Analysis) -> CasesAsked:
    """Read what is asked; a named journey says what the controls do not. Raise InvalidError."""
    journey, one = journey_of(analysis), dict(analysis.asked.own)
    asked = CasesAsked(start="", goals=(), outcomes={}, window_days=WINDOW_DAYS)
    if journey:
        asked = journeys.cases_of_journey(journey)
    if journey is None or one.get("of", journey.slug) == journey.slug:
        asked = _chosen(analysis, asked) if one.get("start") else asked
        asked = replace(asked, only_named=one.get("counted", "named" if asked.only_named else "all") == "named")
    soon = soon_hours(analysis)
    return replace(
        asked,
        idle_days=_number(one, "idle", 0, 0, 3_650) or None,
        landmark_hours=soon if 0 < soon < asked.window_days * 24 else None,
        across=one.get("across", asked.across),
        by=one.get("by"),
        trend=_unit(one.get("trend", "")),
        zone=timezone.get_current_timezone_name(),
    )


def soon_hours(analysis: Analysis) -> int:
    """Give the hours in which friction counts; 0: whole cases."""
    return _number(dict(analysis.asked.own), "soon", SOON_HOURS, 0, HOURS_MOST)


def question(analysis: Analysis) -> Question:
    """Ask about all that the filters keep: a named journey says where cases begin, it does not hide other events."""
    events = replace(analysis.question.events, names=(), having=analysis.asked.having)
    return replace(analysis.question, events=events)


def _chosen(analysis: Analysis, asked: CasesAsked) -> CasesAsked:
    """Give what the controls say; outcomes keep the names that the journey gives them."""
    one, kept = dict(analysis.asked.own), _many(analysis, "ending")
    outcomes = {name: found for name, events in asked.outcomes.items() if (found := _of(events, kept))}
    others = [event for event in kept if not any(event in events for events in outcomes.values())]
    order = {event: place for place, stage in enumerate(asked.stages) for event in stage.events}
    # boxes that are ticked come in the order of the page
    stages = sorted(_many(analysis, "stage"), key=lambda event: order.get(event, len(order)))
    return replace(
        asked,
        start=one["start"],
        goals=_many(analysis, "goal"),
        outcomes=outcomes | {event: (event,) for event in others},
        window_days=_number(one, "within", asked.window_days, 1, 3_650),
        stages=tuple(Stage(name=event, events=(event,)) for event in stages),
    )


def _of(events: tuple[str, ...], kept: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(event for event in events if event in kept)


def _many(analysis: Analysis, name: str) -> tuple[str, ...]:
    return tuple(value for each, value in analysis.asked.own if each == name)


def _unit(text: str) -> CalendarUnit | None:
    if text and text not in set(CalendarUnit):
        raise InvalidError("trend: one of day, week or month.")
    return CalendarUnit(text) if text else None


def _number(one: dict[str, str], name: str, usual: int, low: int, high: int) -> int:
    text = one.get(name) or str(usual)
    if not text.isascii() or not text.isdigit():
        raise InvalidError(f"{name}: must be a whole number.")
    return max(low, min(int(text[:9]), high))
