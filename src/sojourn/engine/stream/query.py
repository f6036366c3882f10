"""SQL over segments: an embedded DuckDB that keeps to its limits and loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sojourn.engine.stream.schema import SCHEMA
from sojourn.engine.stream.words import COLUMNS
from sojourn.kit import durable
from sojourn.kit.errors import SojournError

ARROW_ROWS = 128 * 1024
Connection = duckdb.DuckDBPyConnection


class UnreadableError(SojournError):
    """A segment is damaged or missing, or its disk fails."""

    code = "unreadable_segment"
    status = 503

    def __init__(self) -> None:  # no word of the cause: it would name files of this machine
        super().__init__(
            "A part of the event store cannot be read. Nothing was changed; `sojourn doctor` names the file."
        )


@contextmanager
def session(
    paths: Sequence[Path], *, temporary: Path, memory_limit_mb: int = 1_024, threads: int = 1
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in which the view `events` is the union of the segments given.

    Columns that an older segment lacks read as NULL; no segments give an empty view. Spills go encrypted to
    `temporary`. Raise UnreadableError when a segment cannot be read, inside the block too.
    """
    connection = connected(temporary=temporary, memory_limit_mb=memory_limit_mb, threads=threads)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE VIEW events AS {source_sql(paths)}")
        yield connection
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise UnreadableError from error
    finally:
        connection.close()


def connected(*, temporary: Path | None, memory_limit_mb: int, threads: int) -> Connection:
    """Open an empty database in memory, for the caller to close; spills go encrypted to `temporary`.

    Without an extension that would have to be downloaded, DuckDB encrypts by mbedTLS, whose random numbers it calls
    unsafe; without leave it writes nothing and a query that spills fails. A spill lives as long as its
    query, under a key that is only in memory. None for rows that say who somebody is: nothing is spilled then, and a
    query that needs more memory raises `duckdb.OutOfMemoryException`.
    """
    if temporary is not None:
        durable.make_folder(temporary)
    return duckdb.connect(
        config={
            "memory_limit": f"{memory_limit_mb}MB",
            "threads": threads,
            "temp_directory": "" if temporary is None else str(temporary),
            "temp_file_encryption": True,
            "force_mbedtls_unsafe": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
    )


def source_sql(paths: Sequence[Path]) -> str:
    """Write the SELECT that reads segments, all columns of the schema."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    if not paths:
        empty = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in COLUMNS.items())
        return f"SELECT {empty} LIMIT 0"
    listed = ", ".join(_quoted(path) for path in paths)
    return f"SELECT {names} FROM read_parquet([{listed}], union_by_name = true)"


def batches(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()
) -> Iterator[pa.RecordBatch]:
    """Run a query and give its rows as Arrow batches, without holding them all."""
    # `sql` and not `execute`: the latter copies every batch once more.
    relation = connection.sql(sql, params=list(parameters)) if parameters else connection.sql(sql)
    yield from relation.to_arrow_reader(ARROW_ROWS)


def events(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[pa.Table]:
    """Run a query that gives all columns of the stream and bring each part to the stream's schema."""
    for each in batches(connection, sql, parameters):
        yield pa.table([each.column(field.name).cast(field.type) for field in SCHEMA], schema=SCHEMA)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
