"""Thought of organisation: what makes a tree of units with dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from sojourn.domains.organisation.contracts import Move, Stretch, Unit, UnitNode
from sojourn.kit.errors import InvalidError

Span = tuple[date, date]  # with date.min and date.max for no end
UNITS_MAX = 50_000
CODE_MAX_CHARACTERS = 63
NAME_MAX_CHARACTERS = 200


class TreeError(InvalidError):
    """The units make no tree; the message names the unit."""

    code = "units"


def check(units: Sequence[Unit]) -> None:
    """Raise TreeError unless the units make a tree on every day."""
    if len(units) > UNITS_MAX:
        raise TreeError(f"More than {UNITS_MAX:,} units.")
    for unit in units:
        _check_fields(unit)
    _check_spans(units)
    codes = {unit.code for unit in units}
    for unit in units:
        if unit.parent is not None and unit.parent not in codes:
            raise TreeError(f"unit {unit.code}: its parent {unit.parent} is not among the units.")
    for day in _days_of_change(units):
        _check_for_cycle([unit for unit in units if is_valid(unit, day)])


def moved(units: Sequence[Unit], *, code: str, parent: str | None, since: date) -> tuple[tuple[Unit, ...], Move]:
    """Put a unit below another from a day on, until its row ends; what was before stays. Raise TreeError."""
    row = next((unit for unit in units if unit.code == code and is_valid(unit, since)), None)
    if row is None:
        raise TreeError(f"unit {code[:40]}: does not stand in the tree on {since}.")
    if row.parent == parent:
        raise TreeError(f"unit {code}: lies there already.")
    if parent is not None and not any(unit.code == parent and is_valid(unit, since) for unit in units):
        raise TreeError(f"unit {parent[:40]}: does not stand in the tree on {since}.")
    kept = [replace(row, until=since)] if row.since != since else []
    made = (*(unit for unit in units if unit is not row), *kept, replace(row, parent=parent, since=since))
    check(made)
    along = below([unit for unit in made if is_valid(unit, since)], [code]) - {code}
    move = Move(code=code, name=row.name, before=row.parent, after=parent, since=since, along=tuple(sorted(along)))
    return made, move


def is_valid(unit: Unit, day: date | None) -> bool:
    """Say whether a unit stands in its place on a day; None is the beginning of time."""
    if day is None:
        return unit.since is None
    return (unit.since is None or unit.since <= day) and (unit.until is None or day < unit.until)


def below(units: Iterable[Unit], codes: Iterable[str]) -> frozenset[str]:
    """Give codes and every code below them."""
    children: dict[str, list[str]] = {}
    for unit in units:
        if unit.parent is not None:
            children.setdefault(unit.parent, []).append(unit.code)
    found: set[str] = set()
    queue = list(codes)
    while queue:
        code = queue.pop()
        if code not in found:
            found.add(code)
            queue += children.get(code, ())
    return frozenset(found)


def stretches(units: Iterable[Unit], codes: Iterable[str]) -> tuple[Stretch, ...]:
    """Say which units lie at or below some, and when: a unit that moved is below each only while it stood there.

    The units named themselves are there at all times.
    """
    children: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.parent is not None:
            children.setdefault(unit.parent, []).append(unit)
    found: dict[str, list[Span]] = {}
    queue = [(code, (date.min, date.max)) for code in codes]
    while queue:
        code, span = queue.pop()
        there = found.setdefault(code, [])
        if any(since <= span[0] and span[1] <= until for since, until in there):
            continue
        found[code] = _joined([*there, span])
        for child in children.get(code, ()):
            since, until = max(span[0], child.since or date.min), min(span[1], child.until or date.max)
            if since < until:
                queue.append((child.code, (since, until)))
    together: dict[Span, set[str]] = {}
    for code, spans in found.items():
        for span in spans:
            together.setdefault(span, set()).add(code)
    return tuple(
        Stretch(
            codes=frozenset(named),
            since=None if since == date.min else since,
            until=None if until == date.max else until,
        )
        for (since, until), named in sorted(together.items())
    )


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for since, until in sorted(spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        else:
            joined.append((since, until))
    return joined


def grown(units: Sequence[Unit]) -> tuple[UnitNode, ...]:
    """Grow the tree of units of one day; a unit whose parent does not stand that day is a root."""
    there = {unit.code for unit in units}
    children: dict[str | None, list[Unit]] = {}
    for unit in sorted(units, key=lambda each: each.code):
        children.setdefault(unit.parent if unit.parent in there else None, []).append(unit)

    def node(unit: Unit) -> UnitNode:
        return UnitNode(unit=unit, children=tuple(node(each) for each in children.get(unit.code, ())))

    return tuple(node(each) for each in children.get(None, ()))


def _check_fields(unit: Unit) -> None:
    if not unit.code.strip() or len(unit.code) > CODE_MAX_CHARACTERS or "\x00" in unit.code:
        raise TreeError(f"unit {unit.code[:40]!r}: a code has 1 to {CODE_MAX_CHARACTERS} characters.")
    if not unit.name.strip() or len(unit.name) > NAME_MAX_CHARACTERS or "\x00" in unit.name:
        raise TreeError(f"unit {unit.code}: a name has 1 to {NAME_MAX_CHARACTERS} characters.")
    if not unit.kind.strip() or len(unit.kind) > CODE_MAX_CHARACTERS or "\x00" in unit.kind:
        raise TreeError(f"unit {unit.code}: a kind has 1 to {CODE_MAX_CHARACTERS} characters.")
    if unit.since is not None and unit.until is not None and unit.since >= unit.until:
        raise TreeError(f"unit {unit.code}: since {unit.since} must lie before until {unit.until}.")


def _check_spans(units: Sequence[Unit]) -> None:
    by_code: dict[str, list[Unit]] = {}
    for unit in units:
        by_code.setdefault(unit.code, []).append(unit)
    for code, rows in by_code.items():
        ordered = sorted(rows, key=lambda each: each.since or date.min)
        for one, next_one in pairwise(ordered):
            if one.until is None or next_one.since is None or next_one.since < one.until:
                raise TreeError(f"unit {code}: stands here twice for the same days.")


def _days_of_change(units: Sequence[Unit]) -> list[date | None]:
    return [None, *sorted({day for unit in units for day in (unit.since, unit.until) if day is not None})]


def _check_for_cycle(units: Sequence[Unit]) -> None:
    parent = {unit.code: unit.parent for unit in units}
    clear: set[str] = set()
    for code in parent:
        path: dict[str, None] = {}
        at: str | None = code
        while at is not None and at not in clear:
            if at in path:
                raise TreeError(f"unit {at}: stands below itself ({' > '.join([*path, at])[:200]}).")
            path[at] = None
            at = parent.get(at)
        clear.update(path)
