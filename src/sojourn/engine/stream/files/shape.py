"""How the columns of one file are used: found from its mapping, its header and its first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.stream.files import amounts, instants
from sojourn.engine.stream.files.mapping import Cell, ColumnMapping
from sojourn.engine.stream.files.properties import looks_numeric, masked_name
from sojourn.engine.stream.files.rows import Rows
from sojourn.engine.stream.personal import is_personal_name, reserved_trait
from sojourn.engine.stream.plan import Plan

# Columns that a mapping does not name but that can only be the customer's: kept as traits.
TRAIT_NAMES: Final = frozenset(
    {"email", "phone", "first_name", "last_name", "address", "birthday", "username", "avatar", "gender", "age", "name"}
)

_NUMBERS: Final = ("number", "integer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How the columns of one file are used, as found from its mapping, header and first rows."""

    mapping: ColumnMapping
    decimal: str
    time_format: str | None
    numeric: frozenset[str]  # columns of text that hold numbers
    flags: frozenset[str]  # columns of text that hold true and false
    traits: tuple[str, ...]
    personal: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def shape_of(mapping: ColumnMapping, rows: Rows, plan: Plan) -> Shape:
    """Find from the first rows how a file's columns are written, and which of them are personal."""
    warnings: list[str] = []
    table = rows.table
    stamps = _sample(table, mapping.cells.get("timestamp", Cell()))
    time_format = mapping.time_format
    found, doubt = instants.detect(stamps)
    if stamps and (time_format is None or not _reads(stamps, time_format)):
        time_format = found
        warnings += [doubt] if doubt else []
    if mapping.local_times and mapping.time_zone == "UTC" and not any(map(_names_zone, stamps[:200])):
        warnings.append("The times name no zone and are read as UTC; say the zone in which the tool wrote them.")
    if mapping.undated and not stamps:
        warnings.append("The rows name no time; they count from the moment when the file was handed in.")
    value = mapping.cells.get("value")
    decimal = mapping.decimal or amounts.detect(_sample(table, value) if value else [])
    free = [
        name
        for name in table.column_names
        if name not in mapping.columns() and name not in mapping.rename and not is_ignored(name, mapping.ignore)
    ]
    declared = {*plan.common, *(name for each in plan.events.values() for name in each)}
    own = {name for name in free if reserved_trait(name) in TRAIT_NAMES and name not in declared}
    personal = {
        name
        for name in free
        if name not in own and (name in plan.personal or (name not in declared and is_personal_name(name)))
    }
    if own:
        warnings.append(f"Personal columns kept as encrypted traits: {', '.join(sorted(own))}.")
    if personal:
        warnings.append(f"Personal columns kept as encrypted texts: {', '.join(sorted(personal))}.")
    texts = [name for name in table.column_names if pa.types.is_string(table.schema.field(name).type)]
    types = {name: _planned(plan, masked_name(name, mapping.rename)) for name in texts}
    numeric = {
        name
        for name, said in types.items()
        if said in _NUMBERS or (said is None and looks_numeric(table.column(name).slice(0, 1_000).to_pylist()))
    }
    return Shape(
        mapping=mapping,
        decimal=decimal,
        time_format=time_format,
        numeric=frozenset(numeric),
        flags=frozenset(name for name, said in types.items() if said == "boolean"),
        traits=(*mapping.trait_columns, *mapping.trait_names, *sorted(own)),
        personal=(*mapping.personal, *sorted(personal)),
        warnings=tuple(warnings),
    )


def _planned(plan: Plan, name: str) -> str | None:
    """Say of which type the plan declares a property; None when it does not, or not everywhere alike."""
    places = (plan.common, *plan.events.values())
    types = {"number" if each[name].type in _NUMBERS else each[name].type for each in places if name in each}
    return types.pop() if len(types) == 1 and "any" not in types else None


def _sample(table: pa.Table, cell: Cell) -> list[str]:
    for name in cell.columns:
        if name in table.column_names and pa.types.is_string(table.schema.field(name).type):
            return [value for value in table.column(name).slice(0, 2_000).to_pylist() if value]
    return []


def _names_zone(stamp: str) -> bool:
    return re.search(r"(?:Z|[+-]\d\d:?\d\d)$", stamp.strip()) is not None


def _reads(stamps: list[str], time_format: str) -> bool:
    column = pa.array(stamps[:200], pa.string())
    if time_format in instants.EPOCHS or "%z" in time_format or "%f" in time_format:
        return True
    return bool(pc.strptime(column, format=time_format, unit="us", error_is_null=True).null_count <= len(column) // 2)


def is_ignored(name: str, ignore: Sequence[str]) -> bool:
    """Say whether a column is left out, by its name or a prefix that ends in `*`."""
    return any(name == each or (each.endswith("*") and name.startswith(each[:-1])) for each in ignore)
