"""The form in which Sojourn writes events into formats that have no columns: what is core, what is a property.

XES and OCEL attributes are flat and typed; a JSON object of properties is not. What an attribute cannot hold as it is
goes, as JSON text, into the attribute `REST`, so that each event is read back equal.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

FORM: Final = "sojourn 1"  # the mark of such a log
REST: Final = "other_properties"  # process-mining tools have a `properties` of their own
CORE: Final = (
    "message_id",
    "user_id",
    "type",
    "event",
    "timestamp",
    "channel",
    "touchpoint",
    "unit",
    "agent",
    "product",
    "case",
    "value",
    "currency",
)
RESERVED: Final = frozenset({*CORE, "properties", REST})
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def as_texts(record: dict[str, Any]) -> tuple[dict[str, str], frozenset[str]]:
    """Give a record's values as texts, without those that are absent, and say which of the texts are JSON."""
    kept = {name: value for name, value in record.items() if value is not None}
    texts = {name: value if isinstance(value, str) else _encode(value).decode() for name, value in kept.items()}
    return texts, frozenset(name for name, value in kept.items() if not isinstance(value, str))


def gathered(attributes: dict[str, Any]) -> dict[str, Any]:
    """Put what is not core into `properties`; undone by who reads columns.

    >>> gathered({"event": "Paid", "plan": "gold", "other_properties": '{"tags": [1]}'})
    {'event': 'Paid', 'properties': {'plan': 'gold', 'tags': [1]}}
    """
    core = {name: attributes[name] for name in CORE if attributes.get(name) is not None}
    others = {name: value for name, value in attributes.items() if name not in RESERVED}
    rest = attributes.get(REST)
    try:
        held = {**others, **(_decode(rest) if isinstance(rest, str) else {})}
    except (msgspec.DecodeError, RecursionError):
        return {**core, "properties": rest}  # refused with the row, and its reason
    return {**core, "properties": held} if held else core
