"""From a file's rows to events: each column found, read, checked and cleaned, whole batches at a time."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.engine.stream.claims import Alias, Trait
from sojourn.engine.stream.cleaning import Cleaner
from sojourn.engine.stream.files import amounts, cells, steps
from sojourn.engine.stream.files import coded as codes
from sojourn.engine.stream.files.breaches import breaches, not_allowed
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.documents import DocumentError, Documents, traits
from sojourn.engine.stream.files.hashing import rows_digest
from sojourn.engine.stream.files.limits import (
    COLUMN_NAME_MAX,
    IDENTIFIER_MAX,
    NAME_MAX,
    PROPERTIES_MAX,
    WORD_MAX,
)
from sojourn.engine.stream.files.mapping import CLEARS, Cell
from sojourn.engine.stream.files.properties import Properties, masked_name
from sojourn.engine.stream.files.rows import Refusal, Rows
from sojourn.engine.stream.files.shape import Shape, is_ignored
from sojourn.engine.stream.files.shaped import Shaped, kept, lifted
from sojourn.engine.stream.files.texts import trimmed
from sojourn.engine.stream.personal import masked, reserved_trait
from sojourn.engine.stream.plan import Plan
from sojourn.engine.stream.rows import NAMES

KINDS: Final = frozenset({"track", *NAMES})
WORDS: Final = ("channel", "touchpoint", "unit", "product")


class Shaper:
    """Turns rows into events for one source; stateless but for its caches."""

    def __init__(self, shape: Shape, *, source: str, plan: Plan, seed: str, delivered_us: int = 0) -> None:
        self.shape, self._mapping = shape, steps.stepped(shape.mapping)
        self._delivered_us = delivered_us  # when undated rows happened
        self._source, self._plan, self._seed = source, plan, seed
        self._cleaner = Cleaner()
        self._documents = Documents(plan, self._cleaner, source, seed)
        self._channel = plan.channels.get(source) or None
        every = [*plan.common.items(), *(each for event in plan.events.values() for each in event.items())]
        self.declared = frozenset(name for name, _ in every)
        self.bounded = frozenset(name for name, each in every if each.allowed)

    def shaped(self, rows: Rows) -> Shaped:
        """Shape a batch; rows that cannot become events are among the refused."""
        return _Batch(self, steps.unfolded(rows, self.shape.mapping)).shaped()


class _Batch:
    """One batch on its way; `trouble` holds each row's first reason for refusal."""

    def __init__(self, shaper: Shaper, rows: Rows) -> None:
        self._shaper, self._rows = shaper, rows
        self._shape, self._mapping = shaper.shape, shaper._mapping
        self._table = rows.table
        self._count = rows.table.num_rows
        self._trouble: dict[int, tuple[str, str]] = {}
        self._bad = np.zeros(self._count, np.bool_)

    def shaped(self) -> Shaped:
        digests = rows_digest(_texts(self._table, self._rows.is_json), self._shaper._source)
        user, anonymous = self._identifier("user_id"), self._identifier("anonymous_id")
        at = self._instants()
        kind, name = self._names()
        aliases = self._aliases(kind, anonymous)
        self._identities(user, anonymous)
        made = Shaped(
            lines=self._rows.lines,
            low=digests[0],
            high=digests[1],
            message=self._identifier("message_id"),
            user=user,
            anonymous=anonymous,
            agent=self._identifier("agent"),
            case=self._identifier("case"),
            kind=kind,
            name=name,
            at=at,
            words=self._words(),
            value=self._value(),
            properties=None,
            aliases=aliases,
            bytes_done=self._rows.bytes_done,
        )
        self._describe(made)
        self._traits(made)
        return self._finished(made)

    def _refuse(self, rows: Flags | Int64s, code: str, reason: str) -> None:
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        for row in places.tolist():
            self._trouble.setdefault(row, (code, reason))
        self._bad[places] = True

    def _column(self, name: str) -> Any:
        return codes.flat(self._table.column(name)) if name in self._table.column_names else None

    def _cell(self, name: str) -> tuple[Cell | None, list[Any]]:
        return cells.columns_of(self._table, self._mapping, name)

    def _coded(self, name: str) -> Coded:
        return cells.coded(self._table, self._mapping, name, source=self._shaper._source)

    def _identifier(self, name: str) -> Coded:
        made = self._coded(name)
        self._check_length(made, IDENTIFIER_MAX, name)
        return made

    def _check_length(self, made: Coded, most: int, name: str) -> None:
        if max(map(len, filter(None, made.values)), default=0) > most:
            long = [code for code, value in enumerate(made.values) if value is not None and len(value) > most]
            self._refuse(np.isin(made.codes, long), "too_long", f"{name} is longer than {most} characters.")

    def _instants(self) -> Int64s:
        at, known, empty = cells.instants_of(self._table, self._mapping, time_format=self._shape.time_format)
        if self._mapping.undated:
            at, known, empty = np.where(empty, self._shaper._delivered_us, at), known | empty, empty & False
        self._refuse(empty, "missing_timestamp", "The row has no timestamp.")
        self._refuse(
            ~known & ~empty, "bad_timestamp", "The timestamp cannot be read, or lies before 1900 or after 2199."
        )
        return at

    def _names(self) -> tuple[Coded, Coded]:
        kind = self._coded("type").mapped(str.lower)
        wrong = [code for code, value in enumerate(kind.values) if value is not None and value not in KINDS]
        if wrong:
            self._refuse(np.isin(kind.codes, wrong), "bad_type", f"type must be one of {', '.join(sorted(KINDS))}.")
        kind = codes.first_of(kind, codes.constant("track", self._count))
        said = self._coded("event")
        self._check_length(said, NAME_MAX, "event")
        fixed = kind.mapped(NAMES.get)
        name = codes.first_of(fixed, said.mapped(self._shaper._cleaner.word.__getitem__))
        self._refuse(~name.is_present, "missing_event", "The row does not say what happened (event is empty).")
        return kind, name

    def _identities(self, user: Coded, anonymous: Coded) -> None:
        nobody = ~user.is_present & ~anonymous.is_present
        self._refuse(nobody, "missing_identity", "Neither user_id nor anonymous_id is filled.")

    def _aliases(self, kind: Coded, anonymous: Coded) -> list[Alias]:
        if "alias" not in kind.values:
            return []
        rows = np.flatnonzero(np.array([*(value == "alias" for value in kind.values), False])[kind.codes])
        present = anonymous.is_present
        return [Alias(row, anonymous.values[anonymous.codes[row]] or "") for row in rows.tolist() if present[row]]

    def _words(self) -> dict[str, Any]:
        cleaner = self._shaper._cleaner
        found = {}
        for name in WORDS:
            made = self._coded(name)
            self._check_length(made, WORD_MAX, name)
            clean = cleaner.product if name == "product" else cleaner.word
            if name == "channel" and self._shaper._channel:
                made = codes.first_of(made, codes.constant(self._shaper._channel, self._count))
            found[name] = made.mapped(clean.__getitem__).array()
        currency = self._coded("currency").mapped(str.upper)
        wrong = [
            code
            for code, value in enumerate(currency.values)
            if value is not None and not (len(value) == 3 and value.isascii() and value.isalpha())
        ]
        if wrong:
            self._refuse(np.isin(currency.codes, wrong), "bad_currency", "currency is not a code of three letters.")
        found["currency"] = currency.array()
        return found

    def _value(self) -> Any:
        cell, columns = self._cell("value")
        if cell is None or not columns:
            text = cell.constant if cell else None
            return (
                pa.nulls(self._count, amounts.AMOUNT)
                if text is None
                else self._amount(pa.array([text] * self._count, pa.string()), "value")
            )
        made = self._amount(columns[0], cell.columns[0])
        for column in columns[1:]:
            made = pc.coalesce(made, self._amount(column, "value"))
        if cell.times is None:
            return made
        factor = self._column(cell.times)
        if factor is None:
            return pa.nulls(self._count, amounts.AMOUNT)
        made, bad = amounts.product(made, self._amount(factor, cell.times))
        self._refuse(bad, "bad_number", f"{cell.columns[0]} times {cell.times} is too large.")
        return made

    def _amount(self, column: Any, name: str) -> Any:
        made, bad = amounts.amounts(trimmed(codes.flat(column)), decimal=self._shape.decimal)
        self._refuse(bad, "bad_number", f"{name} is not a number, or too large.")
        return made

    def _describe(self, made: Shaped) -> None:
        """Put the properties together, and set aside what is personal."""
        places = self._rows.lines if self._rows.places is None else self._rows.places
        held = Properties(self._count, self._shaper._seed, places, self._shaper._cleaner, sealed=made.sealed)
        mapping, plan = self._mapping, self._shaper._plan
        taken = mapping.columns() | set(self._shape.traits) | set(self._shape.personal)
        # A name or number that also says who or what may not be repeated as a property; a product's quantity may.
        for name in self._table.column_names:
            renamed = name in mapping.rename
            if (name in taken and not renamed) or is_ignored(name, mapping.ignore) or name in steps.OWN:
                continue
            shown = masked_name(name, mapping.rename)[:COLUMN_NAME_MAX]
            is_declared, column = shown in self._shaper.declared, self._column(name)
            number, flag = name in self._shape.numeric, name in self._shape.flags
            is_json = self._rows.is_json.get(name)
            held.add(shown, column, is_json=is_json, is_number=number, is_flag=flag, is_declared=is_declared)
            if shown in self._shaper.bounded:
                made.breaches += not_allowed(plan, made.name, shown, codes.coded(column))
        for name in self._shape.personal:
            column = self._column(name)
            if column is not None:
                held.seal(masked_name(name, mapping.rename)[:COLUMN_NAME_MAX], column)
        self._page_names(made, held)
        self._own_documents(made, held)
        made.properties = held.text()
        made.seen = held.seen
        made.breaches += breaches(plan, made.name, seen=held.seen, sealed=made.sealed, lifted=lifted(made))
        long = np.asarray(pc.fill_null(pc.greater(pc.binary_length(made.properties), PROPERTIES_MAX), False))
        self._refuse(long, "too_long", f"The properties are longer than {PROPERTIES_MAX // 1024} KB.")

    def _page_names(self, made: Shaped, held: Properties) -> None:
        """Keep what a page or screen is called: its event has a name of its own."""
        pages = np.array([*(value in ("page", "screen") for value in made.kind.values), False])[made.kind.codes]
        if not pages.any():
            return
        said = self._coded("event").mapped(lambda text: None if text in NAMES.values() else text)
        kept = codes.only_where(said, pages).mapped(self._shaper._cleaner.word.__getitem__)
        if kept.is_present.any():
            held.words("$name", kept)

    def _own_documents(self, made: Shaped, held: Properties) -> None:
        _, columns = self._cell("properties")
        if not columns:
            return
        texts = codes.flat(columns[0])
        found: list[tuple[int, dict[str, Any]]] = []
        for row, text in enumerate(texts.to_pylist()):
            if not text or self._bad[row]:
                continue
            try:
                document = self._shaper._documents.properties(
                    text,
                    kind=made.kind.values[made.kind.codes[row]] or "track",
                    event=made.name.values[made.name.codes[row]] or "",
                    row=row,
                    line=int(self._rows.lines[row]),
                    sealed=made.sealed,
                )
            except DocumentError as error:
                self._refuse(np.array([row], np.int64), "bad_json", f"properties {error}.")
            else:
                found.append((row, document))
        held.documents(found)
        for name in sorted(self._shaper.bounded & {name for _, document in found for name in document}):
            texts = [None] * self._count
            for row, document in found:
                texts[row] = None if document.get(name) is None else str(document[name])
            made.breaches += not_allowed(self._shaper._plan, made.name, name, codes.coded(pa.array(texts, pa.string())))

    def _traits(self, made: Shaped) -> None:
        self._own_traits(made)
        self._refuse_whole()  # before of several rows that say the same the newest is chosen
        person = codes.first_of(made.user, made.anonymous)
        for name in self._shape.traits:
            column = self._column(name)
            if column is None:
                continue
            values = codes.coded(column)
            called = self._mapping.trait_names.get(name, name)
            kept = reserved_trait(called) or masked(called)[:64]
            if self._mapping.blank == CLEARS:  # first: of one instant the last said counts, and that is a value
                blank = codes.only_where(codes.constant("", self._count), ~values.is_present)
                made.traits += _newest(kept, person, blank, made.at, ~self._bad)
            made.traits += _newest(kept, person, values, made.at, ~self._bad)

    def _own_traits(self, made: Shaped) -> None:
        _, columns = self._cell("traits")
        for column in columns[:1]:
            for row, text in enumerate(codes.flat(column).to_pylist()):
                if not text or self._bad[row]:
                    continue
                try:
                    made.traits += traits(text, row=row, at_us=int(made.at[row]))
                except DocumentError as error:
                    self._refuse(np.array([row], np.int64), "bad_json", f"traits {error}.")

    def _finished(self, made: Shaped) -> Shaped:
        lines = self._rows.lines
        refused = [Refusal(int(lines[row]), *self._trouble[row]) for row in sorted(self._trouble)]
        made.refused = sorted([*self._rows.refused, *refused], key=lambda each: each.line)
        return kept(made, ~self._bad) if self._bad.any() else made

    def _refuse_whole(self) -> None:
        """Refuse all events of a row of which one is refused: it enters whole or not at all."""
        lines = self._rows.lines
        if self._rows.places is not None and self._bad.any():
            first = {int(lines[row]): row for row in sorted(self._trouble, reverse=True)}
            self._bad = np.isin(lines, list(first))
            self._trouble = {row: self._trouble[row] for row in first.values()}


def _newest(name: str, person: Coded, values: Coded, at: Int64s, good: Flags) -> list[Trait]:
    """Give one trait for each person and value: the newest row that says so."""
    rows = np.flatnonzero(good & values.is_present & person.is_present)
    if not len(rows):
        return []
    pair = person.codes[rows].astype(np.int64) * (len(values.values) + 1) + values.codes[rows]
    order = np.lexsort((at[rows], pair))
    last = np.append(pair[order][1:] != pair[order][:-1], True)
    chosen = rows[order[last]]
    encoded = [None if value is None else msgspec.json.encode(value) for value in values.values]
    return [Trait(row, name, encoded[values.codes[row]] or b"null", int(at[row])) for row in chosen.tolist()]


def _texts(table: pa.Table, is_json: Any) -> pa.Table:
    return pa.table({name: codes.flat(table.column(name)).cast(pa.string()) for name in table.column_names})
