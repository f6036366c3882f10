"""Object-centric logs come in with their customers, cases and traits; the mapping says which objects are which."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import DeliveryStatus

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
Write = Callable[[str, str | bytes], Path]


def log(customer: str = "customer") -> str:
    def event(name: str, day: int, *objects: str) -> dict[str, Any]:
        relations = [{"objectId": each, "qualifier": ""} for each in objects]
        return {"id": name, "type": f"step {day}", "time": f"2026-01-0{day}T00:00:00Z", "relationships": relations}

    objects = [
        {"id": "c1", "type": customer, "attributes": [{"name": "city", "time": "2025-01-01", "value": "Oslo"}]},
        {"id": "c2", "type": customer},
        {"id": "o1", "type": "order", "relationships": [{"objectId": "c1", "qualifier": ""}]},
        {"id": "p1", "type": "parcel", "relationships": [{"objectId": "o1", "qualifier": ""}]},
    ]
    events = [event("e1", 1, "c1", "o1"), event("e2", 2, "p1"), event("e3", 3, "c1", "c2")]
    types = [{"name": name, "attributes": []} for name in (customer, "order", "parcel")]
    return json.dumps({"objectTypes": types, "eventTypes": [], "objects": objects, "events": events})


def test_each_customer_has_the_events_that_are_theirs(write: Write) -> None:
    done = deliver(write("a.json", log()))
    rows = stream()
    assert (done.status, done.preset, done.rows_good) == (DeliveryStatus.DONE, "ocel", 4)
    persons = rows["person"].to_pylist()
    assert persons[0] == persons[1] == persons[2] != persons[3]
    assert rows["name"].to_pylist() == ["step 1", "step 2", "step 3", "step 3"]
    assert [bool(each) for each in rows["case"].to_pylist()] == [True, False, False, False]
    assert json.loads(rows["properties"].to_pylist()[1]) == {"parcel": "p1"}
    again = deliver(write("b.json", log()))
    assert (again.rows_good, again.rows_known) == (0, 4)


def test_another_type_of_objects_may_be_the_customer(write: Write) -> None:
    path = write("a.json", log("trader"))
    refused = deliver(path)
    assert refused.status is DeliveryStatus.FAILED
    assert refused.message.endswith("The log's types of objects are trader, order, parcel.")
    fields = {"event": "ocel:activity", "timestamp": "ocel:timestamp", "message_id": "ocel:eid"}
    taken = actions.begin(source="shop", name="a.json", file=path, viewer=SYSTEM)
    shown = queries.preview(taken.id, mapping={**fields, "user_id": "trader", "case": "parcel"})
    assert [event["user_id"] for event in shown.events] == ["c1", "c1", "c1", "c2"]
    assert shown.events[1]["case"] == "p1"
    done = actions.start(delivery=taken.id, viewer=SYSTEM, mapping={**fields, "user_id": "trader"})
    assert (done.rows_good, done.rows_refused) == (4, 0)
    assert pc.count_distinct(stream()["person"]).as_py() == 2
