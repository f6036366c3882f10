"""Invitations of organisation: others may follow what happens to the tree."""

from __future__ import annotations

from typing import Protocol

from sojourn.kit.hooks import Hook


class UnitsSaved(Protocol):
    """Told, in the transaction, that `by` has saved a tree of `count` rows."""

    def __call__(self, *, by: str, count: int) -> None:
        """Take note."""


units_saved: Hook[UnitsSaved] = Hook("units_saved")
