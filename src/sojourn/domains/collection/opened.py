"""A delivered file, opened: its dialect, its mapping, its first rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from sojourn.domains.catalogue import queries as catalogue
from sojourn.engine.stream.files import mapping as mappings
from sojourn.engine.stream.files import presets
from sojourn.engine.stream.files.mapping import Cell, ColumnMapping, MappingError
from sojourn.engine.stream.files.ocel import TRAITS, OcelReader
from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.rows import Reader, Rows, UnreadableFileError
from sojourn.engine.stream.files.shape import Shape, shape_of
from sojourn.engine.stream.files.shaping import Shaper


@dataclass(slots=True)
class OpenedFile:
    """A file about to be read; `batches` begin with the rows that were looked at already."""

    reader: Reader
    matches: tuple[presets.Match, ...]
    shape: Shape
    shaper: Shaper
    first: Rows
    batches: Iterator[Rows]


def open_delivery(
    path: Path, *, source: str, mapping: Mapping[str, Any], encoding: str = "", delimiter: str = "", seed: str = ""
) -> OpenedFile:
    """Open a file with a mapping (`{}`: the best preset; `{"name": NAME}` alone: that preset; what is said beside).

    Raise UnreadableFileError and MappingError.
    """
    reader = open_file(
        path,
        encoding=encoding or None,
        delimiter=delimiter or None,
        unpacked_max=settings.SOJOURN.unpacked_max_bytes,
    )
    batches = reader.batches()
    first = next(batches, None)
    if first is None:
        raise UnreadableFileError("The file has a header, but no rows.")
    header = list(dict.fromkeys([*reader.header, *first.table.column_names]))
    matches = presets.detect(header)
    try:
        chosen = chosen_mapping(mapping, header, matches)
    except MappingError as error:
        if not isinstance(reader, OcelReader) or set(mapping) - set(mappings.BESIDE):
            raise
        raise MappingError(f"{error.message} The log's types of objects are {', '.join(reader.types)}.") from None
    if isinstance(reader, OcelReader):  # who the customer is decides how many rows an event is
        customer = customer_type(chosen, reader.types)
        chosen = of_customers(chosen, customer)
        batches = reader.batches(customer=customer, single=chosen.columns())
        first = next(batches, first)
    plan = catalogue.loading_rules()
    shape = shape_of(chosen, first, plan)
    delivered_us = path.stat().st_mtime_ns // 1_000
    shaper = Shaper(shape, source=source, plan=plan, seed=seed, delivered_us=delivered_us)
    return OpenedFile(reader, matches, shape, shaper, first, _from_first(first, batches))


def _from_first(first: Rows, others: Iterator[Rows]) -> Iterator[Rows]:
    yield first
    yield from others


def customer_type(mapping: ColumnMapping, types: Sequence[str]) -> str:
    """Say which type of objects a mapping takes for the customer; "" when none is."""
    cells = [mapping.cells[name] for name in ("user_id", "anonymous_id") if name in mapping.cells]
    return next((column for cell in cells for column in cell.columns if column in types), "")


def of_customers(mapping: ColumnMapping, customer: str) -> ColumnMapping:
    """Let one type of objects, and no second one, be the customers, and their attributes traits."""
    cells = dict(mapping.cells)
    cells.setdefault("traits", Cell(columns=(TRAITS,)))
    for name in ("user_id", "anonymous_id"):
        if name in cells and customer in cells[name].columns:
            cells[name] = replace(cells[name], columns=(customer,))
    return replace(mapping, cells=cells)


def chosen_mapping(said: Mapping[str, Any], header: Sequence[str], matches: Sequence[presets.Match]) -> ColumnMapping:
    """Give the mapping that was said, a preset by its name, or the best that fits; raise MappingError."""
    if set(said) - {"name", "title", *mappings.BESIDE}:
        wanted = mappings.parse(said)
        missing = sorted(
            column for cell in wanted.cells.values() for column in (cell.columns[:1]) if column not in header
        )
        if missing:
            raise MappingError(f"The mapping names {', '.join(missing)}; the file's columns are: {', '.join(header)}.")
        return wanted
    if said.get("name"):
        return mappings.beside(presets.fitted(presets.preset(str(said["name"])), header), said)
    if not matches:
        raise MappingError(
            f"No preset fits the columns {', '.join(header)}. Say which hold the time, the event and the customer."
        )
    return mappings.beside(matches[0].mapping, said)
