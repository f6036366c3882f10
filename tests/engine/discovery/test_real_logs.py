"""Trees mined from real logs replay them: every way through has an alignment without a deviation."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sojourn.engine.discovery.inductive import mine
from sojourn.engine.discovery.trees import accepts

LOGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "eventlogs"
MOST = 400  # ways played through the tree; of the longest log every eleventh, which keeps the test short


@pytest.mark.data
@pytest.mark.parametrize("name", ["bpic2012", "bpic2013_closed", "bpic2013_incidents", "helpdesk", "receipt"])
def test_every_way_of_a_real_log_fits_its_tree(name: str) -> None:
    path = LOGS / f"{name}.parquet"
    if not path.exists():
        pytest.skip("the real logs are not beside the project")
    log = pl.read_parquet(path, columns=["case_id", "activity", "timestamp"]).sort("timestamp", maintain_order=True)
    listed = log.group_by("case_id", maintain_order=True).agg(pl.col("activity").cast(pl.String))["activity"].to_list()
    ways = list(dict.fromkeys(tuple(way) for way in listed))
    tree = mine(ways)
    played = ways[:: 1 + len(ways) // MOST]
    assert [way for way in played if not accepts(tree, way)] == []
