"""Rows are told apart by 128 bits that never change, and late batch numbers reach every row."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files import hashing, staging
from sojourn.engine.stream.files.digests import DigestTable
from sojourn.engine.stream.schema import SCHEMA

KEY = bytes(range(16))


@pytest.mark.parametrize(
    ("length", "published"),  # the first, second, sixteenth and last vector of the authors' 128-bit reference
    [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
    ],
)
def test_the_digest_is_siphash_as_published(length: int, published: str) -> None:
    assert hashing.siphash(bytes(range(length)), KEY).hex() == published


def test_a_rows_digest_is_for_ever() -> None:
    table = pa.table({"b": ["x", None], "a": ["ä", "1"]})
    assert hashing.hexadecimal(*hashing.rows_digest(table, "shop")).to_pylist() == [
        "caf00a5514c053d035c8153f27367aaf",
        "67126b2da5acfe4d7f321171fee2de18",
    ]


def test_names_values_and_sources_all_count_and_empty_fields_do_not() -> None:
    def digest(columns: dict[str, list[str | None]], source: str = "shop") -> str:
        found = hashing.hexadecimal(*hashing.rows_digest(pa.table(columns), source)).to_pylist()
        return str(found[0])

    base = digest({"a": ["x"], "b": ["y"]})
    assert base == digest({"b": ["y"], "a": ["x"]})
    assert base == digest({"a": ["x"], "b": ["y"], "c": [None], "d": [""]})
    others = [
        digest({"a": ["y"], "b": ["x"]}),
        digest({"a": ["xy"], "b": [None]}),
        digest({"a": ["x"], "c": ["y"]}),
        digest({"a": ["x"], "b": ["y"]}, "other"),
    ]
    assert len({base, *others}) == 5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=300), st.integers(1, 50))
def test_the_table_counts_like_a_counter(values: list[int], size: int) -> None:
    table, naive = DigestTable(), Counter[int]()
    for at in range(0, len(values), size):
        some = np.array(values[at : at + size], np.uint64)
        found = table.count(some, some * np.uint64(7))
        expected = []
        for value in some.tolist():
            expected.append(naive[value])
            naive[value] += 1
        assert found.tolist() == expected
    assert len(table) == len(naive)


def test_the_table_keeps_numbers_while_it_grows() -> None:
    rng = np.random.default_rng(1)
    low, high = rng.integers(0, 1 << 63, (2, 300_000), dtype=np.uint64)
    table = DigestTable()
    table.set(low, high, np.arange(300_000))
    assert np.array_equal(table.get(low, high), np.arange(300_000))
    assert table.get(low[:5], high[5:10]).tolist() == [-1] * 5


def test_hexadecimal_comes_back() -> None:
    low, high = np.random.default_rng(2).integers(0, 1 << 63, (2, 1_000), dtype=np.uint64)
    again = hashing.from_hexadecimal(hashing.hexadecimal(low, high))
    assert np.array_equal(again[0], low)
    assert np.array_equal(again[1], high)


def _table(rows: int, mark: int) -> pa.Table:
    at = pa.array(np.arange(rows)).cast(pa.timestamp("us"))
    columns = {
        "event_id": pa.array(np.arange(rows)),
        "batch": pa.array(np.full(rows, mark)),
        "message": pa.array([secrets.token_hex(16) for _ in range(rows)]),
        "person": pa.array(np.ones(rows, np.int64)),
        "name": pa.array(["x"] * rows),
        "kind": pa.array(["track"] * rows),
        "occurred_at": at,
        "received_at": at,
    }
    return pa.table([columns.get(each.name, pa.nulls(rows, each.type)) for each in SCHEMA], schema=SCHEMA)


def test_a_late_batch_number_reaches_every_row_and_the_statistics(tmp_path: Path) -> None:
    stage = staging.Stage(tmp_path / "stage", part_rows=3_000)
    for _ in range(4):
        stage.add(_table(2_000, stage.mark))
    written = [
        staging.publish(part, mark=stage.mark, batch=41, segments=tmp_path / "segments", source="shop")
        for part in stage.finish()
    ]
    assert [each.rows for each in written] == [4_000, 4_000]
    for each in written:
        path = tmp_path / "segments" / each.path
        assert set(pq.read_table(path)["batch"].to_pylist()) == {41}
        statistics = pq.ParquetFile(path).metadata.row_group(0).column(1).statistics
        assert (statistics.min, statistics.max) == (41, 41)
        assert stage.mark.to_bytes(8, "little") not in path.read_bytes()
    assert list((tmp_path / "stage").iterdir()) == []


def test_a_file_that_does_not_read_back_is_refused(tmp_path: Path) -> None:
    stage = staging.Stage(tmp_path / "stage")
    stage.add(_table(10, stage.mark))
    (part,) = stage.finish()
    staging.stamp(part.path, mark=stage.mark, batch=5)
    with pytest.raises(staging.StampError):
        staging.stamp(part.path, mark=stage.mark, batch=6)
