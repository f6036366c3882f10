"""Short ways to hand files in and to look at the stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Delivery


def deliver(path: Path, **said: Any) -> Delivery:
    """Hand a file in and load it."""
    source = said.pop("source", "shop")
    name = said.pop("name", path.name)
    taken = actions.begin(source=source, name=name, file=path, viewer=SYSTEM, **said)
    return actions.start(delivery=taken.id, viewer=SYSTEM)


def stream() -> pa.Table:
    """Read all live rows of the stream, in the order of their ids."""
    tables = [pq.read_table(settings.SOJOURN.segments / each.path) for each in queries.segments()]
    if not tables:
        return pa.table({"event_id": pa.array([], pa.int64())})
    whole = pa.concat_tables(tables)
    return whole.take(pc.sort_indices(whole, sort_keys=[("event_id", "ascending")]))
