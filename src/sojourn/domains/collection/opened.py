"""A delivered file, opened: its dialect, its mapping, its first rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sojourn.domains.catalogue import queries as catalogue
from sojourn.engine.stream.files import mapping as mappings
from sojourn.engine.stream.files import presets
from sojourn.engine.stream.files.mapping import ColumnMapping, MappingError
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
    """Open a file with a mapping (`{}`: the best preset; `{"name": NAME}` alone: that preset).

    Raise UnreadableFileError and MappingError.
    """
    reader = open_file(path, encoding=encoding or None, delimiter=delimiter or None)
    batches = reader.batches()
    first = next(batches, None)
    if first is None:
        raise UnreadableFileError("The file has a header, but no rows.")
    header = list(dict.fromkeys([*reader.header, *first.table.column_names]))
    matches = presets.detect(header)
    chosen = chosen_mapping(mapping, header, matches)
    plan = catalogue.loading_rules()
    shape = shape_of(chosen, first, plan)
    shaper = Shaper(shape, source=source, plan=plan, seed=seed)
    return OpenedFile(reader, matches, shape, shaper, first, _from_first(first, batches))


def _from_first(first: Rows, others: Iterator[Rows]) -> Iterator[Rows]:
    yield first
    yield from others


def chosen_mapping(said: Mapping[str, Any], header: Sequence[str], matches: Sequence[presets.Match]) -> ColumnMapping:
    """Give the mapping that was said, a preset by its name, or the best that fits; raise MappingError."""
    if set(said) - {"name", "title"}:
        wanted = mappings.parse(said)
        missing = sorted(
            column for cell in wanted.cells.values() for column in (cell.columns[:1]) if column not in header
        )
        if missing:
            raise MappingError(f"The mapping names {', '.join(missing)}; the file's columns are: {', '.join(header)}.")
        return wanted
    if said.get("name"):
        return presets.fitted(presets.preset(str(said["name"])), header)
    if not matches:
        raise MappingError(
            f"No preset fits the columns {', '.join(header)}. Say which hold the time, the event and the customer."
        )
    return matches[0].mapping
