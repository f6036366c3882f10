"""DuckDB, over a table that is stored in order, in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tools.peers.serving import Run, Ways, serve


def ways(folder: Path, told: dict[str, dict[str, tuple[str, int]]]) -> Ways:
    """Give the ways that were told as SQL."""
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar=false")
    connection.register("given", pa.ipc.open_file(pa.memory_map(str(folder / "log.arrow"))).read_all())
    connection.sql("create table log as select * from given order by row")

    def run(sql: str, threads: int) -> Run:
        def answer() -> Any:
            connection.sql(f"set threads={threads}")
            return connection.sql(sql).fetchall()

        return answer

    return {question: {name: run(*sql) for name, sql in each.items()} for question, each in told.items()}


def rows(_question: str, answer: Any) -> Any:
    """Lay an answer out."""
    return [list(map(_plain, row)) for row in answer]


def _plain(cell: Any) -> Any:
    return list(map(_plain, cell)) if isinstance(cell, list) else cell if isinstance(cell, int | None) else float(cell)


if __name__ == "__main__":
    serve(duckdb.__version__, lambda told: ways(Path(sys.argv[1]), told), rows)
