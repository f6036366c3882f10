"""Thought of groups: which event belongs to which, what each is shown as, and which groups names suggest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from sojourn.domains.catalogue.contracts import EventGroup, Level

SEPARATORS: Final = re.compile(r"[ ._:/|>-]+|(?<=[a-z])(?=[A-Z])")  # the last: between words written as inCamelCase
FEWEST: Final = 3  # names that are worth a group
ANY: Final = "*"


def group_of(name: str, groups: Sequence[EventGroup]) -> EventGroup | None:
    """Give the group that an event belongs to: the one called so or that spells it out, else the first whose * fits."""
    for each in groups:
        if each.name == name or name in each.events:
            return each
    return next((each for each in groups if any(fits(name, event) for event in each.events)), None)


def fits(name: str, event: str) -> bool:
    """Say whether a name is meant by an event as a group writes it.

    >>> fits("card.blocked", "card.*"), fits("card.blocked", "card")
    (True, False)
    """
    return name == event if ANY not in event else _pattern(event).fullmatch(name) is not None


def shown_as(
    names: Iterable[str], groups: Sequence[EventGroup], level: Level, expanded: Sequence[str] = ()
) -> dict[str, str]:
    """Say what each event is shown as at a level; an event without a group keeps its name.

    Groups and kinds that are `expanded` are shown one level lower.
    """
    if level is Level.EVENTS or not groups:
        return {name: name for name in names}
    found = {}
    for name in names:
        group = group_of(name, groups)
        found[name] = name if group is None else _label(name, group, level, expanded)
    return found


def suggested(
    counts: Mapping[str, int], groups: Sequence[EventGroup]
) -> tuple[tuple[EventGroup, tuple[str, ...]], ...]:
    """Suggest groups of three names and more that begin alike and have none yet, with their names; most names first.

    Of beginnings that the same names share the longest is taken; what all names share says nothing.
    """
    free = [name for name in counts if group_of(name, groups) is None]
    sharing: dict[str, set[str]] = defaultdict(set)
    for name in free:
        for cut in SEPARATORS.finditer(name):
            if 0 < cut.end() < len(name):
                sharing[name[: cut.end()]].add(name)
    longest: dict[frozenset[str], str] = {}
    for beginning, alike in sorted(sharing.items(), key=lambda each: len(each[0])):
        if len(alike) >= FEWEST and (len(alike) < len(free) or len(free) < len(counts)):
            longest[frozenset(alike)] = beginning
    found: list[tuple[EventGroup, tuple[str, ...]]] = []
    taken: set[str] = set()
    for same, beginning in sorted(longest.items(), key=lambda each: (-len(each[0]), each[1])):
        if not same & taken:
            taken |= same
            name = _title(beginning, {each.name for each in (*groups, *(group for group, _ in found))} | set(counts))
            members = sorted(same, key=lambda each: (-counts[each], each))
            found.append((EventGroup(name=name, events=(beginning + ANY,)), tuple(members)))
    return tuple(found)


def _label(name: str, group: EventGroup, level: Level, expanded: Sequence[str]) -> str:
    shown = (group.kind or group.name) if level is Level.KINDS else group.name
    if shown in expanded and shown != group.name:
        shown = group.name
    return name if shown in expanded else shown


def _title(beginning: str, taken: set[str]) -> str:
    name = SEPARATORS.sub(" ", beginning).strip() or beginning
    name = name[:1].upper() + name[1:]
    return beginning + ANY if name in taken else name


@lru_cache(maxsize=4_096)
def _pattern(event: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, event.split(ANY))), re.DOTALL)
