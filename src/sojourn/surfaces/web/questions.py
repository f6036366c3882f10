"""The explorer's question and its address: one is read from the other, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.journeys.contracts import Journey, Question
from sojourn.domains.privacy.contracts import Abstraction, EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

PERIODS = ("7", "28", "90", "365", "all", "custom")
DEFAULT_DAYS = "90"
COLOURS = ("time", "drop")
LEVELS = (Level.GROUPS.value, Level.KINDS.value)
MOST_STEPS = 60
MOST_PATHS = 120  # more can neither be read nor laid out at once
MOST_FUNNEL_STEPS = 50
MOST_VALUES = 50
DEFAULT_STEPS, DEFAULT_PATHS, DEFAULT_WINDOW = 12, 86, 14


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the explorer's address says; `dimensions` maps a dimension (without its $) to the values kept."""

    period: str = DEFAULT_DAYS
    since: date | None = None
    until: date | None = None  # inclusive, as people say it
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    having: tuple[str, ...] = ()
    having_pattern: str = ""
    journey: str = ""
    steps: int = DEFAULT_STEPS
    paths: int = DEFAULT_PATHS  # per cent
    colour: str = "time"
    funnel: tuple[str, ...] = ()
    window: int = DEFAULT_WINDOW
    identity: str = ""  # "1": identify, group and alias calls are steps too
    level: str = ""  # groups or kinds; else every event is seen by its name
    once: str = ""  # "1": events in a row that are seen as the same are one
    expand: tuple[str, ...] = ()  # groups and kinds that are seen one level lower
    at: str = ""  # the step that is open in the side panel
    path: tuple[str, str] | None = None  # or the path
    saved: str = ""  # the id of the saved question that is open
    own: tuple[tuple[str, str], ...] = ()  # what a page of its own asks besides, as it stands in the address

    @property
    def abstraction(self) -> Abstraction:
        """What events are seen as."""
        return Abstraction(level=Level(self.level or "events"), once=bool(self.once), expanded=self.expand)

    def query(self, **changes: Any) -> str:
        """Write the address's query, changed as asked, leaving out what is as usual."""
        asked = replace(self, **changes)
        return "?" + urlencode(list(_pairs(asked)))

    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Give the address's parts, for a form that adds to them."""
        return tuple(_pairs(self))

    def is_filtered(self) -> bool:
        """Say whether anything narrows the customers or events down."""
        return bool(self.dimensions or self.having or self.having_pattern or self.journey)


def read(query: QueryDict, known: Iterable[str], own: Iterable[str] = ()) -> Asked:
    """Read an address's query; `known` are the dimensions that may be filtered, `own` the page's own parameters.

    Raise InvalidError for nonsense; what the page's own parameters say is for the page to judge.
    """
    period = query.get("period", DEFAULT_DAYS)
    if period not in PERIODS:
        raise InvalidError("period: one of 7, 28, 90, 365 days, all, or custom.")
    since, until = _day(query, "since"), _day(query, "until")
    if since and until and until < since:
        raise InvalidError("until: lies before since.")
    colour = query.get("colour", "time")
    source, target = query.get("from", ""), query.get("to", "")
    return Asked(
        period=period,
        since=since if period == "custom" else None,
        until=until if period == "custom" else None,
        dimensions={name: values for name in known if (values := _values(query, parameter(name)))},
        having=_values(query, "having"),
        having_pattern=query.get("having_pattern", "").strip(),
        journey=query.get("journey", ""),
        steps=_number(query, "steps", DEFAULT_STEPS, 2, MOST_STEPS),
        paths=_number(query, "paths", DEFAULT_PATHS, 10, 100),
        colour=colour if colour in COLOURS else "time",
        funnel=tuple(each for each in query.getlist("f") if each)[:MOST_FUNNEL_STEPS],
        window=_number(query, "window", DEFAULT_WINDOW, 1, 3_650),
        identity="1" if query.get("identity") == "1" else "",
        level=level if (level := query.get("level", "")) in LEVELS else "",
        once="1" if query.get("once") == "1" else "",
        expand=tuple(sorted(_values(query, "expand"))),
        at=query.get("at", ""),
        path=(source, target) if source and target else None,
        saved=_id(query.get("saved", "")),
        own=tuple((name, value) for name in own for value in _values(query, name)),
    )


def question(asked: Asked, *, recent: Period, journey: Journey | None) -> Question:
    """Make the question for the journeys room; `recent` is the period of the last days of the data."""
    names = journey_events(journey) if journey else ()
    having = asked.having or ((journey.start,) if journey else ())
    events = EventFilter(
        names=names,
        dimensions=asked.dimensions,
        having=having,
        having_pattern=asked.having_pattern,
        abstraction=asked.abstraction,
    )
    period = recent
    if asked.period == "all":
        period = Period()
    elif asked.period == "custom":
        period = Period(since=_midnight(asked.since, 0), until=_midnight(asked.until, 1))
    return Question(
        period=period,
        events=events,
        steps_shown=asked.steps,
        paths_shown=asked.paths / 100,
        paths_most=MOST_PATHS,
        identity_steps=bool(asked.identity),
    )


def journey_events(journey: Journey) -> tuple[str, ...]:
    """List the events that a journey names, once each, in its order."""
    outcomes = (event for events in journey.outcomes.values() for event in events)
    return tuple(dict.fromkeys((journey.start, *journey.steps, *journey.goals, *outcomes)))


def parameter(dimension: str) -> str:
    """Name a dimension in an address; `$app_version` is `app_version` there."""
    return dimension.removeprefix("$")


def _pairs(asked: Asked) -> Iterable[tuple[str, str]]:
    plain = Asked()
    for name in (
        "period",
        "since",
        "until",
        "journey",
        "having_pattern",
        "steps",
        "paths",
        "colour",
        "window",
        "identity",
        "level",
        "once",
        "at",
        "saved",
    ):
        value = getattr(asked, name)
        if value and value != getattr(plain, name):
            yield name, str(value)
    for dimension, values in sorted(asked.dimensions.items()):
        yield from ((parameter(dimension), value) for value in values)
    yield from (("having", each) for each in asked.having)
    yield from (("expand", each) for each in asked.expand)
    yield from (("f", each) for each in asked.funnel)
    if asked.path:
        yield from zip(("from", "to"), asked.path, strict=True)
    yield from asked.own


def _values(query: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in query.getlist(name) if each))[:MOST_VALUES]


def _number(query: QueryDict, name: str, usual: int, low: int, high: int) -> int:
    text = query.get(name) or str(usual)
    if not text.isascii() or not text.isdigit():
        raise InvalidError(f"{name}: must be a whole number.")
    return max(low, min(int(text[:9]), high))


def _id(text: str) -> str:
    return text if text.isascii() and text.isalnum() and len(text) <= 12 else ""


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidError(f"{name}: must be a day, such as 2026-03-31.") from None


def _midnight(day: date | None, later_days: int) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=later_days)
