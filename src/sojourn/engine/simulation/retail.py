"""The real Online Retail log (Chen, 2015) as events: one an invoice, its value the exact sum of its lines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.stream.files.presets import NATIVE_SCHEMA

CURRENCY = "GBP"
MILLS = 1_000  # prices have three decimals
CUSTOMER_ORDERS = ("First Order Placed", "Second Order Placed", "Later Order Placed")


def invoices(path: Path) -> pa.Table:
    """Read the log of invoice lines and give one event an invoice, in `NATIVE_SCHEMA` and in order of time.

    Lines that repeat each other are two sales of the same thing and count twice. Orders of known customers are named by
    their place in the customer's history; invoices without a customer belong to an anonymous buyer each, or are stock
    adjustments when they carry no money.
    """
    lines = pq.read_table(path)
    grouped = _grouped(lines).sort_by([("at", "ascending"), ("InvoiceNo", "ascending")])
    known = pc.is_valid(grouped["customer"])
    name = _names(grouped)
    fields = ("lines", "units", "products", "repeated_lines")
    counts = zip(*(grouped[field].to_pylist() for field in fields), grouped["country"].to_pylist(), strict=True)
    properties = [
        f'{{"lines":{count},"units":{units},"products":{products},"repeated_lines":{repeated},"country":"{country}"}}'
        for count, units, products, repeated, country in counts
    ]
    columns = {
        "message_id": grouped["InvoiceNo"],
        "user_id": pc.cast(grouped["customer"], pa.string()),
        "anonymous_id": pc.if_else(known, None, pc.binary_join_element_wise("invoice-", grouped["InvoiceNo"], "")),
        "event": pa.array(name),
        "timestamp": pc.cast(grouped["at"], pa.timestamp("us", tz="UTC")),
        "channel": pa.array(["web"] * len(grouped)),
        "touchpoint": pa.array(["web shop"] * len(grouped)),
        "unit": pa.array([unit_code(country) for country in grouped["country"].to_pylist()]),
        "case": grouped["InvoiceNo"],
        "value": pa.array([Decimal(mills) / MILLS for mills in grouped["mills"].to_pylist()], pa.decimal128(18, 4)),
        "currency": pa.array([CURRENCY] * len(grouped)),
        "properties": pa.array(properties),
    }
    arrays = [columns.get(each.name, pa.nulls(len(grouped), each.type)) for each in NATIVE_SCHEMA]
    return pa.table(arrays, names=NATIVE_SCHEMA.names).cast(NATIVE_SCHEMA)


def unit_code(country: str) -> str:
    """Give the code of the unit that serves a country.

    >>> unit_code("United Kingdom")
    'united-kingdom'
    """
    return country.lower().replace(" ", "-")


def _grouped(lines: pa.Table) -> pa.Table:
    """Sum the lines of each invoice, exactly, in thousandths of a pound."""
    number = lines.column_names.index("InvoiceNo")
    lines = lines.set_column(number, "InvoiceNo", pc.cast(lines["InvoiceNo"], pa.string()))
    price = pc.cast(pc.round(pc.multiply(lines["UnitPrice"], MILLS)), pa.int64())
    mills = pc.multiply(price, pc.cast(lines["Quantity"], pa.int64()))
    names = lines.column_names
    distinct = lines.group_by(names).aggregate([]).group_by("InvoiceNo").aggregate([([], "count_all")])
    by_invoice = (
        lines.append_column("mills", mills)
        .group_by("InvoiceNo")
        .aggregate([
            ("InvoiceDate", "min"), ("CustomerID", "min"), ("Country", "min"), ("mills", "sum"),
            ("Quantity", "sum"), ("StockCode", "count_distinct"), ([], "count_all"),
        ])
        .rename_columns(["InvoiceNo", "at", "customer", "country", "mills", "units", "products", "lines"])
        .join(distinct.rename_columns(["InvoiceNo", "distinct"]), "InvoiceNo")
    )  # fmt: skip
    return by_invoice.append_column("repeated_lines", pc.subtract(by_invoice["lines"], by_invoice["distinct"]))


def _names(grouped: pa.Table) -> list[str]:
    """Name each invoice's event; rows are in order of time."""
    letter = pc.utf8_slice_codeunits(grouped["InvoiceNo"], 0, 1).to_pylist()
    customer = np.asarray(pc.fill_null(grouped["customer"], -1))
    mills = grouped["mills"].to_pylist()
    is_order = np.asarray([first not in "CA" for first in letter]) & (customer >= 0)
    place = _places(np.where(is_order, customer, -1))
    return [
        _name(first, who >= 0, money, int(at))
        for first, who, money, at in zip(letter, customer.tolist(), mills, place.tolist(), strict=True)
    ]


def _name(letter: str, is_known: bool, mills: int, place: int) -> str:
    if letter == "A":
        return "Debt Adjusted"
    if letter == "C":
        return "Order Cancelled"
    if is_known:
        return CUSTOMER_ORDERS[min(place, len(CUSTOMER_ORDERS) - 1)]
    return "Guest Order Placed" if mills else "Stock Adjusted"


def _places(customer: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Count for each row the rows of the same customer before it."""
    order = np.argsort(customer, kind="stable")
    ranked = customer[order]
    begins = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    run = np.repeat(begins, np.diff(np.r_[begins, len(ranked)]))
    places = np.empty(len(customer), dtype=np.int64)
    places[order] = np.arange(len(customer)) - run
    return places
