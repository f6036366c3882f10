"""A mapping: which column of a file fills which column of an event."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
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


KEEPS: Final = "keeps"
CLEARS: Final = "clears"
# What may be said beside a preset's name.
BESIDE: Final = ("time_zone", "blank")
STEPS_MAX: Final = 20  # each is a copy of the rows


class MappingError(InvalidError):
    """A mapping names something that does not exist or leaves out what every event needs."""

    code = "mapping"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Where one field of an event comes from.

    The first of `columns` that is not empty is taken, else `constant`. `times` multiplies by a second column.
    `starts_with` turns a text into a name by its first letters (`otherwise` when none fits). `only_without`
    fills the cell only where that other field is empty. `scoped` puts the source before the value, for numbers
    that mean something within one source only; `prefix` tells numbers of several tools in one source apart. `split`
    parts a list and takes its first item.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    times: str | None = None
    starts_with: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    only_without: str | None = None
    scoped: bool = False
    prefix: str | None = None
    split: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One of the things that a row tells of: what happened, and the column that says when.

    It happened where `time` is filled (the first step of a row: always), and `where` too if it is given. `without`
    names columns that say nothing of this step. `tells` are columns that tell several such things of one case apart.
    """

    event: str
    time: str
    where: str | None = None
    without: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """How the rows of a file become events; columns that nothing names become properties under their own name.

    `trait_columns` describe the customer: they go encrypted to state. `personal` are columns of free
    text or personal data that belong to the event: encrypted too. `ignore` (with `*` at the end: a prefix)
    leaves columns out. `rename` gives properties other names. `time_format` is a strptime format for instants that
    are not ISO 8601, `time_zone` the zone of instants that name none; `local_times` says that the tool writes such.
    `decimal` is the decimal mark of numbers. `trait_names` gives columns that describe the customer the names of
    traits. `blank` says what an empty cell of a trait does: it `keeps` what is known, or `clears` it. `undated` rows
    happened when the file was handed in. `steps` make several events of a row.
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
    local_times: bool = False
    trait_names: Pairs[str, str] = field(default_factory=dict)
    blank: str = KEEPS
    undated: bool = False
    steps: tuple[Step, ...] = ()

    def columns(self) -> set[str]:
        """Give every column of the file that a cell, a trait or a personal text takes."""
        named = {column for cell in self.cells.values() for column in cell.columns}
        named |= {cell.times for cell in self.cells.values() if cell.times}
        named |= {each.time for each in self.steps}
        return named | set(self.trait_columns) | set(self.trait_names) | set(self.personal)


def parse(form: Pairs[str, Any]) -> ColumnMapping:
    """Turn a mapping as written in YAML or JSON into words; raise MappingError naming what cannot be meant.

    >>> parse({"user_id": "customer", "event": {"constant": "Visit"}, "timestamp": "at"}).cells["user_id"].columns
    ('customer',)
    """
    unknown = set(form) - _SETTINGS - set(FIELDS)
    if unknown:
        raise MappingError(f"The mapping names {', '.join(sorted(map(str, unknown)))}, which no event has.")
    mapping = ColumnMapping(
        name=str(form.get("name") or "mapping"),
        title=str(form.get("title") or ""),
        cells={name: _cell(name, form[name]) for name in FIELDS if form.get(name) not in (None, "")},
        trait_columns=_names(form, "trait_columns"),
        personal=_names(form, "personal"),
        ignore=_names(form, "ignore"),
        rename=_pairs(form, "rename"),
        time_format=form.get("time_format") or None,
        time_zone=str(form.get("time_zone") or "UTC"),
        decimal=form.get("decimal") or None,
        local_times=bool(form.get("local_times")),
        trait_names=_pairs(form, "trait_names"),
        blank=str(form.get("blank") or KEEPS),
        undated=bool(form.get("undated")),
        steps=_steps(form),
    )
    return checked(mapping)


def checked(mapping: ColumnMapping) -> ColumnMapping:
    """Give the mapping back when every row could become an event by it; raise MappingError otherwise."""
    if "timestamp" not in mapping.cells and not mapping.undated:
        raise MappingError("The mapping does not say which column holds the time of the event (timestamp).")
    if not {"user_id", "anonymous_id"} & set(mapping.cells):
        raise MappingError("The mapping does not say whose event a row is (user_id or anonymous_id).")
    if not {"event", "type"} & set(mapping.cells):
        raise MappingError("The mapping does not say what happened (event: a column or a constant).")
    if mapping.steps and "timestamp" not in mapping.cells:
        raise MappingError("steps need a timestamp: the column that says when the first of them happened.")
    if mapping.decimal not in (None, ".", ","):
        raise MappingError("decimal must be '.' or ','.")
    return beside(mapping, {})


def beside(mapping: ColumnMapping, said: Pairs[str, Any]) -> ColumnMapping:
    """Give a mapping with what was said beside its name (`BESIDE`); raise MappingError where that cannot be meant."""
    zone, blank = str(said.get("time_zone") or mapping.time_zone), str(said.get("blank") or mapping.blank)
    if blank not in (KEEPS, CLEARS):
        raise MappingError(f"blank must be {KEEPS} or {CLEARS}.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(f"There is no time zone {zone!r}.") from None
    return replace(mapping, time_zone=zone, blank=blank)


def form(mapping: ColumnMapping) -> dict[str, Any]:
    """Write a mapping as the form that `parse` reads, ready for JSON."""
    written: dict[str, Any] = {name: _cell_form(cell) for name, cell in mapping.cells.items()}
    for name in sorted(_SETTINGS - {"steps"}):
        value = getattr(mapping, name)
        if value and (name, value) != ("blank", KEEPS):
            written[name] = list(value) if isinstance(value, tuple) else dict(value) if name in _PAIRS else value
    if mapping.steps:
        written["steps"] = [_step_form(each) for each in mapping.steps]
    return written


_SETTINGS: Final = frozenset(
    {
        "name", "title", "trait_columns", "personal", "ignore", "rename", "time_format", "time_zone", "decimal",
        "local_times", "trait_names", "blank", "undated", "steps",
    }
)  # fmt: skip
_PAIRS: Final = ("rename", "trait_names")
_CELL: Final = frozenset(
    {"column", "constant", "times", "starts_with", "otherwise", "only_without", "scoped", "prefix", "split"}
)
_STEP: Final = frozenset({"event", "time", "where", "without", "tells"})


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
        prefix=None if said.get("prefix") is None else str(said["prefix"]),
        split=None if not said.get("split") else str(said["split"]),
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
        "prefix": cell.prefix,
        "split": cell.split,
    }
    return {key: value for key, value in said.items() if value}


def _steps(form: Pairs[str, Any]) -> tuple[Step, ...]:
    said = form.get("steps") or ()
    if not isinstance(said, list | tuple) or not all(
        isinstance(each, dict) and each.get("event") and each.get("time") and not set(each) - _STEP for each in said
    ):
        raise MappingError("steps must be a list of event and time, with where, without and tells if need be.")
    if len(said) > STEPS_MAX:
        raise MappingError(f"A row has {len(said)} steps; at most {STEPS_MAX} are taken.")
    return tuple(
        Step(
            event=str(each["event"]),
            time=str(each["time"]),
            where=None if not each.get("where") else str(each["where"]),
            without=_names(each, "without"),
            tells=_names(each, "tells"),
        )
        for each in said
    )


def _step_form(step: Step) -> dict[str, Any]:
    said = {
        "event": step.event,
        "time": step.time,
        "where": step.where,
        "without": list(step.without),
        "tells": list(step.tells),
    }
    return {key: value for key, value in said.items() if value}


def _pairs(form: Pairs[str, Any], name: str) -> dict[str, str]:
    said = form.get(name) or {}
    if not isinstance(said, dict):
        raise MappingError(f"{name} must pair columns with names.")
    return {str(column): str(called) for column, called in said.items()}


def _names(form: Pairs[str, Any], name: str) -> tuple[str, ...]:
    said = form.get(name) or ()
    if isinstance(said, str):
        said = [said]
    if not isinstance(said, list | tuple) or not all(isinstance(each, str) for each in said):
        raise MappingError(f"{name} must be a list of column names.")
    return tuple(said)
