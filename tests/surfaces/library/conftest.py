"""The same clicks as files and DataFrames of every kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import sojourn as sj
from surfaces.library.clicks import clicks

KINDS = ("csv", "parquet", "jsonl", "xes", "xes.gz", "pandas", "polars", "lazy polars", "arrow")


@pytest.fixture(scope="session")
def table() -> pa.Table:
    """Give the clicks."""
    return clicks()


@pytest.fixture(scope="session")
def log_as(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], sj.Log]:
    """Give a function that opens the clicks as one kind of file or DataFrame."""
    folder = tmp_path_factory.mktemp("clicks")

    def opened(kind: str) -> sj.Log:
        frames = {
            "pandas": table.to_pandas,
            "polars": lambda: polars.from_arrow(table),
            "lazy polars": lambda: polars.from_arrow(table).lazy(),
            "arrow": lambda: table,
        }
        if kind in frames:
            return sj.from_dataframe(frames[kind]())
        return sj.read_events(written(table, folder / f"clicks.{kind}"))

    return opened


def written(table: pa.Table, path: Path) -> Path:
    """Write the clicks as a file of the kind that its name says."""
    kind = path.name.partition(".")[2]
    if kind == "csv":
        pa_csv.write_csv(table, path)
    elif kind == "parquet":
        pq.write_table(table, path)
    elif kind == "jsonl":
        polars.from_arrow(table).with_columns(polars.col("timestamp").dt.to_string("iso:strict")).write_ndjson(path)
    else:
        sj.from_dataframe(table).write_xes(path)
    return path
