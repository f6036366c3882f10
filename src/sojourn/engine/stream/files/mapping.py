"""A mapping: which column of a file fills which column of an event."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sojourn.kit.errors import InvalidError

# What a row may say of an event. `properties` and `traits` hold a JSON object as text (or a Parquet struct or map).
FIELDS: Final = (
    "message_id",
    "user_id",
    "anonymous_id",
    "type",
    "event",
    "timestamp",
    "channel",
    "touchpoint",
    "unit",
    "agent",
    "product",
    "case",
    "value",
    "currency",
    "properties",
    "traits",
)


class MappingError(InvalidError):
    """A mapping names something that does not exist or leaves out what every event needs."""

    code = "mapping"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Where one field of an event comes from.

    The first of `columns` that is not empty is taken, else `constant`. `times` multiplies by a second column.
    `starts_with` turns a text into a name by its first letters (`otherwise` when none fits). `only_without`
    fills the cell only where that other field is empty. `scoped` puts the source before the value, for numbers
    that mean something within one source only.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    times: str | None = None
    starts_with: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    only_without: str | None = None
    scoped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """How the rows of a file become events; columns that nothing names become properties under their own name.

    `trait_columns` describe the customer: they go encrypted to state. `personal` are columns of free
    text or personal data that belong to the event: encrypted too. `ignore` (with `*` at the end: a prefix)
    leaves columns out. `rename` gives properties other names. `time_format` is a strptime format for instants that
    are not ISO 8601, `time_zone` the zone of instants that name none. `decimal` is the decimal mark of numbers.
    """

    name: str
    title: str = ""
    cells: Pairs[str, Cell] = field(default_factory=dict)
    trait_columns: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rename: Pairs[str, str] = field(default_factory=dict)
    time_format: str | None = None
    time_zone: str = "UTC"
    decimal: str | None = None

    def columns(self) -> set[str]:
        """Give every column of the file that a cell, a trait or a personal text takes."""
        named = {column for cell in self.cells.values() for column in cell.columns}
        named |= {cell.times for cell in self.cells.values() if cell.times}
        return named | set(self.trait_columns) | set(self.personal)


def parse(form: Pairs[str, Any]) -> ColumnMapping:
    """Turn a mapping as written in YAML or JSON into words; raise MappingError naming what cannot be meant.

    >>> parse({"user_id": "customer", "event": {"constant": "Visit"}, "timestamp": "at"}).cells["user_id"].columns
    ('customer',)
    """
    unknown = set(form) - _SETTINGS - set(FIELDS)
    if unknown:
        raise MappingError(f"The mapping names {', '.join(sorted(map(str, unknown)))}, which no event has.")
    rename = form.get("rename") or {}
    if not isinstance(rename, dict):
        raise MappingError("rename must pair columns with property names.")
    mapping = ColumnMapping(
        name=str(form.get("name") or "mapping"),
        title=str(form.get("title") or ""),
        cells={name: _cell(name, form[name]) for name in FIELDS if form.get(name) not in (None, "")},
        trait_columns=_names(form, "trait_columns"),
        personal=_names(form, "personal"),
        ignore=_names(form, "ignore"),
        rename={str(column): str(name) for column, name in rename.items()},
        time_format=form.get("time_format") or None,
        time_zone=str(form.get("time_zone") or "UTC"),
        decimal=form.get("decimal") or None,
    )
    return checked(mapping)


def checked(mapping: ColumnMapping) -> ColumnMapping:
    """Give the mapping back when every row could become an event by it; raise MappingError otherwise."""
    if "timestamp" not in mapping.cells:
        raise MappingError("The mapping does not say which column holds the time of the event (timestamp).")
    if not {"user_id", "anonymous_id"} & set(mapping.cells):
        raise MappingError("The mapping does not say whose event a row is (user_id or anonymous_id).")
    if not {"event", "type"} & set(mapping.cells):
        raise MappingError("The mapping does not say what happened (event: a column or a constant).")
    if mapping.decimal not in (None, ".", ","):
        raise MappingError("decimal must be '.' or ','.")
    try:
        ZoneInfo(mapping.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise MappingError(f"There is no time zone {mapping.time_zone!r}.") from None
    return mapping


def form(mapping: ColumnMapping) -> dict[str, Any]:
    """Write a mapping as the form that `parse` reads, ready for JSON."""
    written: dict[str, Any] = {name: _cell_form(cell) for name, cell in mapping.cells.items()}
    for name in sorted(_SETTINGS):
        value = getattr(mapping, name)
        if value:
            written[name] = list(value) if isinstance(value, tuple) else (dict(value) if name == "rename" else value)
    return written


_SETTINGS: Final = frozenset(
    {"name", "title", "trait_columns", "personal", "ignore", "rename", "time_format", "time_zone", "decimal"}
)
_CELL: Final = frozenset({"column", "constant", "times", "starts_with", "otherwise", "only_without", "scoped"})


def _cell(name: str, said: Any) -> Cell:
    if isinstance(said, str | list):
        said = {"column": said}
    if not isinstance(said, dict) or set(said) - _CELL:
        raise MappingError(f"{name} must be a column's name, or hold only {', '.join(sorted(_CELL))}.")
    column = said.get("column")
    columns = () if column is None else (column,) if isinstance(column, str) else tuple(map(str, column))
    if not columns and said.get("constant") is None:
        raise MappingError(f"{name} names neither a column nor a constant.")
    return Cell(
        columns=columns,
        constant=None if said.get("constant") is None else str(said["constant"]),
        times=said.get("times"),
        starts_with=tuple((str(k), str(v)) for k, v in dict(said.get("starts_with") or {}).items()),
        otherwise=said.get("otherwise"),
        only_without=said.get("only_without"),
        scoped=bool(said.get("scoped", False)),
    )


def _cell_form(cell: Cell) -> dict[str, Any]:
    said: dict[str, Any] = {
        "column": list(cell.columns),
        "constant": cell.constant,
        "times": cell.times,
        "starts_with": dict(cell.starts_with),
        "otherwise": cell.otherwise,
        "only_without": cell.only_without,
        "scoped": cell.scoped,
    }
    return {key: value for key, value in said.items() if value}


def _names(form: Pairs[str, Any], name: str) -> tuple[str, ...]:
    said = form.get(name) or ()
    if isinstance(said, str):
        said = [said]
    if not isinstance(said, list | tuple) or not all(isinstance(each, str) for each in said):
        raise MappingError(f"{name} must be a list of column names.")
    return tuple(said)
