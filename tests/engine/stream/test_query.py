"""SQL over segments says what is wrong with the store, and nothing about the machine."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from sojourn.engine.stream import query, segments
from sojourn.engine.stream.schema import SCHEMA

ROWS = 3


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    columns = {
        field.name: pa.array([None] * ROWS if field.nullable else [_plain(field.type)] * ROWS, field.type)
        for field in SCHEMA
    }
    written = segments.write(tmp_path, pa.table(columns, schema=SCHEMA), batch=1)
    return tmp_path / written.path


def _plain(kind: pa.DataType) -> object:
    return "" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else 0


def _count(path: Path, temporary: Path) -> int:
    with query.session([path], temporary=temporary) as connection:
        return int(connection.execute("SELECT count(name), count(*) FROM events").fetchall()[0][1])


def test_a_whole_segment_is_read(segment: Path, tmp_path: Path) -> None:
    assert _count(segment, tmp_path / "tmp") == ROWS


def test_a_damaged_segment_is_named_by_the_doctor_and_not_by_the_answer(segment: Path, tmp_path: Path) -> None:
    segment.write_bytes(segment.read_bytes()[:-50])
    with pytest.raises(query.UnreadableError, match="sojourn doctor") as refusal:
        _count(segment, tmp_path / "tmp")
    assert segment.name not in refusal.value.message


def test_a_missing_segment_is_an_expected_refusal(segment: Path, tmp_path: Path) -> None:
    segment.unlink()
    with pytest.raises(query.UnreadableError):
        _count(segment, tmp_path / "tmp")


def test_a_query_that_spills_is_answered_and_leaves_nothing(tmp_path: Path) -> None:
    connection = query.connected(temporary=tmp_path / "tmp", memory_limit_mb=60, threads=1)
    try:
        texts = "SELECT md5(range::VARCHAR) AS text FROM range(1500000)"
        connection.execute(f"CREATE TEMP TABLE spilled AS SELECT * FROM ({texts}) ORDER BY text")
        assert any((tmp_path / "tmp").iterdir()), "it did not spill"
        assert connection.execute("SELECT count(*) FROM spilled").fetchall() == [(1_500_000,)]
    finally:
        connection.close()
    assert not any((tmp_path / "tmp").iterdir())
