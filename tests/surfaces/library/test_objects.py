"""An OCEL 2.0 log in a notebook: its graph by type of object, as a table and as one picture."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import sojourn as sj
from sojourn.kit.errors import InvalidError, NotFoundError


def event(name: str, hour: int, *objects: str, at: str = "") -> dict[str, Any]:
    return {
        "id": f"{name}{hour}",
        "type": name,
        "time": at or f"2026-01-01T{hour:02d}:00:00Z",
        "relationships": [{"objectId": each, "qualifier": "of"} for each in objects],
    }


LOG = {
    "objectTypes": [{"name": "order", "attributes": []}, {"name": "item", "attributes": []}],
    "eventTypes": [{"name": name, "attributes": []} for name in ("place", "pack", "pay")],
    "objects": [
        {"id": "o1", "type": "order"}, {"id": "i1", "type": "item"}, {"id": "i2", "type": "item"},
    ],
    "events": [
        event("place", 1, "o1", "i1", "i2"), event("pack", 2, "i1", "i2"), event("pay", 4, "o1", "nobody"),
        event("pay", 5, "o1", at="some day"),
    ],
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "orders.json.gz"
    file.write_bytes(gzip.compress(json.dumps(LOG).encode()))
    return file


def test_each_type_of_objects_has_its_edges_and_events_count_once(path: Path) -> None:
    found = sj.read_ocel(path).graph()
    assert found.to_arrow().to_pylist() == [
        {"kind": "item", "source": "place", "target": "pack", "objects": 2, "times": 2, "pairs": 1, "median_s": 3600.0},
        {
            "kind": "order",
            "source": "place",
            "target": "pay",
            "objects": 1,
            "times": 1,
            "pairs": 1,
            "median_s": 10800.0,
        },
    ]
    assert {each.name: each.events for each in found.activities} == {"place": 1, "pack": 1, "pay": 1}
    assert (found.events, found.unread) == (3, 1)
    assert "item: 2 objects, 2 events; begin with place (2), end with pack (2)" in repr(found)
    assert "1 without a time that can be read" in repr(found)


def test_one_picture_has_a_colour_and_a_kind_of_line_for_each_type(path: Path, tmp_path: Path) -> None:
    drawing = sj.read_ocel(path).graph().plot()
    assert drawing.svg.count("stroke-dasharray") == 2  # the second type's edge and its key
    for said in ("place", "pack", "pay", "item: 2 objects", "order: 1 object", "2 · 1 h"):
        assert said in drawing.svg
    assert drawing.save(tmp_path / "objects.svg").read_text().startswith("<svg")


def test_what_is_no_log_of_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clicks.csv"
    file.write_text("customer,event,timestamp\n1,a,2026-01-01\n")
    with pytest.raises(InvalidError, match="no OCEL"):
        sj.read_ocel(file).graph()
    with pytest.raises(NotFoundError):
        sj.read_ocel(tmp_path / "nothing.json")
