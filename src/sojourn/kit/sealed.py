"""Which columns hold sealed values: each room says so, and key rotation, scan and backup need not know the rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedColumn:
    """A column of sealed values, by `room.Model` and its name, and the use of the key that seals them.

    Kept are values of known persons, to be read again; others (quarantine, outbox) only pass through.
    """

    model: str
    column: str
    use: str
    is_kept: bool

    @property
    def store(self) -> str:
        """Name the store that the column is, opened."""
        return f"{self.model}.{self.column} (opened)"


COLUMNS: Final[dict[str, SealedColumn]] = {}


def seals(model: str, column: str, *, use: str, is_kept: bool = True) -> None:
    """Say in a room's ``plugins.py`` that a column ("room.Model", "column") holds values sealed for a use."""
    COLUMNS[f"{model}.{column}"] = SealedColumn(model=model, column=column, use=use, is_kept=is_kept)
