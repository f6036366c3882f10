"""XES event logs (IEEE 1849-2016), streamed: one trace in memory at a time, no document types, no entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import msgspec
import numpy as np
import pyarrow as pa

from sojourn.engine.stream.files.own import CORE, FORM, as_texts, gathered
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Dialect, Refusal, Rows, UnreadableFileError, columned
from sojourn.engine.stream.files.unpacking import Source
from sojourn.engine.stream.files.xes_plain import Default, Defaults, NotPlainError, blocks, head

PIECE_BYTES: Final = 1 << 20
BATCH_ROWS: Final = 32 * 1024
DEPTH_MAX: Final = 32
TAG_MAX_BYTES: Final = 4 << 20  # each piece of a longer one is read again from its beginning, which takes hours
_TYPED: Final = frozenset({"int", "float", "boolean"})
_VALUES: Final = _TYPED | {"string", "date", "id"}
_OWN: Final = {"concept:name": "event", "time:timestamp": "timestamp", "org:resource": "agent"}
_GROUPS: Final = frozenset({"list", "container"})


class ForbiddenXmlError(UnreadableFileError):
    """The XML declares what could be expanded into something else."""

    code = "forbidden_xml"


@dataclass(slots=True)
class _Attribute:
    key: str
    kind: str
    value: str
    children: list[_Attribute] = field(default_factory=list)


class XesReader:
    """Reads a log; each event is a row, with its trace's attributes as `case:<key>`.

    Attributes that a `<global>` declares are filled in where an event or a trace lacks them. Nested attributes
    are given as JSON under `<key>.nested`; numbers and booleans as JSON.
    """

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.dialect = dialect
        self._path = path
        first = next(self.batches(rows=200), None)
        self.header = list(first.table.column_names) if first else []

    def batches(self, *, rows: int = BATCH_ROWS) -> Iterator[Rows]:
        """Yield the events in the order of the file; raise UnreadableFileError when the XML is broken or unsafe."""
        number = 0
        try:
            for plain in self._plainly():
                number = int(plain.lines[-1])
                yield plain
            return
        except NotPlainError:  # a parser reads it all again
            pass
        for parsed in self._parsed(rows):
            fresh = parsed.lines > number
            refused = [each for each in parsed.refused if each.line > number]
            if fresh.all():
                yield replace(parsed, refused=refused)
            elif fresh.any() or refused:
                mask = pa.array(fresh)
                flags = {name: each.filter(mask) for name, each in parsed.is_json.items()}
                table, lines = parsed.table.filter(mask), parsed.lines[fresh]
                yield replace(parsed, table=table, lines=lines, refused=refused, is_json=flags)

    def _plainly(self) -> Iterator[Rows]:
        """Read a log without a parser, as far as it is plain; raise NotPlainError where it is not."""
        if self.dialect.encoding not in ("utf-8", "utf-8-sig"):
            raise NotPlainError
        log = _Log()
        with Source(self._path, compressed=self.dialect.compressed, most=self.dialect.unpacked_max) as file:
            before, begun = head(file)
            try:
                _parser(log).Parse(before, False)
            except (expat.ExpatError, LookupError, ValueError):
                raise NotPlainError from None
            yield from blocks(file, begun, log.plain_defaults(), _json_text)

    def _parsed(self, rows: int) -> Iterator[Rows]:
        log = _Log()
        parser = _parser(log)
        with Source(self._path, compressed=self.dialect.compressed, most=self.dialect.unpacked_max) as file:
            fed = 0
            while True:
                piece = _fed(parser, file)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > TAG_MAX_BYTES + PIECE_BYTES:
                    raise UnreadableFileError(f"An element's tag is longer than {TAG_MAX_BYTES >> 20} MB.")
                if len(log.records) >= rows or (not piece and (log.records or log.refused)):
                    yield log.taken(file.done)
                if not piece:
                    return


def _fed(parser: Any, file: Source) -> bytes:
    piece = file.read(PIECE_BYTES)
    try:
        parser.Parse(piece, not piece)
    except expat.ExpatError as error:
        raise UnreadableFileError(
            f"The XML is broken in line {error.lineno}: {expat.ErrorString(error.code)}; nothing of it was imported."
        ) from None
    except (LookupError, ValueError) as error:  # what expat says of an encoding that Python has not, or of many bytes
        raise UnreadableFileError(
            f"The XML is not in an encoding that can be read ({error}); save it as UTF-8."
        ) from None
    return piece


def _parser(log: _Log) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = log.start
    parser.EndElementHandler = log.end
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    parser.UnparsedEntityDeclHandler = _forbidden
    parser.ExternalEntityRefHandler = _forbidden
    return parser


def _forbidden(*said: object) -> Any:
    raise ForbiddenXmlError("The XML declares a document type or entities, which Sojourn does not expand.")


class _Log:
    """What is known of the log while it is read."""

    def __init__(self) -> None:
        self.records: list[dict[str, str]] = []
        self.flags: list[frozenset[str]] = []
        self.numbers: list[int] = []
        self.refused: list[Refusal] = []
        self._count = 0
        self._global: str | None = None
        self._defaults: dict[str, list[_Attribute]] = {"trace": [], "event": []}
        self._stack: list[_Attribute] = []
        self._trace: list[_Attribute] = []
        self._event: list[_Attribute] | None = None
        self._waiting: list[tuple[int, list[_Attribute]]] = []
        self._inside_trace = False
        self._is_own = False  # whether Sojourn wrote it
        self._seen_root = False

    def start(self, name: str, given: dict[str, str]) -> None:
        """Open an element."""
        tag = name.rpartition(" ")[2]
        if not self._seen_root:
            self._seen_root = True
            if tag != "log":
                raise UnreadableFileError(f"This is XML, but not an event log: it begins with <{tag}>, XES with <log>.")
        if tag == "object-types":
            raise UnreadableFileError("This is OCEL as XML; save it as OCEL 2.0 (JSON).")
        if tag in _VALUES or tag in _GROUPS:
            if len(self._stack) > DEPTH_MAX:
                raise UnreadableFileError(f"Attributes are nested deeper than {DEPTH_MAX}.")
            self._stack.append(_Attribute(given.get("key", ""), tag, given.get("value", "")))
        elif tag == "trace":
            self._inside_trace, self._trace = True, []
        elif tag == "event":
            self._event = []
        elif tag == "global":
            self._global = given.get("scope", "event")

    def end(self, name: str) -> None:
        """Close an element."""
        tag = name.rpartition(" ")[2]
        if tag in _VALUES or tag in _GROUPS:
            self._place(self._stack.pop())
        elif tag == "event":
            self._count += 1
            self._waiting.append((self._count, self._event or []))
            self._event = None
            if not self._inside_trace:
                self._flush()
        elif tag == "trace":
            self._flush()  # a trace's own attributes may stand behind its events
            self._inside_trace, self._trace = False, []
        elif tag == "global":
            self._global = None

    def plain_defaults(self) -> Defaults:
        """Give the attributes that globals declare; raise NotPlainError when more than flat ones were seen."""
        flat = all(each.kind in _VALUES and not each.children for those in self._defaults.values() for each in those)
        if not self._seen_root or not flat or self._stack or self._inside_trace or self._global or self._is_own:
            raise NotPlainError
        return {
            scope: [Default(each.key, each.kind, each.value) for each in those]
            for scope, those in self._defaults.items()
        }

    def taken(self, done: int) -> Rows:
        """Give what has gathered and begin anew."""
        table, is_json = columned(self.records, self.flags)
        rows = Rows(
            table=table,
            lines=np.array(self.numbers, np.int64),
            bytes_done=done,
            refused=self.refused,
            is_json=is_json,
        )
        self.records, self.flags, self.numbers, self.refused = [], [], [], []
        return rows

    def _place(self, attribute: _Attribute) -> None:
        if self._stack:
            self._stack[-1].children.append(attribute)
        elif self._global is not None:
            self._defaults.setdefault(self._global, []).append(attribute)
        elif self._event is not None:
            self._event.append(attribute)
        elif self._inside_trace:
            self._trace.append(attribute)
        elif (attribute.key, attribute.value) == ("form", FORM):
            self._is_own = True

    def _flush(self) -> None:
        case: dict[str, str] = {}
        case_json: set[str] = set()
        for attribute in (*self._defaults["trace"], *self._trace):
            _write(attribute, "case:", case, case_json)
        for number, attributes in self._waiting:
            record, written = dict(case), set(case_json)
            for attribute in (*self._defaults["event"], *attributes):
                _write(attribute, "", record, written)
            if self._is_own:
                record, flags = as_texts(gathered(_own(attributes, case.get("case:concept:name"))))
                written = set(flags)
            if sum(map(len, record.values())) > ROW_MAX_BYTES:
                self.refused.append(
                    Refusal(number, "too_long", f"The event is longer than {ROW_MAX_BYTES // 1024} KB.")
                )
                continue
            self.records.append(record)
            self.flags.append(frozenset(written))
            self.numbers.append(number)
        self._waiting = []


def _own(attributes: list[_Attribute], customer: str | None) -> dict[str, Any]:
    """Give an event of a log that Sojourn wrote, by the names of its own form."""
    names = ((_OWN.get(each.key, each.key), each) for each in attributes)
    return {"user_id": customer, **{name: each.value if name in CORE else _leaf(each) for name, each in names}}


def _write(attribute: _Attribute, prefix: str, record: dict[str, str], written: set[str]) -> None:
    key = prefix + attribute.key
    written.discard(key)
    if attribute.kind in _GROUPS:
        record[key] = msgspec.json.encode(_nested(attribute)).decode()
        written.add(key)
        return
    value = _json_value(attribute) if attribute.kind in _TYPED else None
    record[key] = attribute.value if value is None else value
    if value is not None:
        written.add(key)
    if attribute.children:
        record[f"{key}.nested"] = msgspec.json.encode(_nested(attribute)).decode()
        written.add(f"{key}.nested")


def _json_value(attribute: _Attribute) -> str | None:
    return _json_text(attribute.kind, attribute.value)


def _json_text(kind: str, value: str) -> str | None:
    """Write a number or boolean as JSON; None when it is not one after all."""
    text = value.strip()
    if kind == "boolean":
        return text.lower() if text.lower() in ("true", "false") else None
    try:
        number = int(text) if kind == "int" else float(text)
    except ValueError:
        return None
    return msgspec.json.encode(number).decode() if number == number and abs(number) != float("inf") else None


def _nested(attribute: _Attribute) -> Any:
    if attribute.kind == "list":
        return [_leaf(child) for child in attribute.children]
    return {child.key: _leaf(child) for child in attribute.children}


def _leaf(attribute: _Attribute) -> Any:
    if attribute.kind in _GROUPS:
        return _nested(attribute)
    value = _json_value(attribute) if attribute.kind in _TYPED else None
    plain = attribute.value if value is None else msgspec.json.decode(value)
    return {"value": plain, "nested": _nested(attribute)} if attribute.children else plain
