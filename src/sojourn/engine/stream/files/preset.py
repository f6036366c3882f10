"""What a ready mapping is, and a short way to write one down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.engine.stream.files.mapping import Cell, ColumnMapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """A ready mapping; each cell lists the headers by which its column may go, best first.

    `needs` are the fields whose column must be there for the preset to fit; `marks` are headers that only this
    kind of file has: they decide between presets that fit. Where `all_marks` is set, every one must be there.
    """

    mapping: ColumnMapping
    needs: tuple[str, ...]
    marks: tuple[str, ...] = ()
    all_marks: bool = False


def cells(**columns: str | Sequence[str] | Cell) -> dict[str, Cell]:
    """Write cells down: a header, several of which the first that is filled counts, or a whole cell."""
    return {
        name: said if isinstance(said, Cell) else Cell(columns=(said,) if isinstance(said, str) else tuple(said))
        for name, said in columns.items()
    }
