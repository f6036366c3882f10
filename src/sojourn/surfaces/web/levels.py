"""The level of abstraction that a page's address asks for: what can be chosen, and names as they are seen there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.catalogue.contracts import Level
from sojourn.domains.journeys.contracts import Journey
from sojourn.surfaces.web.questions import Asked

MANY = 30  # names of events from which on groups are worth a hint


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What can be chosen, and the label of each event at the level chosen."""

    has_groups: bool
    has_kinds: bool
    is_long: bool  # without groups, and of many names
    labels: Mapping[str, str]

    @property
    def groups(self) -> frozenset[str]:
        """Labels that stand for events of other names."""
        return frozenset(label for name, label in self.labels.items() if label != name)

    def journey(self, journey: Journey) -> Journey:
        """Name a journey's events as they are seen."""
        return replace(
            journey,
            start=self.labels.get(journey.start, journey.start),
            goals=self._once(journey.goals),
            outcomes={name: self._once(events) for name, events in journey.outcomes.items()},
            steps=self._once(journey.steps),
        )

    def _once(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.labels.get(name, name) for name in names))


def levels(asked: Asked, names: Iterable[str]) -> Levels:
    """Say what can be chosen for events of these names."""
    groups, names = catalogue.groups(), tuple(names)
    return Levels(
        has_groups=bool(groups),
        has_kinds=any(each.kind for each in groups),
        is_long=not groups and len(names) >= MANY,
        labels=catalogue.shown_as(names=names, level=Level(asked.level or "events"), expanded=asked.expand),
    )


def as_seen(asked: Asked, chosen: Levels) -> Asked:
    """Name the events of an address as they are seen at its level; names of another level's groups fall away."""
    seen = set(chosen.labels.values())
    gone = {label for each in catalogue.groups() for label in (each.name, each.kind) if label} - seen
    at = chosen.labels.get(asked.at, asked.at)
    path = asked.path and (
        chosen.labels.get(asked.path[0], asked.path[0]),
        chosen.labels.get(asked.path[1], asked.path[1]),
    )
    return replace(
        asked,
        funnel=_joined(chosen.labels.get(name, name) for name in asked.funnel if name not in gone),
        at="" if at in gone else at,
        path=None if path and set(path) & gone else path,
        own=tuple((name, chosen.labels.get(value, value)) for name, value in asked.own if value not in gone),
    )


def _joined(names: Iterable[str]) -> tuple[str, ...]:
    """Take names that follow themselves once: two events of one group are one step."""
    found: list[str] = []
    for name in names:
        if not found or found[-1] != name:
            found.append(name)
    return tuple(found)
