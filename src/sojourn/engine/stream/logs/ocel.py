"""Events as OCEL 2.0 (JSON): customers, cases and agents are the objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import pyarrow as pa

from sojourn.engine.stream.files.own import FORM, RESERVED, REST
from sojourn.engine.stream.logs.columns import Event, pieces

OBJECT_TYPES: Final = ("customer", "case", "agent")
_WORDS: Final = ("channel", "touchpoint", "unit", "product", "currency")
_NUMBERS: Final = frozenset({"integer", "float"})
_encode = msgspec.json.Encoder().encode


def ocel_pieces(objects: Iterable[pa.RecordBatch], tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write events as one object-centric log.

    `objects` are batches of (type, id), each object once, types as in `OBJECT_TYPES`. Values are written as text, as
    the standard's schema has it, and typed by the declarations at the end of the file; what those cannot say stands as
    JSON text in the attribute `REST`.
    """
    kinds = ",".join(f'{{"name":"{each}","attributes":[]}}' for each in OBJECT_TYPES)
    yield f'{{"form":"{FORM}",\n"objectTypes":[{kinds}],\n"objects":['.encode()
    yield from _listed(_objects(objects))
    yield b'],\n"events":['
    types = _Types()
    yield from _listed(_events(tables, types))
    yield b'],\n"eventTypes":' + _encode(types.declared()) + b"}\n"


def _listed(batches: Iterable[list[bytes]]) -> Iterator[bytes]:
    before = b"\n"
    for each in batches:
        if each:
            yield before + b",\n".join(each)
            before = b",\n"


def _objects(batches: Iterable[pa.RecordBatch]) -> Iterator[list[bytes]]:
    for batch in batches:
        rows = zip(batch.column("type").to_pylist(), batch.column("id").to_pylist(), strict=True)
        yield [
            f'{{"id":"{kind}:{name}","type":"{kind}","attributes":[],"relationships":[]}}'.encode()
            for kind, name in rows
        ]


def _events(tables: Iterable[pa.Table], types: _Types) -> Iterator[list[bytes]]:
    for table in tables:
        for events in pieces(table):
            yield [_encode(_event(event, types)) for event in events]


def _event(event: Event, types: _Types) -> dict[str, Any]:
    types.see(event.event)
    said = [(name, getattr(event, name), "string") for name in _WORDS]
    said += [("type", None if event.type == "track" else event.type, "string"), ("value", event.value, "float")]
    attributes = [{"name": name, "value": value} for name, value, _ in said if value is not None]
    for name, value, kind in said:
        if value is not None:
            types.fits(event.event, name, kind)
    rest = {}
    for name, value in event.properties.items():
        kind = _kind(value)
        if kind and name and name not in RESERVED and types.fits(event.event, name, kind):
            attributes.append({"name": name, "value": _text(value)})
        else:
            rest[name] = value
    if rest:
        types.fits(event.event, REST, "string")
        attributes.append({"name": REST, "value": _encode(rest).decode()})
    whose = {"customer": event.user_id, "case": event.case, "agent": event.agent}
    return {
        "id": event.message_id,
        "type": event.event,
        "time": event.timestamp,
        "attributes": attributes,
        "relationships": [
            {"objectId": f"{kind}:{name}", "qualifier": kind} for kind, name in whose.items() if name is not None
        ],
    }


class _Types:
    """The attributes of each type of events, and their types, as they come."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def see(self, event: str) -> None:
        """Note a type of events, which may have no attributes."""
        self._seen.setdefault(event, {})

    def fits(self, event: str, name: str, kind: str) -> bool:
        """Say whether an attribute may have a value of a type: of the first one's, or a number beside a number."""
        held = self._seen[event]
        known = held.setdefault(name, kind)
        if known != kind and {known, kind} == _NUMBERS:
            held[name] = known = "float"
            return True
        return known == kind

    def declared(self) -> list[dict[str, Any]]:
        """Give the declarations."""
        return [
            {"name": event, "attributes": [{"name": name, "type": kind} for name, kind in held.items()]}
            for event, held in self._seen.items()
        ]


def _kind(value: object) -> str:
    kinds: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "float"}
    return kinds.get(type(value), "")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _encode(value).decode()
