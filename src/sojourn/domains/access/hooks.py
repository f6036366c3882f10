"""Invitations of access: who knows the numbers of employees answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sojourn.kit.hooks import Hook


class EmployeeNumbers(Protocol):
    """Asked for the numbers that events name employees by, of the ids that sources send; unknown ids are left out."""

    def __call__(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Give the number of each known id."""


employee_numbers: Hook[EmployeeNumbers] = Hook("employee_numbers")
