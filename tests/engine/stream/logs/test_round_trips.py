"""What is written in any format is read back equal, by the readers of files."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files.opening import open_file
from sojourn.engine.stream.logs.columns import SCHEMA, as_texts
from sojourn.engine.stream.logs.formats import Format, written

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# Names and words are cleaned before they enter the stream; properties may hold anything.
WORD = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8)
HARD = st.sampled_from(['a<b>&"c"', "line\nline\r\n\ttab", " x ", "\x1b[31m", "\ufffe", "7", "true", "🎈", "", "'"])
SCALAR = st.one_of(
    st.booleans(), st.integers(-(1 << 70), 1 << 70), st.floats(allow_nan=False, allow_infinity=False), HARD, WORD
)
VALUE = st.one_of(SCALAR, st.lists(SCALAR, max_size=2), st.dictionaries(WORD, SCALAR, max_size=2))
NAME = st.one_of(
    WORD,
    st.sampled_from(
        ["channel", "message_id", "properties", "a:b", "event", "\x01", "", "price", "org:role", "org:resource"]
    ),
)
ROW = st.fixed_dictionaries(
    {
        "user_id": st.integers(1, 4).map(str),
        "type": st.sampled_from(["track", "track", "page"]),
        "event": WORD,
        "timestamp": st.integers(0, 10**12).map(lambda us: BEGIN + timedelta(microseconds=us)),
        "channel": st.none() | WORD,
        "touchpoint": st.none() | WORD,
        "unit": st.none() | WORD,
        "agent": st.none() | st.integers(1, 9).map(str),
        "product": st.none() | WORD,
        "case": st.none() | st.integers(1, 9).map(str),
        "value": st.none() | st.integers(-(10**17), 10**17).map(lambda units: Decimal(units).scaleb(-4)),
        "currency": st.none() | st.just("EUR"),
        "properties": st.dictionaries(NAME, VALUE, max_size=4),
    }
)


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    rows = sorted(rows, key=lambda row: (row["user_id"], row["timestamp"]))
    columns = {name: [row.get(name) for row in rows] for name in SCHEMA.names}
    columns["message_id"] = [str(1_000 + at) for at in range(len(rows))]
    columns["properties"] = [json.dumps(each) if each else None for each in columns["properties"]]
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in SCHEMA}, schema=SCHEMA)


def objects_of(table: pa.Table) -> Iterator[pa.RecordBatch]:
    for kind, column in (("customer", "user_id"), ("case", "case"), ("agent", "agent")):
        ids = [each for each in table.column(column).unique().to_pylist() if each is not None]
        yield pa.RecordBatch.from_pydict({"type": [kind] * len(ids), "id": ids})


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bring rows to what they say: amounts as numbers, properties as objects, nothing for nothing."""
    found = []
    for row in rows:
        said = {name: value for name, value in row.items() if value not in (None, "")}
        if "value" in said:
            said["value"] = Decimal(str(said["value"]))
        if "properties" in said:
            said["properties"] = json.loads(said["properties"])
        if isinstance(said.get("timestamp"), datetime):
            said["timestamp"] = f"{said['timestamp'].astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        if said.get("type") == "track":
            said.pop("type")
        found.append(said)
    return found


@pytest.mark.parametrize("wanted", [each for each in Format if each is not Format.ARROW])
@settings(deadline=None, max_examples=40)
@given(rows=st.lists(ROW, min_size=1, max_size=6), at=st.integers(0, 6))
def test_every_format_is_read_back_equal(wanted: Format, rows: list[dict[str, Any]], at: int) -> None:
    table = table_of(rows)
    tables = [table.slice(0, at), table.slice(at)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"events.{wanted.value}"
        path.write_bytes(b"".join(written(iter(tables), objects_of(table), wanted, raw=True)))
        read = [row for each in open_file(path).batches() for row in each.table.to_pylist()]
    assert plain(read) == plain(as_texts(table).to_pylist())


@pytest.mark.parametrize("wanted", Format)
def test_no_events_are_a_file_without_events(wanted: Format, tmp_path: Path) -> None:
    path = tmp_path / f"events.{wanted.value}"
    path.write_bytes(b"".join(written(iter([]), iter([]), wanted)))
    assert path.stat().st_size > 0


def test_the_same_events_are_the_same_packed_file(tmp_path: Path) -> None:
    table = table_of([{"user_id": "1", "type": "track", "event": "Paid", "timestamp": BEGIN, "properties": {}}])
    first, second = (b"".join(written(iter([table]), iter([]), Format.XES_GZ)) for _ in range(2))
    assert first == second


def test_an_arrow_stream_is_the_events() -> None:
    table = table_of([{"user_id": "1", "type": "track", "event": "=1+1", "timestamp": BEGIN, "properties": {}}] * 3)
    with pa.ipc.open_stream(b"".join(written(iter([table[:1], table[1:]]), iter([]), Format.ARROW))) as stream:
        assert stream.read_all().equals(table)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+43 660 1", "'+43 660 1"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-12.5", "-12.5"),
        ("+7", "+7"),
        ("a=b", "a=b"),
    ],
)
def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_guarded_and_a_number_is_not(name: str, said: str) -> None:
    row = {"user_id": "1", "type": "track", "event": name, "timestamp": BEGIN, "properties": {}, "value": Decimal("-5")}
    table = table_of([row])
    for raw, event in ((False, said), (True, name)):
        text = b"".join(written(iter([table]), iter([]), Format.CSV, raw=raw)).decode()
        (made,) = csv.DictReader(io.StringIO(text, newline=""))
        assert (made["event"], made["value"]) == (event, "-5.0000")
