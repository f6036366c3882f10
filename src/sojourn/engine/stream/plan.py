"""What the loader asks of the tracking plan, and the recipe that it makes of it for each shape of event.

Events of one name that carry the same properties with the same types are treated alike, so the questions (is it
declared? personal? lifted into a column? to be looked through?) are answered once a shape and not once an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from sojourn.engine.stream.personal import is_personal_name, is_suspicious, reserved_trait


class Declared(Protocol):
    """A property as the plan declares it."""

    @property
    def type(self) -> str:
        """string, number, integer, boolean, date, object, list, any."""

    @property
    def required(self) -> bool:
        """Whether every event must carry it."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values it may have; empty for any."""

    @property
    def personal(self) -> bool:
        """Whether it must not enter the stream."""


class Plan(Protocol):
    """The tracking plan, compactly; a new `version` makes the loader ask again."""

    @property
    def version(self) -> int:
        """Grows with each change."""

    @property
    def closed(self) -> bool:
        """Whether names that the plan does not have are violations."""

    @property
    def events(self) -> Mapping[str, Mapping[str, Declared]]:
        """Declared properties by event name."""

    @property
    def common(self) -> Mapping[str, Declared]:
        """Declared properties of every event."""

    @property
    def personal(self) -> frozenset[str]:
        """Property names that are personal wherever they stand."""

    @property
    def channels(self) -> Mapping[str, str]:
        """The channel of each source."""


# property -> column; of several that go to one column the first that is there wins
LIFTED: Final = {
    "channel": ("channel",),
    "touchpoint": ("touchpoint",),
    "unit": ("unit",),
    "agent": ("agent", "agent_id"),
    "product": ("product",),
    "case": ("case", "case_id"),
    "currency": ("currency",),
    "value": ("value", "revenue", "total"),
}
PAGE_PROPERTIES: Final = {"url": "$url", "path": "$path", "referrer": "$referrer"}
TYPE_NAMES: Final = {
    str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "list", type(None): "null"
}  # fmt: skip


class Recipe:
    """What to do with the properties of one shape of event, and what was seen of it in the batch at hand."""

    __slots__ = (
        "allowed", "breaches", "columns", "count", "event", "first_us", "is_plain", "kind", "last_us", "lifts",
        "nested", "number", "pages", "renamed", "scans", "sealed", "shape", "source", "takes_tail", "traits",
    )  # fmt: skip

    def __init__(self, plan: Plan, *, kind: str, event: str, source: str, shape: dict[str, type]) -> None:
        declared = {**plan.common, **plan.events.get(event, {})}
        self.kind, self.event, self.source, self.shape = kind, event, source, shape
        self.number = 0  # among the loader's recipes
        self.count, self.first_us, self.last_us = 0, 0, 0
        self.traits = _traits(shape) if kind in ("identify", "group") else ()
        taken = {name for name, _ in self.traits}
        self.lifts = _lifts(shape, taken) if kind not in ("identify", "group") else ()
        taken |= {name for _, name in self.lifts}
        self.columns = tuple(dict(self.lifts).get(column) for column in LIFTED)
        self.pages = tuple(each for each in PAGE_PROPERTIES if each in shape) if kind in ("page", "screen") else ()
        taken.update(self.pages)
        rest = {name: of for name, of in shape.items() if name not in taken and of is not type(None)}
        self.renamed = tuple(name for name in rest if name not in declared and is_suspicious(name))
        personal = plan.personal | {name for name, each in declared.items() if each.personal}
        self.sealed = tuple(
            name
            for name, of in rest.items()
            if name in personal or (of is not bool and name not in declared and is_personal_name(name))
        )
        free = [each for each in rest if each not in declared and each not in self.sealed and each not in self.renamed]
        self.scans = tuple(name for name in free if rest[name] is str)
        self.nested = tuple(name for name in free if rest[name] in (dict, list))
        self.allowed = tuple(
            (name, frozenset(each.allowed)) for name, each in declared.items() if each.allowed and name in shape
        )
        self.breaches = _breaches(plan, event, declared, shape, taken)
        # No property needs more than to be looked through.
        self.is_plain = not (self.traits or self.sealed or self.nested or self.pages or self.renamed)
        # What surrounds the event can be put behind its properties without meeting one of the same name.
        self.takes_tail = kind not in ("page", "screen") and not any(name.startswith("$") for name in shape)

    def lift(self, properties: dict[str, Any]) -> list[Any]:
        """Take the values of the columns out of the properties, in the order of `LIFTED`, None where there is none."""
        return [None if name is None else properties.pop(name) for name in self.columns]

    def saw(self, count: int, first_us: int, last_us: int) -> None:
        """Note how many events of this shape a batch had, and when the first and last occurred."""
        self.count, self.first_us, self.last_us = count, first_us, last_us


def _traits(shape: dict[str, type]) -> tuple[tuple[str, str], ...]:
    found = ((name, reserved_trait(name)) for name in shape)
    return tuple((name, kept) for name, kept in found if kept is not None)


def _lifts(shape: dict[str, type], taken: set[str]) -> tuple[tuple[str, str], ...]:
    lifts = []
    for column, names in LIFTED.items():
        fit = (str, int, float) if column == "value" else (str, int)
        name = next((each for each in names if shape.get(each) in fit and each not in taken), None)
        if name is not None:
            lifts.append((column, name))
    return tuple(lifts)


def _breaches(
    plan: Plan, event: str, declared: Mapping[str, Declared], shape: dict[str, type], taken: set[str]
) -> tuple[tuple[str, str], ...]:
    """List (property, rule) that hold for every event of the shape; allowed values are looked at one by one.

    What is ``taken`` for a column or a trait is none of the plan's properties: nobody has to declare a channel.
    """
    known = plan.events.get(event)
    if known is None:
        return (("", "undeclared_event"),) if plan.closed and not event.startswith("$") else ()
    found = [(name, "missing_property") for name, each in declared.items() if each.required and _is_absent(shape, name)]
    for name, of in shape.items():
        each = declared.get(name)
        if each is None:
            if plan.closed and name not in taken and not name.startswith("$"):
                found.append((name, "undeclared_property"))
        elif of is not type(None) and not fits(of, each.type):
            found.append((name, "wrong_type"))
    return tuple(found)


def _is_absent(shape: dict[str, type], name: str) -> bool:
    return shape.get(name, type(None)) is type(None)


def fits(of: type, declared: str) -> bool:
    """Say whether values of a Python type can be what the plan declares.

    >>> fits(int, "number"), fits(str, "number"), fits(str, "date")
    (True, False, True)
    """
    name = TYPE_NAMES.get(of, "any")
    return declared == "any" or name == declared or (name, declared) in {("integer", "number"), ("string", "date")}


def type_name(value: Any) -> str:
    """Name the JSON type of a value as the plan does."""
    return TYPE_NAMES.get(type(value), "any")
