"""Figures about named employees: of enough customers, for themselves and their managers, and for nobody else."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.contracts import Measure, MeasureRow
from sojourn.kit.errors import ForbiddenError

AGENT = "agent"


def are_shown(viewer: Viewer) -> bool:
    """Say whether a viewer may see employees in all that they see."""
    there = viewer.units_for(Right.EMPLOYEES_READ)
    return there is None or (viewer.units is not None and viewer.units <= there and bool(there))


def may_name_employees(viewer: Viewer) -> bool:
    """Say whether a viewer may break figures down by employee: all of them, or to see their own row."""
    return are_shown(viewer) or bool(viewer.employees)


def check(fields: Iterable[str], viewer: Viewer, *, groups: Iterable[str] = ()) -> None:
    """Raise ForbiddenError when a question tells employees apart and its viewer may not.

    `groups` only break a figure down: those an employee may name, too, and is shown their own row alone.
    """
    if (AGENT in groups and not may_name_employees(viewer)) or (AGENT in fields and not are_shown(viewer)):
        raise ForbiddenError("Figures about employees need the right employees.read. Ask an administrator.")


def check_measure(measure: Measure, viewer: Viewer) -> None:
    """Raise ForbiddenError when a sum tells employees apart and its viewer may not."""
    last = () if AGENT in measure.group else measure.last_per_customer or ()
    check([*measure.where, *last, measure.field_name or ""], viewer, groups=measure.group)


def key(fields: Iterable[str], viewer: Viewer) -> Hashable:
    """Give what the answer to a question that names these fields depends on beside it: whose employees are shown."""
    return viewer.employees if AGENT in fields and not are_shown(viewer) else None


def shown(rows: Iterable[MeasureRow], measure: Measure, viewer: Viewer) -> tuple[MeasureRow, ...]:
    """Keep those rows of a sum by employee that are the viewer's own, or all for who may see employees."""
    if AGENT not in measure.group or are_shown(viewer):
        return tuple(rows)
    place, own = measure.group.index(AGENT), {str(each) for each in viewer.employees}
    return tuple(row for row in rows if row.key[place] in own)


def enough(
    rows: Iterable[MeasureRow], measure: Measure, whole: Iterable[MeasureRow], fewest: int
) -> tuple[MeasureRow, ...]:
    """Keep the rows of figures with enough customers; `whole` are the figures, of the rows' groups but `spread`."""
    places = [place for place, name in enumerate(measure.group) if name not in measure.spread]
    there = {row.key for row in whole if row.customers >= fewest}
    return tuple(row for row in rows if tuple(row.key[place] for place in places) in there)
