"""Events as XES (IEEE 1849-2016): a trace is a customer, in the order of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from sojourn.engine.stream.files.own import FORM, RESERVED, REST
from sojourn.engine.stream.logs.columns import Event, pieces

HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value="unknown"/></global>
<global scope="event"><string key="concept:name" value="unknown"/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/></global>
<classifier name="Activity" scope="event" keys="concept:name"/>
"""
_FORM: Final = f'<string key="form" value="{FORM}"/>\n'
_STANDARD: Final = ("lifecycle:", "org:")  # texts of the extensions that the log declares
_WORDS: Final = ("channel", "touchpoint", "unit", "product", "case", "currency")
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_LONG: Final = 1 << 63
_DIGITS: Final = 15  # that a double holds exactly


def xes_pieces(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Write events, which must come customer by customer, as one log.

    Properties are attributes of the type that JSON says; what XES cannot hold stands as JSON text in `REST`.
    """
    yield (HEAD + _FORM).encode()
    customer: str | None = None
    for table in tables:
        for events in pieces(table):
            made: list[str] = []
            for event in events:
                if event.user_id != customer:
                    made.append("<trace>" if customer is None else "</trace>\n<trace>")
                    made.append(_string("concept:name", event.user_id))
                    customer = event.user_id
                made.append(_event(event))
            yield "".join(made).encode()
    yield b"</log>\n" if customer is None else b"</trace>\n</log>\n"


def escaped(text: str) -> str:
    """Write a text as the value of an XML attribute; characters that XML cannot hold become U+FFFD."""
    return _BAD.sub("\ufffd", text).translate(_ESCAPES)


def _event(event: Event) -> str:
    parts = [
        "\n<event>",
        _string("concept:name", event.event),
        f'<date key="time:timestamp" value="{event.timestamp}"/>',
        _string("message_id", event.message_id),
    ]
    if event.type != "track":
        parts.append(_string("type", event.type))
    if event.agent is not None:
        parts.append(_string("org:resource", event.agent))
    for name in _WORDS:
        word = getattr(event, name)
        if word is not None:
            parts.append(_string(name, word))
    if event.value is not None:
        digits = sum(letter.isdigit() for letter in event.value)
        parts.append(attribute("float" if digits <= _DIGITS else "string", "value", event.value))
    rest = {}
    for name, value in event.properties.items():
        written = _property(name, value)
        if written is None:
            rest[name] = value
        else:
            parts.append(written)
    if rest:
        parts.append(_string(REST, json.dumps(rest)))
    parts.append("</event>")
    return "".join(parts)


def _property(name: str, value: Any) -> str | None:
    """Write a property as an attribute; None when XES cannot hold it as it is."""
    is_standard = isinstance(value, str) and name.startswith(_STANDARD) and name != "org:resource"
    if name in RESERVED or not name or (":" in name and not is_standard) or _BAD.search(name):
        return None
    if isinstance(value, bool):
        return attribute("boolean", name, "true" if value else "false")
    if isinstance(value, int):
        return attribute("int", name, str(value)) if -_LONG <= value < _LONG else None
    if isinstance(value, float):
        return attribute("float", name, repr(value))
    if isinstance(value, str) and not _BAD.search(value):
        return _string(name, value)
    return None


def _string(key: str, value: str) -> str:
    return attribute("string", key, value)


def attribute(kind: str, key: str, value: str) -> str:
    """Write an attribute of a type."""
    return f'<{kind} key="{escaped(key)}" value="{escaped(value)}"/>'
