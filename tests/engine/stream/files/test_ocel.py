"""Object-centric logs: whose events they are, as the log's objects and their relations say."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sojourn.engine.stream.files.ocel import CUSTOMERS_MAX, OcelReader
from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.files.rows import UnreadableFileError

LONG_AGO = "1970-01-01T00:00:00Z"


def related(*names: str) -> list[dict[str, str]]:
    return [{"objectId": name, "qualifier": "of"} for name in names]


def event(name: str, day: int, *objects: str, kind: str = "step", **attributes: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "time": f"2026-01-{day:02d}T00:00:00Z",
        "attributes": [{"name": key, "value": value} for key, value in attributes.items()],
        "relationships": related(*objects),
    }


LOG: dict[str, Any] = {
    "objectTypes": [
        {"name": "customers", "attributes": [{"name": "city", "type": "string"}]},
        {"name": "orders", "attributes": [{"name": "price", "type": "float"}]},
        {"name": "items", "attributes": []},
    ],
    "eventTypes": [
        {
            "name": "step",
            "attributes": [{"name": "weight", "type": "integer"}, {"name": "fragile", "type": "boolean"}],
        }
    ],
    "objects": [
        {"id": "c1", "type": "customers", "attributes": [{"name": "city", "time": LONG_AGO, "value": "Oslo"}]},
        {"id": "c2", "type": "customers"},
        {
            "id": "o1",
            "type": "orders",
            "attributes": [
                {"name": "price", "time": "2026-01-02T00:00:00Z", "value": "13"},
                {"name": "price", "time": LONG_AGO, "value": "12.5"},
            ],
            "relationships": related("c1", "i1"),
        },
        {"id": "o2", "type": "orders", "relationships": related("c2", "i2")},
        {"id": "i1", "type": "items"},
        {"id": "i2", "type": "items"},
    ],
    "events": [
        event("e1", 1, "c1", "o1", weight="7", fragile="true"),
        event("e2", 3, "i1"),
        event("e3", 4, "c1", "c2", "o1", "o2"),
        event("e4", 5),
    ],
}


def reader(tmp_path: Path, log: dict[str, Any] = LOG, name: str = "a.json") -> OcelReader:
    path = tmp_path / name
    raw = json.dumps(log, indent=1).encode()
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    found = open_file(path)
    assert isinstance(found, OcelReader)
    return found


def rows(read: OcelReader, **how: Any) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value}
        for each in read.batches(**how)
        for row in each.table.to_pylist()
    ]


@pytest.mark.parametrize("name", ["a.json", "a.jsonocel", "a.json.gz"])
def test_an_event_is_a_row_for_each_of_its_customers(name: str, tmp_path: Path) -> None:
    found = rows(reader(tmp_path, name=name), customer="customers", single=("orders",))
    assert [(row["ocel:eid"], row.get("customers")) for row in found] == [
        ("e1", "c1"),
        ("e2", "c1"),  # over the item's order
        ("e3@c1", "c1"),
        ("e3@c2", "c2"),
        ("e4", None),
    ]
    assert found[0] == {
        "ocel:eid": "e1",
        "ocel:activity": "step",
        "ocel:timestamp": "2026-01-01T00:00:00Z",
        "weight": "7",
        "fragile": "true",
        "customers": "c1",
        "ocel:traits": '{"city":"Oslo"}',
        "orders": "o1",
        "orders.price": "12.5",
    }
    assert (found[2]["orders"], found[2]["orders.ids"]) == ("o1", '["o1","o2"]')


def test_attributes_are_those_of_the_event_s_time(tmp_path: Path) -> None:
    log = {**LOG, "events": [event(f"e{day}", day, "c1", "o1") for day in (1, 2, 3)]}
    prices = [row["orders.price"] for row in rows(reader(tmp_path, log), customer="customers")]
    assert prices == ["12.5", "13", "13"]


def test_values_have_the_types_that_the_log_declares(tmp_path: Path) -> None:
    first = next(reader(tmp_path).batches(customer="customers"))
    is_json = {name for name, flags in first.is_json.items() if flags[0].as_py()}
    assert is_json == {"weight", "fragile", "orders.price", "ocel:traits"}


def test_lists_may_stand_in_any_order(tmp_path: Path) -> None:
    turned = dict(reversed(LOG.items()))
    assert rows(reader(tmp_path, turned), customer="customers") == rows(reader(tmp_path), customer="customers")


def test_the_header_is_what_the_log_declares(tmp_path: Path) -> None:
    read = reader(tmp_path)
    assert read.types == ("customers", "orders", "items")
    assert read.header[:5] == ["ocel:eid", "ocel:activity", "ocel:timestamp", "weight", "fragile"]


def test_an_event_of_very_many_customers_is_refused_alone(tmp_path: Path) -> None:
    names = [f"c{at}" for at in range(CUSTOMERS_MAX + 1)]
    log = {
        **LOG,
        "objects": [{"id": name, "type": "customers"} for name in names],
        "events": [event("e1", 1, *names), event("e2", 1, "c1")],
    }
    (batch,) = reader(tmp_path, log).batches(customer="customers")
    assert [(each.line, each.code) for each in batch.refused] == [(1, "too_many_customers")]
    assert batch.table.num_rows == 1


def test_the_first_version_of_the_standard_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonocel"
    path.write_text('{"ocel:global-log": {}, "ocel:events": {"1": {}}, "ocel:objects": {}}')
    with pytest.raises(UnreadableFileError, match="OCEL 1"):
        open_file(path)
