"""Columns that become properties: each value as JSON, cleaned like those of the loader, personal ones taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream.cleaning import Cleaner, is_clean
from sojourn.engine.stream.files.coded import Coded
from sojourn.engine.stream.files.coded import coded as to_codes
from sojourn.engine.stream.files.texts import NO_NUMBER, WHOLE, number_kinds
from sojourn.engine.stream.freetext import masked_text
from sojourn.engine.stream.personal import masked

# Anything that could be personal matches one of these; what matches none needs no look at it one by one.
_DOUBTFUL: Final = r"""[@%:"\\\x00-\x1f]|\d[\d\s()/.-]{5,}\d|[A-Z]{2}\d{2}|.{160}|(?: .*){15}"""
_NUMBERS_AT_ONCE: Final = 500  # so many distinct values are looked at one by one


class Sealed(NamedTuple):
    """A personal value that leaves a row; the row keeps `id`, in hexadecimal, as property `<name>_id`."""

    row: int
    name: str
    id: int
    value: bytes  # a JSON object with the name and the value


@dataclass(slots=True)
class Seen:
    """JSON types of a property by row: codes into `TYPES`, -1 where absent."""

    name: str
    types: Any


TYPES: Final = ("string", "integer", "number", "boolean", "object", "list")
_STRING, _INTEGER, _NUMERIC, _BOOLEAN, _OBJECT, _LIST = range(6)


@dataclass(slots=True)
class Properties:
    """The properties of some rows while they are put together."""

    rows: int
    seed: str  # of text ids: the same row gives the same id
    lines: Int64s
    cleaner: Cleaner
    parts: list[Any] = field(default_factory=list)  # string arrays `,"name":value`, null where absent
    sealed: list[Sealed] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def add(
        self,
        name: str,
        column: Any,
        *,
        is_json: Any = None,
        is_number: bool = False,
        is_flag: bool = False,
        is_declared: bool = False,
    ) -> None:
        """Add a column under a name.

        Text of a column that holds numbers (`is_number`) is written as a number, and true and false of one that holds
        those (`is_flag`) as such. Declared text is not looked through.
        """
        if is_json is None and not pa.types.is_string(column.type):
            self._typed(name, column)
        elif is_json is None and self._has_many(column, is_number=is_number):
            self._many(name, column, is_number=is_number, is_declared=is_declared)
        else:
            read = _number if is_number else _flag if is_flag else _text
            self._each(name, to_codes(column), is_json, read=read, is_declared=is_declared)

    def seal(self, name: str, column: Any) -> None:
        """Take a personal column out: each value is sealed, the rows keep its id."""
        values = to_codes(column)
        self._seal(name, values, np.flatnonzero(values.is_present))

    def words(self, name: str, values: Coded) -> None:
        """Add texts that were cleaned already."""
        self._place(name, values.mapped(lambda text: _json(text)), [_STRING] * len(values.values))

    def documents(self, found: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Add JSON objects of some rows, given with the row; their values were cleaned already."""
        texts: list[str | None] = [None] * self.rows
        types: dict[str, Any] = {}
        for row, document in found:
            inner = msgspec.json.encode(document).decode()[1:-1]
            texts[row] = f",{inner}" if inner else None
            for key, value in document.items():
                if key not in types:
                    types[key] = np.full(self.rows, -1, np.int8)
                types[key][row] = type_code(value)
        self.parts.append(pa.array(texts, pa.string()))
        self.seen += [Seen(key, codes) for key, codes in types.items()]

    def text(self) -> Any:
        """Give each row's properties as a JSON object, null where there are none."""
        if not self.parts:
            return pa.nulls(self.rows, pa.string())
        # Each part brings its comma: null_handling="skip" loses rows of which every part is null (pyarrow 26).
        inner = pc.binary_join_element_wise(*self.parts, "", null_handling="replace", null_replacement="")
        bare = pc.utf8_slice_codeunits(inner, start=1)
        whole = pc.binary_join_element_wise("{", bare, "}", "")
        return pc.if_else(pc.equal(pc.binary_length(inner), 0), pa.scalar(None, pa.string()), whole)

    def _has_many(self, column: Any, *, is_number: bool) -> bool:
        """Say whether looking at each distinct value would be the longer way."""
        if is_number and (number_kinds(column) != NO_NUMBER).sum() + column.null_count == self.rows:
            return True  # nothing to look at
        few = pc.count_distinct(column.slice(0, 4 * _NUMBERS_AT_ONCE)).as_py()
        return bool(few > _NUMBERS_AT_ONCE and pc.count_distinct(column).as_py() > self.rows // 4)

    def _typed(self, name: str, column: Any) -> None:
        """Add numbers and booleans as they are, instants as ISO 8601."""
        kind = column.type
        if pa.types.is_timestamp(kind):
            text = pc.binary_join_element_wise('"', pc.strftime(column, format="%Y-%m-%dT%H:%M:%S"), '"', "")
            code = _STRING
        else:
            text = column.cast(pa.string())
            integer = pa.types.is_integer(kind)
            code = _BOOLEAN if pa.types.is_boolean(kind) else _INTEGER if integer else _NUMERIC
        self._fragment(name, text)
        self._note(name, np.where(np.asarray(column.is_valid()), code, -1))

    def _many(self, name: str, column: Any, *, is_number: bool, is_declared: bool) -> None:
        """Add a column of many distinct texts: those beyond doubt at once, the others one by one."""
        present = np.asarray(pc.fill_null(pc.greater(pc.binary_length(column), 0), False))
        number, kinds = np.zeros(self.rows, np.bool_), None
        if is_number:
            kinds = number_kinds(column)
            number = kinds != NO_NUMBER
        doubtful = present & ~number
        if doubtful.any() and not is_declared:
            doubtful &= np.asarray(pc.fill_null(pc.match_substring_regex(column, _DOUBTFUL), False))
        elif doubtful.any():
            doubtful &= np.asarray(pc.fill_null(pc.match_substring_regex(column, r'["\\\x00-\x1f]'), False))
        text = column
        if not number[present].all():
            quoted = pc.binary_join_element_wise('"', column, '"', "")
            text = pc.if_else(pa.array(number), column, quoted) if number.any() else quoted
        plain = present & ~doubtful
        if not plain.all():
            text = pc.if_else(pa.array(plain), text, pa.scalar(None, pa.string()))
        self._fragment(name, text)
        types = np.where(number, _NUMERIC, _STRING)
        if number.any():
            types = np.where(kinds == WHOLE, _INTEGER, types)
        self._note(name, np.where(plain, types, -1))
        if doubtful.any():
            some = pc.if_else(pa.array(doubtful), column, pa.scalar(None, pa.string()))
            self._each(name, to_codes(some), None, read=_text, is_declared=is_declared)

    def _each(
        self, name: str, values: Coded, is_json: Any, *, read: Callable[[str], int | None], is_declared: bool
    ) -> None:
        """Add a column, looking at each distinct value once; `read` gives the type of what is no text."""
        if is_json is not None:
            flags = np.asarray(is_json)
            self._json(name, Coded(np.where(flags, values.codes, -1).astype(np.int32), values.values), is_declared)
            values = Coded(np.where(flags, -1, values.codes).astype(np.int32), values.values)
        clean: list[str | None] = [None] * len(values.values)
        types = [-1] * len(values.values)
        personal = np.zeros(len(values.values) + 1, np.bool_)
        for code in values.used().tolist():
            value = values.values[code]
            if value is None:
                continue
            other = read(value)
            if other is not None:
                clean[code], types[code] = value.lower(), other
                continue
            allowed = value if is_declared else self.cleaner.value[value]
            types[code] = _STRING
            if allowed is None:
                personal[code] = True
            else:
                clean[code] = _json(allowed)
        self._place(name, Coded(values.codes, clean), types)
        if personal.any():
            self._seal(name, values, np.flatnonzero(personal[values.codes]))

    def _json(self, name: str, values: Coded, is_declared: bool) -> None:
        clean: list[str | None] = [None] * len(values.values)
        types = [-1] * len(values.values)
        personal = np.zeros(len(values.values) + 1, np.bool_)
        for code in values.used().tolist():
            value = msgspec.json.decode(values.values[code] or "null")
            types[code] = type_code(value)
            if is_declared or is_clean(value):
                clean[code] = values.values[code]
            else:
                personal[code] = True
        self._place(name, Coded(values.codes, clean), types)
        rows = np.flatnonzero(personal[values.codes])
        for row in rows.tolist():
            self._put_away(name, row, (values.values[values.codes[row]] or "null").encode())
        self._ids(name, rows)

    def _seal(self, name: str, values: Coded, rows: Any) -> None:
        for row in rows.tolist():
            value = masked_text(name, values.values[values.codes[row]] or "")
            self._put_away(name, row, _json(value).encode())
        self._ids(name, rows)

    def _put_away(self, name: str, row: int, value: bytes) -> None:
        document = b"{" + _json(name).encode() + b":" + value + b"}"
        self.sealed.append(Sealed(row, name, text_id(self.seed, int(self.lines[row]), name), document))

    def _ids(self, name: str, rows: Any) -> None:
        if not len(rows):
            return
        texts: list[str | None] = [None] * self.rows
        for row in rows.tolist():
            texts[row] = f'"{text_id(self.seed, int(self.lines[row]), name):016x}"'
        self._fragment(f"{name}_id", pa.array(texts, pa.string()))
        present = np.zeros(self.rows, np.bool_)
        present[rows] = True
        self._note(f"{name}_id", np.where(present, _STRING, -1))

    def _place(self, name: str, values: Coded, types: list[int]) -> None:
        key = f",{_json(name)}:"
        self.parts.append(values.mapped(lambda text: key + text).array())
        held = [code if value is not None else -1 for code, value in zip(types, values.values, strict=True)]
        self._note(name, np.array([*held, -1], np.int8)[values.codes])

    def _fragment(self, name: str, text: Any) -> None:
        self.parts.append(pc.binary_join_element_wise(f",{_json(name)}:", text, ""))

    def _note(self, name: str, types: Any) -> None:
        self.seen.append(Seen(name, types.astype(np.int8)))


def text_id(seed: str, line: int, name: str) -> int:
    """Make the id of a sealed value: the same place of the same delivery always gives the same positive number."""
    state = hashlib.blake2b(f"{seed}\x00{line}\x00{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(state, "little") >> 1) or 1


def type_code(value: Any) -> int:
    """Give the code of a JSON value's type; -1 for null."""
    kinds = {str: _STRING, bool: _BOOLEAN, int: _INTEGER, float: _NUMERIC, dict: _OBJECT, list: _LIST}
    return kinds.get(type(value), -1)


def looks_numeric(values: Iterable[str | None]) -> bool:
    """Say whether all of some texts are numbers as JSON writes them (no leading zeros: those are codes)."""
    found = [value for value in values if value]
    return bool(found) and all(_number(value) is not None for value in found)


def masked_name(name: str, rename: Mapping[str, str]) -> str:
    """Give the name under which a column becomes a property."""
    return masked(rename.get(name, name))


def _number(value: str) -> int | None:
    whole, point, fraction = value.removeprefix("-").partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 15 or (whole[0] == "0" and len(whole) > 1):
        return None
    if not point:
        return _INTEGER
    return _NUMERIC if fraction.isascii() and fraction.isdigit() and len(fraction) <= 15 else None


def _flag(value: str) -> int | None:
    return _BOOLEAN if value.lower() in ("true", "false") else None


def _text(value: str) -> int | None:
    return None


_encode: Final[Callable[[Any], bytes]] = msgspec.json.Encoder().encode


def _json(text: str) -> str:
    return _encode(text).decode()
