"""OCEL 2.0 logs as JSON (ocel-standard.org): objects first, then the events, a row for each event and customer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from sojourn.engine.stream.files.blocks import pieces
from sojourn.engine.stream.files.elements import elements
from sojourn.engine.stream.files.objects import Happening, Kind, Objects, Thing, typed
from sojourn.engine.stream.files.own import CORE, FORM, as_texts, gathered
from sojourn.engine.stream.files.rows import ROW_MAX_BYTES, Dialect, Refusal, Rows, UnreadableFileError, columned

PIECE_BYTES: Final = 1 << 20
BATCH_ROWS: Final = 16 * 1024
CUSTOMERS_MAX: Final = 100  # of one event
EVENT_ID, ACTIVITY, TIME, TRAITS = "ocel:eid", "ocel:activity", "ocel:timestamp", "ocel:traits"
_LISTS: Final = ("eventTypes", "objectTypes", "objects", "events")
_kind = msgspec.json.Decoder(Kind).decode
_thing = msgspec.json.Decoder(Thing).decode
_happening = msgspec.json.Decoder(Happening).decode


class OcelReader:
    """Reads an object-centric log.

    Each event is a row: `ocel:eid`, `ocel:activity`, `ocel:timestamp`, its attributes under their names, and by type
    of object the id of the one that belongs to it (of several a list) and its attributes as they were then, as
    `<type>.<attribute>`.
    """

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.dialect = dialect
        self._path = path
        self._form = ""
        self._objects = self._read_objects()
        self.types = tuple(self._objects.object_types)
        if self._form == FORM:
            first = next(self.batches(), None)
            self.header = list(first.table.column_names) if first else []
        else:
            self.header = self._columns()

    def batches(self, *, customer: str = "", single: Collection[str] = ()) -> Iterator[Rows]:
        """Yield the events in the order of the file; raise UnreadableFileError when the JSON is broken.

        With `customer`, a type of objects, an event is a row for each of its customers, whose attributes stand in
        `ocel:traits`. Customers are the objects of that type that belong to the event or, when there are none, those
        reached over the fewest relations between objects, at most two. Of `single` types the first object is given,
        and all of them, when they are several, as `<type>.ids`.
        """
        batch = _Batch(self._objects, customer, frozenset(single) - {customer}, is_own=self._form == FORM)
        number = done = 0
        for name, raw, done in elements(pieces(self._path, self.dialect, PIECE_BYTES)):
            if name != "events":
                continue
            number += 1
            batch.take(raw, number)
            if len(batch.records) >= BATCH_ROWS:
                yield batch.taken(done)
        if batch.records or batch.refused:
            yield batch.taken(done)

    def related(self) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
        """Yield each event that can be read: what, when as it is written, and its objects (type, id), each once.

        Objects that are not among the objects are left out.
        """
        types = self._objects.type_of
        for name, raw, _ in elements(pieces(self._path, self.dialect, PIECE_BYTES)):
            if name != "events" or len(raw) > ROW_MAX_BYTES:
                continue
            try:
                event = _happening(raw)
            except (msgspec.DecodeError, RecursionError):
                continue
            ids = dict.fromkeys(str(each.object_id) for each in event.relationships or ())
            yield event.type, event.time, tuple((types[each], each) for each in ids if each in types)

    def _read_objects(self) -> Objects:
        found, seen, before = Objects(), set[str](), b""
        for name, raw, _ in elements(pieces(self._path, self.dialect, PIECE_BYTES)):
            if raw == b'"ocel:events"':
                raise UnreadableFileError("This is OCEL 1.0; save it as OCEL 2.0 (JSON).")
            if not name:
                if before == b'"form"':
                    self._form = raw[1:-1].decode("utf-8", "replace")
                before = raw
                continue
            seen.add(name)
            if name not in _LISTS or name == "events":
                continue
            try:
                if name == "objects":
                    found.add(_thing(raw))
                else:
                    found.declare(_kind(raw), of_events=name == "eventTypes")
            except (msgspec.DecodeError, RecursionError) as error:
                raise UnreadableFileError(f"An element of {name} cannot be read: {_short(error)}.") from None
        if "events" not in seen:
            raise UnreadableFileError("The log holds no events.")
        found.settle()
        return found

    def _columns(self) -> list[str]:
        own = [attribute for each in self._objects.event_types.values() for attribute in each]
        names = [EVENT_ID, ACTIVITY, TIME, *(_event_column(name, self._objects) for name in own)]
        for kind, attributes in self._objects.object_types.items():
            names += [kind, *(f"{kind}.{attribute}" for attribute in attributes)]
        return list(dict.fromkeys([*names, TRAITS]))


class _Batch:
    """Rows that gather."""

    def __init__(self, objects: Objects, customer: str, single: frozenset[str], *, is_own: bool) -> None:
        self._objects, self._customer, self._single, self._is_own = objects, customer, single, is_own
        self.records: list[dict[str, str]] = []
        self.flags: list[frozenset[str]] = []
        self.numbers: list[int] = []
        self.refused: list[Refusal] = []

    def take(self, raw: bytes, number: int) -> None:
        """Take an event, or note why not."""
        if len(raw) > ROW_MAX_BYTES:
            return self._refuse(number, "too_long", f"The event is longer than {ROW_MAX_BYTES // 1024} KB.")
        try:
            event = _happening(raw)
            msgspec.json.decode(raw)  # of what the decoder above passes over, nothing is checked
        except (msgspec.DecodeError, RecursionError) as error:
            return self._refuse(number, "bad_event", f"The event cannot be read: {_short(error)}.")
        names = tuple(dict.fromkeys(str(each.object_id) for each in event.relationships or ()))
        strange = next((name for name in names if name not in self._objects.type_of), None)
        if strange is not None:
            return self._refuse(number, "unknown_object", "The event names an object that is not among the objects.")
        if self._is_own:
            return self._add(gathered(_own(event, names, self._objects)), number)
        customers = self._objects.of_type(names, self._customer) if self._customer else ("",)
        if len(customers) > CUSTOMERS_MAX:
            return self._refuse(
                number, "too_many_customers", f"The event belongs to more than {CUSTOMERS_MAX} customers."
            )
        common = self._common(event, names)
        for customer in customers or ("",):
            shared = f"{event.id}@{customer}" if len(customers) > 1 else str(event.id)
            record = {**common, EVENT_ID: shared}
            if self._customer:
                record[self._customer] = customer
                record[TRAITS] = self._objects.attributes(customer, at=event.time) or None
            self._add(record, number)
        return None

    def taken(self, done: int) -> Rows:
        """Give what has gathered and begin anew."""
        table, is_json = columned(self.records, self.flags)
        lines = np.array(self.numbers, np.int64)
        rows = Rows(table=table, lines=lines, bytes_done=done, refused=self.refused, is_json=is_json)
        self.records, self.flags, self.numbers, self.refused = [], [], [], []
        return rows

    def _common(self, event: Happening, names: tuple[str, ...]) -> dict[str, Any]:
        declared = self._objects.event_types.get(event.type, {})
        record: dict[str, Any] = {ACTIVITY: event.type, TIME: event.time}
        for each in event.attributes or ():
            value = typed(each.value, declared.get(each.name, "string"))
            record[_event_column(each.name, self._objects)] = value
        by_type: dict[str, list[str]] = {}
        for name in names:
            by_type.setdefault(self._objects.type_of[name], []).append(name)
        for kind, those in by_type.items():
            if kind == self._customer:
                continue
            record[kind] = those[0] if len(those) == 1 or kind in self._single else those
            if len(those) == 1:
                for attribute, value in self._objects.attributes(those[0], at=event.time).items():
                    record[f"{kind}.{attribute}"] = value
            elif kind in self._single:
                record[f"{kind}.ids"] = those
        return record

    def _add(self, record: dict[str, Any], number: int) -> None:
        texts, flags = as_texts(record)
        self.records.append(texts)
        self.flags.append(flags)
        self.numbers.append(number)

    def _refuse(self, number: int, code: str, reason: str) -> None:
        self.refused.append(Refusal(number, code, reason))


def _own(event: Happening, names: tuple[str, ...], objects: Objects) -> dict[str, Any]:
    """Give an event of a log that Sojourn wrote, by the names of its own form."""
    declared = objects.event_types.get(event.type, {})
    said = {
        each.name: each.value if each.name in CORE else typed(each.value, declared.get(each.name, "string"))
        for each in event.attributes or ()
    }
    by_type = {objects.type_of[name]: name.partition(":")[2] for name in names}
    core = {"event": event.type, "timestamp": event.time, "message_id": str(event.id)}
    whose = {"user_id": by_type.get("customer"), "case": by_type.get("case"), "agent": by_type.get("agent")}
    return {**said, **core, **whose}


def _event_column(name: str, objects: Objects) -> str:
    """Name an event's attribute; one that is called like a type of objects steps back."""
    return f"event.{name}" if name in objects.object_types else name


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:160]
