"""Figures about named employees: for their managers, and of enough customers; for others employees are not there."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.kit.errors import ForbiddenError

AGENT = "agent"


def are_shown(viewer: Viewer) -> bool:
    """Say whether a viewer may see employees in all that they see."""
    there = viewer.units_for(Right.EMPLOYEES_READ)
    return there is None or (viewer.units is not None and viewer.units <= there and bool(there))


def check(fields: Iterable[str], viewer: Viewer) -> None:
    """Raise ForbiddenError when a question tells employees apart and its viewer may not."""
    if AGENT in fields and not are_shown(viewer):
        raise ForbiddenError("Figures about employees need the right employees.read. Ask an administrator.")
