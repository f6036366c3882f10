"""What is written keeps to the rules of the standards, as far as they can be checked without their schemas."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from engine.stream.logs.test_round_trips import BEGIN, objects_of, table_of
from sojourn.engine.stream.logs.formats import Format, written

NAMESPACE = "{http://www.xes-standard.org/}"
ORDER = {
    "log": ("extension", "global", "classifier", "attribute", "trace", "event"),
    "trace": ("attribute", "event"),
    "event": ("attribute",),
    "global": ("attribute",),
}
LEXICAL = {
    "string": r"[\s\S]*",
    "date": r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    "int": r"[+-]?\d+",
    "float": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?",
    "boolean": r"true|false|1|0",
}
ROWS = [
    {
        "user_id": str(1 + at % 3),
        "type": "track",
        "event": ("Opened", 'Paid <"now">')[at % 2],
        "timestamp": BEGIN,
        "agent": None if at % 2 else "8",
        "case": "7",
        "value": Decimal("1.5"),
        "currency": "EUR",
        "properties": {
            "a": at, "b": "line\nline", "c": [1], "d": 1e300, "e": True, "lifecycle:transition": "complete",
            "my:own": "x", "\x01": "y", "f": "\x02", "mixed": at if at % 2 else "text",
        },
    }
    for at in range(12)
]  # fmt: skip


def log(wanted: Format) -> bytes:
    table = table_of(ROWS)
    return b"".join(written(iter([table]), objects_of(table), wanted))


def check(element: ElementTree.Element, prefixes: set[str]) -> None:
    """Check an element of XES against the rules of IEEE 1849-2016, section 4."""
    tag = element.tag.removeprefix(NAMESPACE)
    assert element.tag.startswith(NAMESPACE), element.tag
    if tag in LEXICAL:
        key, value = element.attrib["key"], element.attrib["value"]
        assert key and set(element.attrib) == {"key", "value"}
        assert ":" not in key or key.partition(":")[0] in prefixes, key
        assert re.fullmatch(LEXICAL[tag], value), (tag, value)
        if tag == "int":
            assert -(1 << 63) <= int(value) < 1 << 63
        return
    kinds = [
        "attribute" if each.tag.removeprefix(NAMESPACE) in LEXICAL else each.tag.removeprefix(NAMESPACE)
        for each in element
    ]
    if tag in ORDER:
        places = [ORDER[tag].index(kind) for kind in kinds]
        assert places == sorted(places), (tag, kinds)
        keys = [each.attrib["key"] for each in element if "key" in each.attrib]
        assert len(keys) == len(set(keys)), keys
    for each in element:
        check(each, prefixes)


def test_xes_keeps_to_the_standard() -> None:
    root = ElementTree.fromstring(log(Format.XES))
    assert root.tag == f"{NAMESPACE}log" and root.attrib["xes.version"] == "1849-2016" and "xes.features" in root.attrib
    extensions = root.findall(f"{NAMESPACE}extension")
    assert all(set(each.attrib) == {"name", "prefix", "uri"} for each in extensions)
    check(root, {each.attrib["prefix"] for each in extensions})
    scopes = [each.attrib["scope"] for each in root.findall(f"{NAMESPACE}global")]
    assert scopes == ["trace", "event"]
    declared = {each.attrib["key"]: each.tag for glob in root.findall(f"{NAMESPACE}global") for each in glob}
    for event in root.iter(f"{NAMESPACE}event"):
        held = {each.attrib["key"]: each.tag for each in event}
        assert declared.items() <= held.items()  # a global says that every event has it
    for classifier in root.findall(f"{NAMESPACE}classifier"):
        assert set(classifier.attrib["keys"].split()) <= set(declared)
    traces = [trace.find(f"{NAMESPACE}string") for trace in root.findall(f"{NAMESPACE}trace")]
    names = [each.attrib["value"] for each in traces if each is not None]
    assert names == sorted(set(names)) == ["1", "2", "3"]


def test_ocel_keeps_to_the_schema() -> None:
    made: dict[str, Any] = json.loads(log(Format.OCEL))
    types = {each["name"]: {one["name"]: one["type"] for one in each["attributes"]} for each in made["eventTypes"]}
    objects = {each["id"]: each["type"] for each in made["objects"]}
    assert len(objects) == len(made["objects"]) and set(objects.values()) == {"customer", "case", "agent"}
    assert set(objects.values()) <= {each["name"] for each in made["objectTypes"]}
    assert len({each["id"] for each in made["events"]}) == len(made["events"])
    for event in made["events"]:
        assert re.fullmatch(LEXICAL["date"], event["time"])
        assert {each["objectId"] for each in event["relationships"]} <= set(objects)
        for each in event["attributes"]:
            assert isinstance(each["value"], str)
            kind = types[event["type"]][each["name"]]
            assert re.fullmatch(LEXICAL.get({"integer": "int"}.get(kind, kind), r"[\s\S]*"), each["value"]), each
    assert {kind for each in types.values() for kind in each.values()} == {"string", "float", "integer", "boolean"}


@pytest.mark.parametrize("wanted", [Format.XES, Format.OCEL])
def test_what_attributes_cannot_hold_stands_as_json(wanted: Format) -> None:
    text = log(wanted).decode()
    assert "other_properties" in text and "my:own" in text and "lifecycle:transition" in text
