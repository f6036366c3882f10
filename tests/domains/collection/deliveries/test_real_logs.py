"""Real logs come in whole: counts as published, the shop's total to the digit, identical lines all kept."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.collection.contracts import DeliveryStatus

DATA = Path(__file__).resolve().parents[5] / "shared" / "data"
pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project"),
]


@pytest.mark.parametrize(
    ("name", "cases", "events", "activities"),
    [
        ("bpic2012.parquet", 13_087, 262_200, 24),
        ("bpic2013_incidents.parquet", 7_554, 65_533, None),
        ("bpic2013_closed.parquet", 1_487, 6_660, None),
        ("helpdesk.parquet", 4_580, 21_348, 14),
        ("receipt.parquet", 1_434, 8_577, None),
        ("running-example.csv", 6, 42, None),
        ("roadtraffic100traces.csv", 100, None, None),
    ],
)
def test_event_logs_have_the_published_counts(
    name: str, cases: int, events: int | None, activities: int | None
) -> None:
    done = deliver(DATA / "eventlogs" / name)
    rows = stream()
    assert (done.status, done.preset, done.rows_refused, done.rows_known) == (DeliveryStatus.DONE, "celonis", 0, 0)
    assert pc.count_distinct(rows["person"]).as_py() == cases
    assert pc.count_distinct(rows["case"]).as_py() == cases
    if events is not None:
        assert rows.num_rows == events
    if activities is not None:
        assert pc.count_distinct(rows["name"]).as_py() == activities


@pytest.mark.parametrize("name", ["running-example.csv", "receipt.parquet", "helpdesk.parquet"])
def test_directly_follows_counts_are_those_of_a_process_mining_tool(name: str) -> None:
    expected: dict[str, Any] = json.loads((DATA / "eventlogs" / "expected_by_pm4py.json").read_text())
    deliver(DATA / "eventlogs" / name)
    table = stream().sort_by([("person", "ascending"), ("occurred_at", "ascending"), ("event_id", "ascending")])
    persons, names = table["person"].to_pylist(), table["name"].to_pylist()
    counts: dict[tuple[str, str], int] = {}
    for at in range(1, len(names)):
        if persons[at] == persons[at - 1]:
            pair = names[at - 1], names[at]
            counts[pair] = counts.get(pair, 0) + 1
    assert counts == {(before, after): count for before, after, count in expected[name]["dfg"]}


def test_the_shop_s_lines_are_all_kept_once_and_its_total_is_exact() -> None:
    path = DATA / "online_retail" / "online_retail.parquet"
    first = deliver(path)
    assert (first.preset, first.rows_good, first.rows_known, first.rows_refused) == ("invoices", 541_909, 0, 0)
    assert first.value_total == Decimal("9747747.9340")
    again = deliver(path, name="again.parquet")
    assert (again.rows_good, again.rows_known) == (0, 541_909)
    rows = stream()
    assert rows.num_rows == 541_909
    assert pc.sum(rows["value"]).as_py() == Decimal("9747747.9340")
    assert pc.count_distinct(rows["message"]).as_py() == 541_909
    assert pc.count_distinct(rows["case"]).as_py() == 25_900


def test_the_click_stream_has_its_counts() -> None:
    done = deliver(DATA / "retentioneering_ecom" / "ecom.parquet")
    rows = stream()
    assert (done.preset, rows.num_rows) == ("retentioneering", 31_106)
    assert pc.count_distinct(rows["person"]).as_py() == 600
    assert pc.count_distinct(rows["name"]).as_py() == 19
