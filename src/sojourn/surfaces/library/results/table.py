"""Answers as tables: for people, and as Arrow, pandas and Polars."""

from __future__ import annotations

import html
import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sojourn.kit.errors import SojournError
from sojourn.surfaces.library.figures import shortened

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_SHOWN = 20
CELL_CHARACTERS = 72


class MissingLibraryError(SojournError):
    """A library that is only needed for this is not installed."""

    code = "missing_library"


class Shown(NamedTuple):
    """A column as people read it; numbers stand to the right."""

    title: str
    cells: Sequence[str]
    is_number: bool = True


class Table(ABC):
    """An answer whose main part is a table; subclasses say its columns and how they read."""

    __slots__ = ()
    empty: ClassVar[str] = "Nothing matches this question."

    @abstractmethod
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give the values by column, plain Python; seconds where a name ends in `_s`."""

    @abstractmethod
    def shown(self) -> Sequence[Shown]:
        """Give the columns as people read them."""

    @abstractmethod
    def notes(self) -> Sequence[str]:
        """Give the lines below the table: what it rests on."""

    def to_arrow(self) -> pa.Table:
        """Give the table as Arrow."""
        import pyarrow as pa

        return pa.table({name: list(values) for name, values in self.columns().items()})

    def to_pandas(self) -> Any:
        """Give the table as a pandas DataFrame; raise MissingLibraryError without pandas."""
        needed("pandas")
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """Give the table as a Polars DataFrame; raise MissingLibraryError without Polars."""
        return needed("polars").from_arrow(self.to_arrow())

    def __len__(self) -> int:
        return max((len(each) for each in self.columns().values()), default=0)

    def __repr__(self) -> str:
        return "\n".join([*_lines(self), *self.notes()])

    def _repr_html_(self) -> str:
        return _html(self)


def needed(library: str) -> ModuleType:
    """Import a library that only this needs; raise MissingLibraryError saying how to get it."""
    try:
        return importlib.import_module(library)
    except ImportError:
        raise MissingLibraryError(f"This needs {library}, which is not installed: pip install {library}.") from None


def _cut(table: Table) -> tuple[list[Shown], int]:
    shown = table.shown()
    columns = [
        each._replace(cells=[shortened(cell, CELL_CHARACTERS) for cell in each.cells[:ROWS_SHOWN]]) for each in shown
    ]
    return columns, max(0, max((len(each.cells) for each in shown), default=0) - ROWS_SHOWN)


def _lines(table: Table) -> list[str]:
    columns, more = _cut(table)
    if not any(each.cells for each in columns):
        return [table.empty]
    width = [max(len(each.title), *map(len, each.cells)) for each in columns]
    rows = [[each.title for each in columns], *map(list, zip(*(each.cells for each in columns), strict=True))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(size) if each.is_number else cell.ljust(size)
            for cell, size, each in zip(row, width, columns, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return [*lines, *([f"... and {more:,} more rows"] if more else [])]


def _html(table: Table) -> str:
    columns, more = _cut(table)
    notes = "<br>".join(html.escape(each) for each in table.notes())
    foot = f'<p style="font-size:smaller;opacity:.8">{notes}</p>'
    if not any(each.cells for each in columns):
        return f"<p>{html.escape(table.empty)}</p>{foot}"
    side = ["right" if each.is_number else "left" for each in columns]
    head = "".join(
        f'<th scope="col" style="text-align:{where}">{html.escape(each.title)}</th>'
        for each, where in zip(columns, side, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{where}">{html.escape(cell)}</td>' for cell, where in zip(row, side, strict=True)
        )
        + "</tr>"
        for row in zip(*(each.cells for each in columns), strict=True)
    )
    rest = f"<p>... and {more:,} more rows</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}{foot}"
