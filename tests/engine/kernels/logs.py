"""Real logs as slices, for the tests of the kernels."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from sojourn.engine.kernels.words import Slice

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LOGS = DATA / "eventlogs"
SHOP = DATA / "retentioneering_ecom" / "ecom.parquet"


class Log(NamedTuple):
    """A log as a slice, its event names by code, and DuckDB's table `log` (customer, t, event, row) of the same."""

    events: Slice
    names: list[str]
    connection: duckdb.DuckDBPyConnection


def log(name: str) -> Log:
    """Read a real event log; skip where it is absent."""
    return read(LOGS / name, "case_id", "activity")


def shop() -> Log:
    """Read retentioneering's shop; skip where it is absent."""
    return read(SHOP, "user_id", "event")


def read(path: Path, customer: str, event: str) -> Log:
    """Read a log by its columns; ties in time keep the order of the file, as event ids would."""
    if not path.exists():
        pytest.skip("the real logs are not beside the project")
    connection = duckdb.connect()
    connection.sql("set threads=2")
    connection.sql("set TimeZone='UTC'")
    connection.sql(f"""
        create table log as
        select dense_rank() over (order by {customer}::varchar) customer, epoch_us("timestamp"::timestamptz) t,
               (dense_rank() over (order by {event}) - 1)::usmallint event, row, {event} as name
        from (select *, row_number() over () as row from '{path}') order by 1, 2, row
    """)
    table = connection.sql("select customer, t, event, row from log order by customer, t, row").fetchnumpy()
    names = [row[0] for row in connection.sql("select distinct name, event from log order by event").fetchall()]
    numbers, first = np.unique(table["customer"], return_index=True)
    events = Slice(
        customer=numbers.astype(np.int64),
        offset=np.append(first, len(table["t"])).astype(np.int64),
        at=table["t"].astype(np.int64),
        event=table["event"].astype(np.uint16),
        row=table["row"].astype(np.int64),
    )
    return Log(events, names, connection)
