"""Writing XES (IEEE 1849-2016)."""

from __future__ import annotations

import gzip
import os
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

import pyarrow as pa

CASE = "case:"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
"""


def write(table: pa.Table, path: str | os.PathLike[str]) -> None:
    """Write events under pm4py's column names, in order of cases, as XES; a path that ends in `.gz` is gzipped."""
    place = Path(path)
    opened: Any = gzip.open if place.suffix == ".gz" else open
    with opened(place, "wt", encoding="utf-8") as file:
        file.write(HEAD)
        for batch in _cases(table):
            _trace(file, batch)
        file.write("</log>\n")


def _cases(table: pa.Table) -> Any:
    rows = (row for batch in table.to_batches(max_chunksize=1 << 16) for row in batch.to_pylist())
    for _, case in groupby(rows, key=lambda row: row["case:concept:name"]):
        yield list(case)


def _trace(file: TextIO, rows: list[dict[str, Any]]) -> None:
    file.write("  <trace>\n")
    own = {name for name in rows[0] if name.startswith(CASE) and len({row[name] for row in rows}) == 1}
    for name in sorted(own):
        _attribute(file, "    ", name.removeprefix(CASE), rows[0][name])
    for row in rows:
        file.write("    <event>\n")
        for name, value in row.items():
            if name not in own:
                _attribute(file, "      ", name, value)
        file.write("    </event>\n")
    file.write("  </trace>\n")


def _attribute(file: TextIO, margin: str, key: str, value: Any) -> None:
    if value is None:
        return
    kind, text = _typed(value)
    file.write(f"{margin}<{kind} key={quoteattr(key)} value={quoteattr(_clean(text))}/>\n")


def _typed(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    if hasattr(value, "isoformat"):
        return "date", value.isoformat()
    return "string", str(value)


def _clean(text: str) -> str:
    """Leave out the characters that XML cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n\r" or ord(letter) >= 32)
