"""Where the rows of a file break the tracking plan: the rules that the loader counts, for whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from sojourn.engine.kernels.words import Flags
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.properties import Sealed, Seen
from sojourn.engine.stream.plan import Declared, Plan, fits

_KINDS: Final = (str, int, float, bool, dict, list)  # as `properties.TYPES`


class Breach(NamedTuple):
    """Rows that break a rule at a property; the property is empty where the event itself does."""

    name: str
    rule: str
    rows: Flags


def breaches(
    plan: Plan, events: Coded, *, seen: Iterable[Seen], sealed: Iterable[Sealed], lifted: Mapping[str, Flags]
) -> list[Breach]:
    """List what breaks the plan in a batch.

    `sealed` are the values that left their row, where `seen` has an id; `lifted` says which rows fill a column that
    an SDK's event would carry as a property.
    """
    if not plan.events and not plan.closed:
        return []
    types = _types(seen, sealed)
    found: list[Breach] = []
    for code in events.used().tolist():
        event = events.values[code] or ""
        found += _of_event(plan, event, events.codes == code, types, lifted)
    return found


def not_allowed(plan: Plan, events: Coded, name: str, values: Coded) -> Iterator[Breach]:
    """Find the values of a column that the plan does not allow."""
    for code in events.used().tolist():
        each = declared(plan, events.values[code] or "").get(name)
        if each is None or not each.allowed:
            continue
        wrong = np.array([*(value is not None and value not in each.allowed for value in values.values), False])
        rows = wrong[values.codes] & (events.codes == code)
        if rows.any():
            yield Breach(name, "not_allowed", rows)


def declared(plan: Plan, event: str) -> dict[str, Declared]:
    """Give the properties that the plan declares for an event."""
    return {**plan.common, **plan.events.get(event, {})}


def _types(seen: Iterable[Seen], sealed: Iterable[Sealed]) -> dict[str, Any]:
    """Give the types by property and row, sealed values under their own names."""
    away = {f"{each.name}_id": each.name for each in sealed}
    types: dict[str, Any] = {}
    for each in seen:
        name = away.get(each.name, each.name)
        types[name] = each.types if name not in types else np.maximum(types[name], each.types)
    return types


def _of_event(
    plan: Plan, event: str, mine: Flags, types: Mapping[str, Any], lifted: Mapping[str, Flags]
) -> Iterator[Breach]:
    if event not in plan.events:
        if plan.closed and not event.startswith("$"):
            yield Breach("", "undeclared_event", mine)
        return
    known = declared(plan, event)
    for name, each in known.items():
        if each.required:
            present = lifted.get(name, np.zeros(len(mine), np.bool_))
            if name in types:
                present = present | (types[name] >= 0)
            yield from _some(name, "missing_property", mine & ~present)
    for name, held in types.items():
        there = mine & (held >= 0)
        if name in known:
            wrong = [code for code, kind in enumerate(_KINDS) if not fits(kind, known[name].type)]
            yield from _some(name, "wrong_type", there & np.isin(held, wrong))
        elif plan.closed and not name.startswith("$"):
            yield from _some(name, "undeclared_property", there)


def _some(name: str, rule: str, rows: Flags) -> Iterator[Breach]:
    if rows.any():
        yield Breach(name, rule, rows)
