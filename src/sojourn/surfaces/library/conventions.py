"""Events under the column names of other tools: Sojourn's own, pm4py's and retentioneering's."""

from __future__ import annotations

import pyarrow as pa

from sojourn.surfaces.library.asked import Filter
from sojourn.surfaces.library.looking import kept, seen
from sojourn.surfaces.library.recorded import Recorded

STAMP = pa.timestamp("us", tz="UTC")


def own_columns(recorded: Recorded, asked: Filter) -> pa.Table:
    """Give `customer`, `event`, `at` and the file's other columns, by customer and time."""
    return _columns(recorded, asked, ("customer", "event", "at"))


def pm4py_columns(recorded: Recorded, asked: Filter) -> pa.Table:
    """Give what pm4py reads; a customer is a case."""
    return _columns(recorded, asked, ("case:concept:name", "concept:name", "time:timestamp"))


def retentioneering_columns(recorded: Recorded, asked: Filter) -> pa.Table:
    """Give what retentioneering reads; its times carry no zone (UTC)."""
    table = _columns(recorded, asked, ("user_id", "event", "timestamp"))
    place = table.column_names.index("timestamp")
    return table.set_column(place, "timestamp", table.column("timestamp").cast(pa.timestamp("us")))


def _columns(recorded: Recorded, asked: Filter, called: tuple[str, str, str]) -> pa.Table:
    """Give customer, event and time under these names, then the columns that were not read into them."""
    events = seen(recorded, asked).events
    who, place = kept(events)
    rows = pa.array(recorded.row[place])
    others = recorded.table.select(_others(recorded, called)).take(rows)
    columns = [
        pa.array(recorded.customers, pa.string()).take(pa.array(who)),
        pa.array(recorded.names, pa.string()).take(pa.array(events.event[place])),
        pa.array(events.at[place], pa.int64()).cast(STAMP),
    ]
    return pa.table([*columns, *others.columns], names=[*called, *others.column_names])


def _others(recorded: Recorded, called: tuple[str, str, str]) -> list[str]:
    """Name the columns that stay: all but those whose first value made customer, event and time."""
    cells = recorded.mapping.cells
    read = {
        cells[name].columns[0]
        for name in ("user_id", "anonymous_id", "event", "timestamp")
        if name in cells and cells[name].columns and not cells[name].starts_with
    }
    return [name for name in recorded.table.column_names if name not in read and name not in called]
