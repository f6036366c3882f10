"""What an object-centric log says of its objects: their types, their attributes over time, and who belongs to whom."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from sojourn.engine.stream.files.rows import UnreadableFileError

OBJECTS_MAX: Final = 5_000_000
HOPS_MAX: Final = 2  # from an event's objects over relations between objects to its customers
REACHED_MAX: Final = 1_000  # objects looked at for one event


class Declared(msgspec.Struct, frozen=True):
    """An attribute of a type as declared."""

    name: str
    type: str = "string"


class Kind(msgspec.Struct, frozen=True):
    """A type of events or of objects."""

    name: str
    attributes: list[Declared] | None = None


class Value(msgspec.Struct, frozen=True):
    """The value of an attribute; of an object's, from a time on."""

    name: str
    value: Any = None
    time: str = ""


class Relation(msgspec.Struct, frozen=True, rename="camel"):
    """An object that belongs to an event or to another object."""

    object_id: str | int
    qualifier: str = ""


class Thing(msgspec.Struct, frozen=True):
    """An object."""

    id: str | int
    type: str
    attributes: list[Value] | None = None
    relationships: list[Relation] | None = None


class Happening(msgspec.Struct, frozen=True):
    """An event."""

    id: str | int
    type: str
    time: str
    attributes: list[Value] | None = None
    relationships: list[Relation] | None = None


@dataclass(slots=True)
class Objects:
    """All objects of a log; memory grows with them, not with the events."""

    event_types: dict[str, dict[str, str]] = field(default_factory=dict)  # attribute -> type, by name
    object_types: dict[str, dict[str, str]] = field(default_factory=dict)
    type_of: dict[str, str] = field(default_factory=dict)
    _values: dict[str, dict[str, list[tuple[str, Any]]]] = field(default_factory=dict)  # (time, value), in order
    _related: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _near: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def declare(self, kind: Kind, *, of_events: bool) -> None:
        """Take a type in."""
        types = self.event_types if of_events else self.object_types
        types[kind.name] = {each.name: each.type for each in kind.attributes or ()}

    def add(self, thing: Thing) -> None:
        """Take an object in; raise UnreadableFileError when there are too many."""
        if len(self.type_of) >= OBJECTS_MAX:
            raise UnreadableFileError(f"The log has more than {OBJECTS_MAX:,} objects.")
        name = str(thing.id)
        self.type_of[name] = thing.type
        self.object_types.setdefault(thing.type, {})
        for each in thing.attributes or ():
            self._values.setdefault(name, {}).setdefault(each.name, []).append((each.time, each.value))
            self.object_types[thing.type].setdefault(each.name, "string")
        for relation in thing.relationships or ():
            self._related[name].append(str(relation.object_id))
            self._related[str(relation.object_id)].append(name)

    def settle(self) -> None:
        """Bring each attribute's values into the order of their times."""
        for values in self._values.values():
            for each in values.values():
                each.sort(key=lambda pair: pair[0])

    def attributes(self, name: str, *, at: str) -> dict[str, str | float | bool]:
        """Give an object's attributes as they were at an instant (ISO 8601, compared as text).

        What has a first value later only is given with that: logs write the time of recording, not of birth.
        """
        declared = self.object_types.get(self.type_of.get(name, ""), {})
        found = {}
        for attribute, values in self._values.get(name, {}).items():
            place = max(0, bisect_right(values, at, key=lambda pair: pair[0]) - 1)
            found[attribute] = typed(values[place][1], declared.get(attribute, "string"))
        return {attribute: value for attribute, value in found.items() if value is not None}

    def of_type(self, names: Iterable[str], wanted: str) -> tuple[str, ...]:
        """Give the objects of a type that are nearest to some objects: among them, or over the fewest relations.

        At most two relations between objects are followed (an item's order, the order's customer).
        """
        key = (wanted, *sorted(names))
        if key not in self._near:
            if len(self._near) > 200_000:
                self._near.clear()
            self._near[key] = self._nearest(key[1:], wanted)
        return self._near[key]

    def _nearest(self, names: tuple[str, ...], wanted: str) -> tuple[str, ...]:
        seen = dict.fromkeys(names)
        front = list(names)
        for _ in range(HOPS_MAX + 1):
            found = tuple(name for name in front if self.type_of.get(name) == wanted)
            if found or len(seen) > REACHED_MAX:
                return found
            front = list(dict.fromkeys(other for name in front for other in self._related.get(name, ())))
            front = [name for name in front if name not in seen]
            seen.update(dict.fromkeys(front))
        return ()


def typed(value: Any, kind: str) -> Any:
    """Give a value by its declared type: the standard writes all values as text.

    >>> typed("2.50", "float"), typed("true", "boolean"), typed("soon", "integer"), typed("7", "string")
    (2.5, True, 'soon', '7')
    """
    if not isinstance(value, str):
        return value
    try:
        if kind in ("float", "integer"):
            number = msgspec.json.decode(value.strip())
            return number if isinstance(number, int | float) and not isinstance(number, bool) else value
        if kind == "boolean":
            return {"true": True, "false": False}.get(value.strip().lower(), value)
    except (msgspec.DecodeError, ValueError):
        return value
    return value
