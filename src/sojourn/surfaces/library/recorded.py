"""Events of a file or DataFrame in the order that kernels need, with the columns that they came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sojourn.engine.kernels.words import Flags, Int64s, Slice
from sojourn.engine.stream.files import cells, instants, steps
from sojourn.engine.stream.files import coded as codes
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.mapping import ColumnMapping
from sojourn.engine.stream.files.presets import plain
from sojourn.engine.stream.files.rows import Refusal, Rows
from sojourn.engine.stream.rows import NAMES
from sojourn.engine.timeline import sorting
from sojourn.kit.errors import InvalidError

Int32s = npt.NDArray[np.int32]

GATHERED_ROWS = 1 << 20  # rows whose texts are coded at once
NAMES_MOST = 65_535
LISTED = 30  # names in an error message


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Events in order (customer, time, row).

    `names` are event names by code, alphabetical; `customers` the customers' ids as the file writes them. `table` has
    the rows that became events, in the file's order; the event at `i` came from its row ``row[i]``.
    """

    events: Slice
    names: tuple[str, ...]
    customers: tuple[str, ...]
    table: pa.Table
    row: Int32s
    mapping: ColumnMapping
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]

    def code(self, name: str) -> int:
        """Give an event's code; raise InvalidError naming what there is."""
        if name in self.names:
            return self.names.index(name)
        near = get_close_matches(name, self.names, 3, 0.6)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {_listed(self.names)}."
        raise InvalidError(f"No event is called {name!r}. {hint}")

    def dimension(self, name: str) -> tuple[Int32s, tuple[str, ...]]:
        """Give an event field's or a column's codes in the order of the events, and its values; -1 is none.

        Raise InvalidError naming the columns there are.
        """
        cell = self.mapping.cells.get(name)
        if cell is not None and name not in self.table.column_names:
            found = cells.coded(self.table, self.mapping, name, source="")
            return _settled(found.codes[self.row], found.values)
        written = {plain(column): column for column in reversed(self.table.column_names)}
        if plain(name) not in written:
            raise InvalidError(f"There is no column {name!r}; the columns are: {_listed(self.table.column_names)}.")
        column = self.table.column(written[plain(name)])
        dictionary = _Dictionary()
        found_codes = [dictionary.added(codes.coded(chunk)) for chunk in column.chunks]
        every = np.concatenate(found_codes) if found_codes else np.zeros(0, np.int32)
        return every[self.row], tuple(dictionary.values)


class _Dictionary:
    """Distinct texts in order of appearance, over several batches."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def added(self, found: Coded) -> Int32s:
        """Give a batch's codes in this dictionary; -1 stays none."""
        table = np.full(len(found.values) + 1, -1, np.int32)
        for code in found.used().tolist():
            text = found.values[code]
            if text is not None:
                table[code] = self.values.setdefault(text, len(self.values))
        given: Int32s = table[found.codes]
        return given


def record(batches: Iterable[Rows], mapping: ColumnMapping) -> Recorded:
    """Read all rows of a file or DataFrame as events.

    Rows that cannot become events are kept as refusals, with their line and the reason. Linear in rows, but for the
    sort of each customer's events.
    """
    making = _Making(steps.stepped(mapping))
    for rows in _gathered(batches):
        making.add(steps.unfolded(rows, mapping))
    return making.made()


class _Making:
    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        self._format: str | None = mapping.time_format
        self._is_begun = False
        self._who, self._names = _Dictionary(), _Dictionary()
        self._columns: list[tuple[Int32s, Int32s, Int64s]] = []
        self._tables: list[pa.Table] = []
        self._refused: list[Refusal] = []
        self._notes: list[str] = []

    def add(self, rows: Rows) -> None:
        """Add some rows."""
        table = rows.table
        if not self._is_begun:
            self._begin(table)
        at, known, empty = cells.instants_of(table, self._mapping, time_format=self._format)
        who = codes.first_of(self._coded(table, "user_id"), self._coded(table, "anonymous_id"))
        kind = self._coded(table, "type").mapped(str.lower)
        name = codes.first_of(kind.mapped(NAMES.get), self._coded(table, "event"))
        reasons = (
            ("missing_timestamp", "The row has no timestamp.", empty),
            ("bad_timestamp", "The timestamp cannot be read, or lies before 1900 or after 2199.", ~known & ~empty),
            ("missing_identity", "The row does not say whose event it is.", ~who.is_present),
            ("missing_event", "The row does not say what happened.", ~name.is_present),
        )
        good = known & who.is_present & name.is_present
        self._refused += [*rows.refused, *_refusals(rows.lines, reasons)]
        if not good.all():
            table = table.filter(pa.array(good))
            who, name, at = who.kept(good), name.kept(good), at[good]
        self._tables.append(table)
        self._columns.append((self._who.added(who), self._names.added(name), at))

    def made(self) -> Recorded:
        """Bring the events into order."""
        who, name, at = (
            np.concatenate([each[place] for each in self._columns]) if self._columns else np.zeros(0, np.int64)
            for place in range(3)
        )
        names, recoded = _alphabetical(tuple(self._names.values))
        events, row = _ordered(who.astype(np.int32), at.astype(np.int64), len(self._who.values))
        event = recoded[name.astype(np.int64)][row]
        return Recorded(
            events=Slice(
                customer=np.arange(len(self._who.values)), offset=events[0], at=events[1], event=event, row=events[2]
            ),
            names=names,
            customers=tuple(self._who.values),
            table=pa.concat_tables(self._tables, promote_options="permissive") if self._tables else pa.table({}),
            row=row,
            mapping=self._mapping,
            refused=tuple(sorted(self._refused, key=lambda each: each.line)),
            notes=tuple(self._notes),
        )

    def _begin(self, table: pa.Table) -> None:
        self._is_begun = True
        _, columns = cells.columns_of(table, self._mapping, "timestamp")
        texts = [each for each in columns if pa.types.is_string(each.type)]
        if texts and self._format is None:
            self._format, doubt = instants.detect([each for each in texts[0].slice(0, 2_000).to_pylist() if each])
            self._notes += [doubt] if doubt else []

    def _coded(self, table: pa.Table, name: str) -> Coded:
        return cells.coded(table, self._mapping, name, source="")


def _gathered(batches: Iterable[Rows]) -> Iterator[Rows]:
    """Join small batches: texts are coded faster many at a time."""
    waiting: list[Rows] = []
    count = 0
    for rows in batches:
        waiting.append(rows)
        count += rows.table.num_rows
        if count >= GATHERED_ROWS:
            yield _joined(waiting)
            waiting, count = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(waiting: list[Rows]) -> Rows:
    table = pa.concat_tables([each.table for each in waiting], promote_options="permissive")
    return Rows(
        table=table,
        lines=np.concatenate([each.lines for each in waiting]),
        bytes_done=waiting[-1].bytes_done,
        refused=[refusal for each in waiting for refusal in each.refused],
    )


def _refusals(lines: Int64s, reasons: Iterable[tuple[str, str, Flags]]) -> list[Refusal]:
    """Give each bad row's first reason."""
    seen = np.zeros(len(lines), np.bool_)
    found = []
    for code, reason, rows in reasons:
        found += [Refusal(line, code, reason) for line in lines[rows & ~seen].tolist()]
        seen |= rows
    return found


def _alphabetical(names: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """Number names in the order of their letters, so that ties between codes are ties between names."""
    if len(names) > NAMES_MOST:
        raise InvalidError(
            f"There are {len(names):,} different events, at most {NAMES_MOST:,} can be told apart; is the "
            "column of event names the right one?"
        )
    order = sorted(range(len(names)), key=lambda code: names[code])
    width = np.uint8 if len(names) < 256 else np.uint16
    recoded = np.zeros(max(1, len(names)), width)
    recoded[order] = np.arange(len(names))
    return tuple(names[code] for code in order), recoded


def _ordered(who: Int32s, at: Int64s, customers: int) -> tuple[tuple[Int64s, Int64s, Int64s], Int32s]:
    """Sort by (customer, time, row): give offsets, instants and row numbers, and from which row each event came."""
    place = np.arange(customers, dtype=np.int32)
    offset = np.zeros(customers + 1, np.int64)
    at_out, row_out, row = np.empty(len(at), np.int64), np.empty(len(at), np.int64), np.empty(len(at), np.int32)
    sorting.offsets(place, who, offset)
    sorting.scattered(place, who, offset, at, np.arange(len(at)), at_out, row_out, row)
    sorting.ordered(offset, 0, customers, at_out, row_out, row)
    return (offset, at_out, row_out), row


def _settled(found: Int32s, values: list[str | None]) -> tuple[Int32s, tuple[str, ...]]:
    """Give codes whose values are all different and present; -1 is none."""
    dictionary = _Dictionary()
    return dictionary.added(Coded(found, values)), tuple(dictionary.values)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return (", ".join(every[:LISTED]) or "none") + more
