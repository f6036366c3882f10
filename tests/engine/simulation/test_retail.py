"""The Online Retail log keeps its verified figures when its lines become orders."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import sojourn
from sojourn.engine.simulation.retail import invoices

LOG = Path(sojourn.__file__).parent / "demo" / "retail" / "online_retail.parquet"


@pytest.fixture(scope="module")
def orders() -> pa.Table:
    return invoices(LOG)


def test_the_total_is_the_verified_one_to_the_last_digit(orders: pa.Table) -> None:
    assert pc.sum(orders["value"]).as_py() == Decimal("9747747.9340")


def test_every_line_is_in_the_identical_ones_too(orders: pa.Table) -> None:
    properties = [json.loads(text) for text in orders["properties"].to_pylist()]
    assert len(orders) == 25_900
    assert sum(each["lines"] for each in properties) == 541_909
    assert sum(each["repeated_lines"] for each in properties) == 5_268
    assert pc.count_distinct(orders["user_id"]).as_py() == 4_372


def test_orders_are_numbered_within_each_customer(orders: pa.Table) -> None:
    times = Counter(orders["event"].to_pylist())
    assert times["Order Cancelled"] == 3_836 and times["Debt Adjusted"] == 3
    assert times["First Order Placed"] > times["Second Order Placed"]
    seen: dict[str, list[str]] = {}
    for user, name in zip(orders["user_id"].to_pylist(), orders["event"].to_pylist(), strict=True):
        if user and name.endswith("Order Placed"):
            seen.setdefault(user, []).append(name.split()[0])
    for names in seen.values():
        assert names == ["First", "Second", *["Later"] * len(names)][: len(names)]
