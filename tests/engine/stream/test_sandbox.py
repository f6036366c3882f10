"""SQL in a process that sees one extract and nothing else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sojourn.engine.stream import sandbox
from sojourn.engine.stream.sandbox import Limits, SqlError, TooLongError

LIMITS = Limits(rows=10, seconds=30, memory_mb=512)


@pytest.fixture
def extract(tmp_path: Path) -> list[Path]:
    file = tmp_path / "events.parquet"
    pq.write_table(pa.table({"customer": [1, 1, 2], "name": ["Opened", "Paid", "Opened"]}), file)
    return [file]


def test_a_select_is_answered(extract: list[Path]) -> None:
    found = sandbox.ask("SELECT name, count(*) AS n FROM events GROUP BY name ORDER BY name", extract, LIMITS)
    assert found.to_pylist() == [{"name": "Opened", "n": 2}, {"name": "Paid", "n": 1}]


def test_more_rows_than_allowed_are_told_by_one_more(extract: list[Path]) -> None:
    assert sandbox.ask("SELECT * FROM events, range(100)", extract, LIMITS).num_rows == LIMITS.rows + 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '{file}'",
        "COPY events TO '{file}.csv'",
        "ATTACH '{file}.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "CREATE TABLE kept AS SELECT * FROM events",
        "SELECT 1; SELECT 2",
        "SELECT * FROM connection",
        "SELECT",
        "",
        "SELECT nothing FROM events",
        "SELECT * FROM events WHERE name = \x00",
    ],
)
def test_nothing_else_is_reached(extract: list[Path], statement: str) -> None:
    before = sorted(extract[0].parent.iterdir())
    with pytest.raises(SqlError) as refused:
        sandbox.ask(statement.replace("{file}", str(extract[0])), extract, LIMITS)
    assert str(refused.value)
    assert sorted(extract[0].parent.iterdir()) == before


def test_the_environment_is_not_there(extract: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_KEY", "a secret")
    with pytest.raises(SqlError):
        sandbox.ask("SELECT getenv('SOJOURN_KEY')", extract, LIMITS)


def test_a_statement_without_end_is_ended(extract: list[Path]) -> None:
    endless = "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b"
    with pytest.raises(TooLongError):
        sandbox.ask(endless, extract, Limits(rows=10, seconds=2, memory_mb=512))


def test_a_statement_without_bound_is_refused(extract: list[Path]) -> None:
    large = "SELECT list(range) FROM range(2000000000)"
    with pytest.raises((SqlError, TooLongError)):
        sandbox.ask(large, extract, Limits(rows=10, seconds=20, memory_mb=128))
