"""A state in PostgreSQL: every table as COPY writes it, all within one snapshot (REPEATABLE READ), without other tools.

Bringing it back makes the tables by the migrations that the backup had, so that an older backup needs no older program,
fills them in one transaction, and leaves a marker until whoever restores is done: what is not empty and has no such
marker is never touched.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from sojourn.domains.collection.snapshots.words import BATCH, SEGMENTS, Snapshot
from sojourn.kit import durable, queue
from sojourn.kit.errors import ConflictError, InvalidError
from sojourn.kit.unpacking import DATABASE, NotEmptyError
from sojourn.kit.vault import Kept, Manifest, Vault

MARKER: Final = "sojourn_restoring"  # the table that says which backup is being brought back
TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
COLUMNS: Final = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position
"""
SEQUENCES: Final = """
SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


def take(found: Vault) -> Snapshot:
    """Put every table into the vault as it is at one moment."""
    with _moment() as cursor:
        files, tables, columns = [], {}, {}
        for table in _tables(cursor):
            columns[table] = _columns(cursor, table)
            files.append(found.put(f"{DATABASE}/{table}", io.BufferedReader(_Copied(_lines(cursor, table, columns)))))
            tables[table] = cursor.rowcount
        cursor.execute(SEGMENTS)
        segments = cursor.fetchall()
        cursor.execute(BATCH)
        batch = cursor.fetchone()
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = cursor.fetchall()
        cursor.execute(SEQUENCES)
        said = {"columns": columns, "migrations": migrations, "sequences": dict(cursor.fetchall())}
    return Snapshot(
        files=files, tables=tables, segments=segments, batch=batch[0] if batch else 0, said={DATABASE: said}
    )


def bring_back(opened: Vault, manifest: Manifest) -> None:
    """Fill an empty database with a backup's tables; safe to repeat after a kill, until `let_go`.

    Raise NotEmptyError, InvalidError for a backup of a newer version, and VaultError.
    """
    said = manifest.said[DATABASE]
    _claim(manifest.name)
    _make_tables([(app, name) for app, name in said["migrations"]])
    if any(table.startswith(queue.TABLES) for table in said["columns"]):
        queue.HueyQueue(settings.SOJOURN)  # no migration makes the tables of the jobs that wait
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        names = [table for table in _tables(cursor) if table != MARKER]
        # What migrations planted goes: it comes with the backup.
        cursor.execute(f"TRUNCATE {', '.join(map(_quoted, names))} RESTART IDENTITY")
        for kept in manifest.files:
            if kept.path.startswith(f"{DATABASE}/"):
                _fill(cursor, opened, kept, said["columns"], manifest.said["tables"])
        for sequence, last in said["sequences"].items():
            cursor.execute("SELECT setval(%s, %s)", [_quoted(sequence), last])


def let_go(name: str) -> None:
    """Take the marker of a backup that was brought back away; harmless when it is gone."""
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if _begun(cursor) == name:
            cursor.execute(f"DROP TABLE {MARKER}")


@contextmanager
def _moment() -> Iterator[Any]:
    """Give a cursor of a connection of its own that sees the database as it is now."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield cursor
    finally:
        connection.close()


def _lines(cursor: Any, table: str, columns: dict[str, list[str]]) -> Iterator[bytes]:
    with cursor.cursor.copy(f"COPY {_target(table, columns[table])} TO STDOUT") as stream:
        for part in stream:
            yield bytes(part)


def _fill(cursor: Any, opened: Vault, kept: Kept, columns: dict[str, list[str]], counts: dict[str, int]) -> None:
    table = kept.path.removeprefix(f"{DATABASE}/")
    if table not in _tables(cursor):
        raise InvalidError(f"The backup has a table {table}, which this version does not know.")
    with cursor.cursor.copy(f"COPY {_target(table, columns[table])} FROM STDIN") as stream:
        for piece in opened.pieces(kept):
            stream.write(piece)
    if cursor.rowcount != counts[table]:
        raise ConflictError(f"Table {table} has {cursor.rowcount} rows, and had {counts[table]}. Nothing was restored.")
    durable.reach("restore.table")


def _claim(name: str) -> None:
    """Make the marker in an empty database; empty one that a restore of the same backup has begun to fill."""
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        tables = _tables(cursor)
        if tables and _begun(cursor) != name:
            raise NotEmptyError(
                "The database of SOJOURN_DATABASE_URL is not empty. A restore never overwrites: make an empty one."
            )
        if tables:
            cursor.execute("DROP TABLE " + ", ".join(map(_quoted, tables)) + " CASCADE")
        cursor.execute(f"CREATE TABLE {MARKER} (backup text)")
        cursor.execute(f"INSERT INTO {MARKER} VALUES (%s)", [name])


def _make_tables(applied: list[tuple[str, str]]) -> None:
    """Migrate to what the backup had, and no further."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    graph = executor.loader.graph
    unknown = [f"{app}.{name}" for app, name in applied if (app, name) not in graph.nodes]
    if unknown:
        raise InvalidError(
            f"The backup was made by another version: it has {unknown[0]}, which this one does not know."
        )
    has = set(applied)
    ends = [
        each
        for each in applied
        if not any(child.key[0] == each[0] and child.key in has for child in graph.node_map[each].children)
    ]
    executor.migrate(ends)


def _begun(cursor: Any) -> str | None:
    if MARKER not in _tables(cursor):
        return None
    cursor.execute(f"SELECT backup FROM {MARKER}")
    return str(cursor.fetchone()[0])


def _tables(cursor: Any) -> list[str]:
    cursor.execute(TABLES)
    return [table for (table,) in cursor.fetchall()]


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(COLUMNS, [table])
    return [column for (column,) in cursor.fetchall()]


def _target(table: str, columns: list[str]) -> str:
    return f"{_quoted(table)} ({', '.join(map(_quoted, columns))})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class _Copied(io.RawIOBase):
    """What COPY gives, part by part, as something to read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._rest:
            try:
                self._rest = next(self._parts)
            except StopIteration:
                return 0
        some = self._rest[: len(into)]
        self._rest = self._rest[len(some) :]
        into[: len(some)] = some
        return len(some)
