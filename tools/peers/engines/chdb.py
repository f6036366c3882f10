"""chDB, ClickHouse in this process, over a MergeTree table stored in order; runs in its own environment.

Narrow columns (customers and rows of 32 bits) were quicker than wide ones, and a table on disk, read from the page
cache, than one in memory: only a MergeTree lets rows of a customer be brought together without a hash table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import chdb
from chdb import session

from tools.peers.serving import Run, Ways, serve

TABLE = """
    create table log (customer UInt32 codec(NONE), t Int64 codec(NONE), event UInt8 codec(NONE), row UInt32 codec(NONE))
    engine = MergeTree order by (customer, row);
    insert into log select * from file('{}', Arrow) order by row;
    optimize table log final
"""
SETTINGS = "max_threads={}, optimize_aggregation_in_order=1, output_format_json_quote_64bit_integers=0"


def ways(folder: Path, told: dict[str, dict[str, tuple[str, int]]]) -> Ways:
    """Give the ways that were told as SQL."""
    opened = session.Session(str(folder / "chdb"))
    opened.query("create database bench engine = Atomic")
    opened.query("use bench")
    for statement in TABLE.format(folder / "log.arrow").split(";"):
        opened.query(statement)

    def run(sql: str, threads: int) -> Run:
        *before, last = (f"{statement} settings {SETTINGS.format(threads)}" for statement in sql.split(";"))

        def answer() -> str:
            for statement in before:
                opened.query(statement)
            return str(opened.query(last, "JSONCompactEachRow"))

        return answer

    return {question: {name: run(*sql) for name, sql in each.items()} for question, each in told.items()}


def rows(_question: str, answer: str) -> Any:
    """Lay an answer out."""
    return [json.loads(line) for line in answer.splitlines()]


if __name__ == "__main__":
    serve(chdb.__version__, lambda told: ways(Path(sys.argv[1]), told), rows)
