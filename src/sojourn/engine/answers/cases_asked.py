"""What is asked of a journey's cases, how outcomes and stages are written, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sojourn.engine.answers.funnel_asked import TOP_MOST, WINDOW_DAYS_MOST, check_window
from sojourn.engine.kernels.cases.fold import STAGES_LIMIT
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError

COMPLETED: Final = "completed"
ABANDONED: Final = "abandoned"
CHANNEL: Final = "channel"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A stage of a journey: each of these events enters it."""

    name: str
    events: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesAsked:
    """Which cases, and what of them.

    A case begins with `start`, is completed by one of `goals` and ended by the events of `outcomes`; it is abandoned
    when `window_days` have passed, or after `idle_days` without an event. `only_named` counts only the events named
    here as events of a case. Hand-offs are changes of the dimension `across`; none are counted where it is empty, or
    where no event has a channel. With `landmark_hours` friction counts only repeats and hand-offs so soon after the
    start, of cases that still ran then. `by` breaks down by a dimension of the start event, its `top` values and the
    rest; `trend` by the day, week or month of it, in `zone`.
    """

    start: str
    goals: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]
    window_days: int = 30
    idle_days: float | None = None
    landmark_hours: float | None = None
    stages: tuple[Stage, ...] = ()
    only_named: bool = False
    across: str = CHANNEL
    by: str | None = None
    top: int = 5
    trend: CalendarUnit | None = None
    zone: str = "UTC"


def written_outcomes(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read outcomes as people write them, `name=event` or `name=event|event`; raise InvalidError.

    >>> written_outcomes(["declined=Card Declined|Card Refused"])
    {'declined': ('Card Declined', 'Card Refused')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, separator, events = text.partition("=")
        if not separator or not name.strip() or not _names(events):
            raise InvalidError(f"outcome: {text!r} is not name=event, such as declined=Card Declined.")
        found[name.strip()] = (*found.get(name.strip(), ()), *_names(events))
    return found


def written_stages(texts: Iterable[str]) -> tuple[Stage, ...]:
    """Read stages as people write them, `name=event|event` or an event alone; raise InvalidError.

    >>> [stage.name for stage in written_stages(["Waiting=Asked|Asked Again", "Paid"])]
    ['Waiting', 'Paid']
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, separator, events = text.partition("=")
        if not name.strip() or (separator and not _names(events)):
            raise InvalidError(f"stage: {text!r} is not name=event|event, nor an event's name.")
        named = _names(events) if separator else (name.strip(),)
        found[name.strip()] = (*found.get(name.strip(), ()), *named)
    return tuple(Stage(name=name, events=events) for name, events in found.items())


def check(asked: CasesAsked) -> None:
    """Raise InvalidError, naming the field, when cases cannot be asked for so."""
    check_ends(asked.start, asked.goals, asked.outcomes)
    check_window(asked.window_days)
    if asked.idle_days is not None and not 0 < asked.idle_days <= WINDOW_DAYS_MOST:
        raise InvalidError(f"idle: choose more than 0 and at most {WINDOW_DAYS_MOST} days.")
    if asked.landmark_hours is not None and not 0 < asked.landmark_hours < asked.window_days * 24:
        raise InvalidError(f"landmark: choose more than 0 and less than the {asked.window_days} days of the window.")
    if not 1 <= asked.top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST} values, not {asked.top}.")
    _check_stages(asked)


def check_ends(start: str, goals: Sequence[str], outcomes: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidError, naming the field, where a journey's beginning and ends cannot be."""
    if not start.strip():
        raise InvalidError("start: name the event that begins the journey.")
    if not goals:
        raise InvalidError("goals: name at least one event that completes the journey.")
    check_outcomes(outcomes)
    roles = [("start", [start]), ("goals", goals), *((f"outcome {name}", events) for name, events in outcomes.items())]
    seen: dict[str, str] = {}
    for role, events in roles:
        for event in events:
            if not event.strip():
                raise InvalidError(f"{role}: an event's name is empty.")
            if seen.setdefault(event, role) != role:
                raise InvalidError(f"{role}: {event} is already an event of {seen[event]}; it can mean one thing only.")


def check_outcomes(outcomes: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidError where an outcome has no name of its own or no event."""
    if not all(name.strip() and events for name, events in outcomes.items()):
        raise InvalidError("outcomes: each outcome has a name and at least one event.")
    for reserved in {COMPLETED, ABANDONED, "open"} & set(outcomes):
        raise InvalidError(f"outcomes: {reserved} is not a name for an outcome; it says how the others ended.")


def stages_of(asked: CasesAsked) -> tuple[Stage, ...]:
    """Give the stages in which time can be spent: events that end a case enter none."""
    ends = {*asked.goals, *(event for events in asked.outcomes.values() for event in events)}
    left = (Stage(name=stage.name, events=tuple(e for e in stage.events if e not in ends)) for stage in asked.stages)
    return tuple(stage for stage in left if stage.events)


def named(asked: CasesAsked) -> tuple[str, ...]:
    """List the events that are named, once each."""
    outcomes = (event for events in asked.outcomes.values() for event in events)
    stages = (event for stage in asked.stages for event in stage.events)
    return tuple(dict.fromkeys((asked.start, *stages, *asked.goals, *outcomes)))


def _check_stages(asked: CasesAsked) -> None:
    if len(asked.stages) > STAGES_LIMIT:
        raise InvalidError(f"stages: name at most {STAGES_LIMIT}.")
    seen: dict[str, str] = {}
    for stage in asked.stages:
        for event in stage.events:
            if seen.setdefault(event, stage.name) != stage.name:
                raise InvalidError(f"stages: {event} enters {seen[event]} already; it can enter one stage only.")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|") if name.strip())
