"""What a log is narrowed to, and journeys as they are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar

from sojourn.engine.kernels.patterns.automaton import compile_pattern
from sojourn.engine.kernels.patterns.reading import read
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

W = TypeVar("W", bound=StrEnum)

Moment = str | date | datetime
Names = str | Iterable[str]
Steps = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which events are looked at; empty means all.

    `names` keeps events so named; `dimensions` maps a dimension (a column) to the values kept, "" for none; each of
    `having` keeps the customers who have at least one of its events in the period, each of `patterns` those whose
    events in the period match it, whatever their names.
    """

    period: Period = field(default=Period())
    names: tuple[str, ...] = ()
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    having: tuple[tuple[str, ...], ...] = ()
    patterns: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filter()

    def narrowed(
        self,
        *,
        pattern: str = "",
        names: Names = (),
        since: Moment | None = None,
        until: Moment | None = None,
        having: Names = (),
        dimensions: Mapping[str, Names],
    ) -> Filter:
        """Narrow the filter further; raise InvalidError where nothing could be left, PatternError for a bad pattern."""
        if pattern:
            compile_pattern(read(pattern))
        values = dict(self.dimensions)
        for name, wanted in dimensions.items():
            values[name] = _both(values.get(name, ()), texts(wanted), name)
        return replace(
            self,
            period=_within(self.period, _instant(since, "since"), _instant(until, "until")),
            names=_both(self.names, texts(names), "names"),
            dimensions=values,
            having=(*self.having, wanted) if (wanted := texts(having)) else self.having,
            patterns=(*self.patterns, pattern) if pattern else self.patterns,
        )

    def __str__(self) -> str:
        said = []
        if self.period.since:
            said.append(f"since {self.period.since:%Y-%m-%d %H:%M}")
        if self.period.until:
            said.append(f"until {self.period.until:%Y-%m-%d %H:%M}")
        said += [f"{name} {' or '.join(values)}" for name, values in self.dimensions.items()]
        said += [f"only {', '.join(self.names)}"] if self.names else []
        said += [f"customers with {' or '.join(names)}" for names in self.having]
        said += list(self.patterns)
        return "; ".join(said) or "all events"


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A journey: begins with the start event, is completed by one of the goals within the window.

    `outcomes` maps other endings (declined, withdrawn) to the events that mean them; one made of goals only is another
    name for completion.
    """

    start: str
    goals: tuple[str, ...]
    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    window_days: float = 30

    @classmethod
    def of(
        cls, start: str, goals: Names, outcomes: Mapping[str, Names] | None = None, window_days: float = 30
    ) -> Journey:
        """Make a journey of plain texts and lists; raise InvalidError for one that cannot be measured."""
        made = cls(
            start=start,
            goals=texts(goals),
            outcomes={name: texts(events) for name, events in (outcomes or {}).items()},
            window_days=window_days,
        )
        if not made.goals or not all(made.outcomes.values()):
            raise InvalidError("A journey needs a goal, and each outcome at least one event.")
        if not window_days > 0:
            raise InvalidError(f"window_days: more than 0, not {window_days:g}.")
        return made


def step_sets(steps: Iterable[Names]) -> Steps:
    """Give each step of a funnel as the events that make it; raise InvalidError for a step without any."""
    if isinstance(steps, str):
        raise InvalidError('steps: give a list such as ["Viewed", "Bought"], one entry a step.')
    sets = tuple(texts(step) for step in steps)
    if not sets or not all(sets):
        raise InvalidError("steps: a funnel has at least one step, and each step at least one event.")
    return sets


def choice(words: type[W], said: str, name: str) -> W:
    """Read a word of a list; raise InvalidError naming the words there are."""
    try:
        return words(said)
    except ValueError:
        raise InvalidError(f"{name}: {', '.join(words)}, not {said}.") from None


def texts(said: Names) -> tuple[str, ...]:
    """Give one text or several as several, each once."""
    return (said,) if isinstance(said, str) else tuple(dict.fromkeys(str(each) for each in said))


def _both(before: tuple[str, ...], wanted: tuple[str, ...], name: str) -> tuple[str, ...]:
    if not before or not wanted:
        return before or wanted
    both = tuple(each for each in before if each in wanted)
    if not both:
        raise InvalidError(f"{name}: the log is already narrowed to {', '.join(before)}; nothing is left of it.")
    return both


def _within(period: Period, since: datetime | None, until: datetime | None) -> Period:
    starts = [each for each in (period.since, since) if each is not None]
    ends = [each for each in (period.until, until) if each is not None]
    found = Period(since=max(starts, default=None), until=min(ends, default=None))
    if found.since is not None and found.until is not None and found.until <= found.since:
        raise InvalidError(f"until: {found.until:%Y-%m-%d %H:%M} does not lie after since.")
    return found


def _instant(said: Moment | None, name: str) -> datetime | None:
    """Read a day or an instant; without a zone, UTC."""
    if said is None:
        return None
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            raise InvalidError(f"{name}: {said!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z.") from None
    if not isinstance(said, datetime):
        said = datetime.combine(said, time())
    return said if said.tzinfo else said.replace(tzinfo=UTC)
