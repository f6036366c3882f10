"""Looking through a SQLite database: its pages as they lie on disk, and the rows that do not fit into one page.

A value in a row lies in one piece unless the row flows over into further pages, so that the bytes of the file show
every small row, deleted rows and free pages included; rows that may flow over are read as SQLite reads them. While the
read transaction is open nothing can leave both the file and the write-ahead log ("WAL mode file format", sqlite.org).
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import pysqlite3

from sojourn.engine.scanning.raw import search_file
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look

BESIDE: Final = ("-wal", "-journal", "-shm")
MAGIC: Final = b"SQLite format 3\x00"
ROWS_AT_ONCE: Final = 2_000
BUSY_S: Final = 20.0


def look_at_sqlite(path: Path, look: Look, searcher: Searcher) -> None:
    """Count needles in a database that may be in use; raise OSError and pysqlite3.DatabaseError."""
    with closing(pysqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_S)) as database:
        database.text_factory = bytes
        database.execute("BEGIN")
        tables = [
            name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        search_file(path, look, searcher)
        for ending in BESIDE:
            beside = path.with_name(path.name + ending)
            if beside.exists():
                search_file(beside, look, searcher)
        for table in tables:
            _look_at_large_rows(database, table.decode(), look, searcher)


def _look_at_large_rows(database: pysqlite3.Connection, table: str, look: Look, searcher: Searcher) -> None:
    quoted = _quoted(table)
    page = database.execute("PRAGMA page_size").fetchone()[0]
    columns = [_quoted(row[1].decode()) for row in database.execute(f"PRAGMA table_info({quoted})")]
    look.rows += database.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]
    most = (page - 12) * 64 // 255 - 23 - 16 * len(columns)  # what surely stays in one page, also of an index
    size = " + ".join(f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in columns)
    rows = database.execute(f"SELECT * FROM {quoted} WHERE {size} > ?", [most])
    while some := rows.fetchmany(ROWS_AT_ONCE):
        values = (value for row in some for value in row if isinstance(value, bytes))
        searched = b"\x00".join(values)
        look.bytes += len(searched)
        searcher.count(searched, look.counts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
