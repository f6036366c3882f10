"""The tracking plan and files: it says what a column is, and what breaks it is counted as for events from SDKs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.catalogue import queries as plans
from sojourn.domains.collection import actions
from sojourn.domains.collection.contracts import DeliveryStatus

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

Write = Callable[[str, str | bytes], Path]

PLAN = """
events:
  Signed In:
    properties:
      app_version: {type: string, required: true}
      is_new: {type: boolean}
      tries: {type: integer}
      method: {type: string, allowed: [password, link]}
"""
VISITS = """user_id,timestamp,event,app_version,is_new,tries,method,extra
ana,2025-03-01T10:00:00Z,Signed In,6.2,true,1,password,1
bob,2025-03-01T10:01:00Z,Signed In,6.10,False,2,link,2
cid,2025-03-01T10:02:00Z,Signed In,7,maybe,many,fax,3
dan,2025-03-01T10:03:00Z,Signed In,,,,,4
eve,2025-03-01T10:04:00Z,Signed Out,1,1,1,fax,5
"""


def _counted() -> set[tuple[str, str | None, str, int]]:
    actions.pass_on_observations()
    return {(each.event, each.property, each.rule, each.count) for each in plans.violations()}


def test_a_declared_text_stays_text_though_it_looks_like_a_number(write: Write) -> None:
    catalogue.save_plan(text=PLAN, viewer=SYSTEM)
    assert deliver(write("visits.csv", VISITS)).status is DeliveryStatus.DONE
    held = [json.loads(each) for each in stream().column("properties").to_pylist()]
    assert [each.get("app_version") for each in held] == ["6.2", "6.10", "7", None, "1"]
    assert [each.get("is_new") for each in held] == [True, False, "maybe", None, "1"]
    assert [each.get("tries") for each in held] == [1, 2, "many", None, 1]
    assert [each.get("extra") for each in held] == [1, 2, 3, 4, 5]


def test_what_breaks_the_plan_is_counted(write: Write) -> None:
    catalogue.save_plan(text=PLAN, viewer=SYSTEM)
    deliver(write("visits.csv", VISITS))
    assert _counted() == {
        ("Signed In", "app_version", "missing_property", 1),
        ("Signed In", "is_new", "wrong_type", 1),
        ("Signed In", "tries", "wrong_type", 1),
        ("Signed In", "method", "not_allowed", 1),
    }


def test_a_closed_plan_counts_what_it_does_not_name(write: Write) -> None:
    catalogue.save_plan(text="closed: true" + PLAN, viewer=SYSTEM)
    deliver(write("visits.csv", VISITS))
    assert {("Signed In", "extra", "undeclared_property", 4), ("Signed Out", None, "undeclared_event", 1)} <= _counted()


def test_known_rows_are_not_counted_again(write: Write) -> None:
    catalogue.save_plan(text=PLAN, viewer=SYSTEM)
    deliver(write("visits.csv", VISITS))
    before = _counted()
    deliver(write("again.csv", VISITS))
    assert _counted() == before


def test_properties_given_as_one_object_are_held_against_the_plan_too(write: Write) -> None:
    catalogue.save_plan(text=PLAN, viewer=SYSTEM)
    rows = [
        {"app_version": "6.2", "method": "fax"},
        {"app_version": 6.2},
        {"method": "link"},
    ]
    lines = [
        json.dumps({"user_id": "a", "timestamp": f"2025-03-01T10:0{at}:00Z", "event": "Signed In", "properties": row})
        for at, row in enumerate(rows)
    ]
    deliver(write("visits.jsonl", "\n".join(lines) + "\n"))
    assert _counted() == {
        ("Signed In", "app_version", "missing_property", 1),
        ("Signed In", "app_version", "wrong_type", 1),
        ("Signed In", "method", "not_allowed", 1),
    }
