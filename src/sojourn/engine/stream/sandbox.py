"""Free SQL over one extract, in a process of its own that sees nothing else.

DuckDB has no grants, so the walls stand around the process: it gets the extract's files as a view, no environment (and
so no key), and a connection without files, network, extensions or changes of settings; the operating system bounds its
time and memory.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from sojourn.kit.errors import InvalidError, SojournError

STATEMENT_MAX_CHARACTERS: Final = 100_000
MB: Final = 1_048_576
ROOM_MB: Final = 8_192  # address space beyond DuckDB's limit: libraries reserve far more than they use
REFUSED: Final = 3


class SqlError(InvalidError):
    """The statement cannot be run; the message is the database's own."""

    code = "sql"


class TooLongError(SojournError):
    """A statement took more time than it may."""

    code = "sql_too_long"
    status = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one statement may take."""

    rows: int
    seconds: int
    memory_mb: int
    threads: int = 1


def ask(statement: str, files: Sequence[Path], limits: Limits) -> pa.Table:
    """Run one SELECT over the view `events` of Parquet files; at most `limits.rows` + 1 rows come back.

    Raise SqlError for a statement that is not one SELECT or that the database refuses, TooLongError beyond the time.
    """
    if len(statement) > STATEMENT_MAX_CHARACTERS:
        raise SqlError(f"A statement has at most {STATEMENT_MAX_CHARACTERS:,} characters.")
    told = {"statement": statement, "files": [str(each) for each in files], "limits": asdict(limits)}
    command = [sys.executable, "-I", "-m", "sojourn.engine.stream.sandbox"]
    try:
        done = subprocess.run(
            command, input=json.dumps(told).encode(), capture_output=True, timeout=limits.seconds, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise TooLongError(f"The statement took more than {limits.seconds} s and was ended. Ask for less.") from None
    if done.returncode == -signal.SIGXCPU:
        raise TooLongError(f"The statement took more than {limits.seconds} s and was ended. Ask for less.")
    if done.returncode == REFUSED:
        raise SqlError(done.stderr.decode(errors="replace"))
    if done.returncode != 0:
        raise SqlError("The statement needed more memory than it may take. Ask for less.")
    with pa.ipc.open_stream(done.stdout) as reader:
        return reader.read_all()


def main() -> int:
    """Answer the statement that stands on standard input with an Arrow stream."""
    told = json.load(sys.stdin)
    limits = Limits(**told["limits"])
    most = (limits.memory_mb + ROOM_MB) * MB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    processor = limits.seconds * limits.threads + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))  # the first ends it with SIGXCPU
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import duckdb

    try:
        _answer(told["statement"], told["files"], limits)
    except (duckdb.Error, SqlError, pa.ArrowException) as error:
        sys.stderr.write(str(error).split("\n\nLINE")[0][:1_000])
        return REFUSED
    return 0


def _answer(statement: str, files: Sequence[str], limits: Limits) -> None:
    import duckdb
    import pyarrow.dataset as datasets

    pa.set_cpu_count(limits.threads)
    parsed = duckdb.extract_statements(statement)
    if len(parsed) != 1 or parsed[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise SqlError("Write one SELECT (or FROM, DESCRIBE, SUMMARIZE, EXPLAIN) over the table events.")
    connection = duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": f"{limits.memory_mb}MB",
            "threads": limits.threads,
            "temp_directory": "",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("events", datasets.dataset(files, format="parquet"))
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    found: pa.RecordBatchReader = connection.execute(parsed[0]).to_arrow_reader(10_000)
    with pa.ipc.new_stream(pa.PythonFile(sys.stdout.buffer, mode="w"), found.schema) as out:
        left = limits.rows + 1
        for batch in found:
            out.write_batch(batch.slice(0, left))
            left -= min(left, batch.num_rows)
            if not left:
                break


if __name__ == "__main__":
    sys.exit(main())
