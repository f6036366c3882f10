"""Events under pm4py's column names as XES (IEEE 1849-2016): a trace is a case."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import pyarrow as pa

from sojourn.engine.stream.logs.xes import HEAD, attribute

CASE: Final = "case:"
NAME: Final = "case:concept:name"
WRITTEN_ROWS: Final = 1 << 16
Row = dict[str, Any]


def case_pieces(table: pa.Table) -> Iterator[bytes]:
    """Write events in order of cases; a column of a case's name (`case:...`) that is one value there is the trace's.

    Values are attributes of the type of their column; what is absent is none.
    """
    yield HEAD.encode()
    rows = (row for batch in table.to_batches(max_chunksize=WRITTEN_ROWS) for row in batch.to_pylist())
    for _, case in groupby(rows, key=lambda row: row[NAME]):
        yield _trace(list(case)).encode()
    yield b"</log>\n"


def _trace(rows: list[Row]) -> str:
    own = {name for name in rows[0] if name.startswith(CASE) and len({row[name] for row in rows}) == 1}
    parts = ["<trace>", *(_attribute(name.removeprefix(CASE), rows[0][name]) for name in sorted(own))]
    for row in rows:
        parts.append("\n<event>")
        parts += [_attribute(name, value) for name, value in row.items() if name not in own]
        parts.append("</event>")
    return "".join([*parts, "</trace>\n"])


def _attribute(key: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return attribute("boolean", key, "true" if value else "false")
    if isinstance(value, int):
        return attribute("int", key, str(value))
    if isinstance(value, float):
        return attribute("float", key, repr(value))
    if hasattr(value, "isoformat"):
        return attribute("date", key, value.isoformat())
    return attribute("string", key, str(value))
