"""The scan of every store for what is left of somebody, which proves itself before it says that nothing is."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import connections, router, transaction

from sojourn.engine.scanning.folder import gathered, scan_folder
from sojourn.engine.scanning.probing import markers, probe
from sojourn.engine.scanning.raw import look_at_file
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look, Needles, StoreScan
from sojourn.kit import sealed, sealing
from sojourn.kit.errors import SojournError

BACKUPS: Final = "backups"
ROWS_AT_ONCE: Final = 5_000
DATABASE: Final = "database"
KIND_OF_STORE: Final = {
    "segments": "segments",
    "spool": "spool",
    "state": DATABASE,
    "stream": DATABASE,
    "jobs": DATABASE,
}


class UnprovenError(SojournError):
    """The scan did not find its own markers in a store, or could not read it whole: it proves nothing."""

    code = "scan_unproven"
    status = 500


class Scan:
    """What the stores hold of what was looked for; findings are numbers of needles, never the needles."""

    def __init__(self, stores: dict[str, StoreScan]) -> None:
        self.stores = tuple(stores[name] for name in sorted(stores))

    @property
    def found(self) -> dict[str, int]:
        """Count the findings by store."""
        return {each.store: sum(each.found.values()) for each in self.stores if each.found}

    def is_clean(self) -> bool:
        """Say that nothing was found; raise UnprovenError when a store was not read whole or hid its marker."""
        for each in self.stores:
            if not each.is_probed:
                raise UnprovenError(f"The scan did not find its marker in a store like {each.store}.")
            if each.unread:
                raise UnprovenError(f"The scan could not read {each.store}: {each.unread[0]}.")
        return not self.found


def scan(needles: Needles, *, kept: bool = False, also: Iterable[Path] = (), with_backups: bool = False) -> Scan:
    """Look through every store of this installation, decoded, for texts and tokens.

    Sealed values that only pass through (quarantine, outbox) are opened; those kept of known persons too with `kept`.
    `also` are files elsewhere, such as logs. Backups are left out unless told otherwise: they keep a person until they
    expire. A marker is planted in a store of each kind first; `Scan.is_clean` refuses to answer where it was not found.
    """
    place = settings.SOJOURN
    sealer, searcher = sealing.sealer(place), Searcher(needles)
    proven = _proven(sealer)
    stores = scan_folder(
        place.data,
        searcher,
        sealer,
        threads=place.kernel_threads + 1,
        without=() if with_backups else (BACKUPS,),
    )
    looks = [*_opened(searcher, sealer, kept=kept), *_postgres_tables(searcher), *_files(also, searcher)]
    for name, each in stores.items():
        each.is_probed = KIND_OF_STORE.get(name, "files") in proven
    others = gathered(looks)
    for name, each in others.items():
        each.is_probed = name in proven or ("files" in proven and name == "other places")
    return Scan(stores | others)


def _proven(sealer: sealing.Sealer) -> set[str]:
    """Plant markers in stores written as ours are and name those in which they are found again."""
    with _scratch() as scratch:
        found = set(probe(scratch, sealer))
    planted = markers()
    text = planted.texts[0].encode() + planted.tokens[0].to_bytes(8, "big", signed=True)
    searcher = Searcher(planted)
    for column in sealed.COLUMNS.values():
        with _temporary_table(column) as table:
            _insert(column, table, sealer.seal(text, use=column.use))
            look = Look(column.store, table, searcher.zeros())
            _open_column(column, table, look, searcher, sealer)
            if look.counts.all():
                found.add(column.store)
    found |= _proven_postgres(planted)
    return found


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = settings.SOJOURN.temporary / f"scan-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(searcher: Searcher, sealer: sealing.Sealer, *, kept: bool) -> Iterator[Look]:
    for column in sealed.COLUMNS.values():
        if kept or not column.is_kept:
            table = _model(column)._meta.db_table
            look = Look(column.store, table, searcher.zeros())
            _open_column(column, table, look, searcher, sealer)
            yield look


def _open_column(
    column: sealed.SealedColumn, table: str, look: Look, searcher: Searcher, sealer: sealing.Sealer
) -> None:
    failed = 0
    with connections[_database(column)].chunked_cursor() as cursor:
        cursor.execute(f'SELECT "{column.column}" FROM "{table}" WHERE "{column.column}" IS NOT NULL')
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            opened = []
            for (value,) in rows:
                try:
                    opened.append(sealer.open(bytes(value), use=column.use))
                except sealing.SealingError:
                    failed += 1
            joined = b"\x00".join(opened)
            look.bytes, look.rows = look.bytes + len(joined), look.rows + len(rows)
            searcher.count(joined, look.counts)
    if failed:
        look.unread = f"{failed} values cannot be opened"


@contextmanager
def _temporary_table(column: sealed.SealedColumn) -> Iterator[str]:
    """Make a temporary table like a column's own; it goes, and no row of the real one is touched."""
    name = f"scan_{uuid.uuid4().hex}"
    table = _model(column)._meta.db_table
    with connections[_database(column)].cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE {name} AS SELECT * FROM "{table}" WHERE 1 = 0')
        try:
            yield name
        finally:
            cursor.execute(f"DROP TABLE {name}")


def _insert(column: sealed.SealedColumn, table: str, value: bytes) -> None:
    with connections[_database(column)].cursor() as cursor:
        cursor.execute(f'INSERT INTO {table} ("{column.column}") VALUES (%s)', [value])


def _model(column: sealed.SealedColumn) -> Any:
    return apps.get_model(column.model)


def _database(column: sealed.SealedColumn) -> str:
    return router.db_for_read(_model(column))


def _postgres_tables(searcher: Searcher) -> Iterator[Look]:
    """Read all tables of a PostgreSQL state, in the form that holds every value as it is."""
    for connection in connections.all():
        if connection.vendor != "postgresql":
            continue
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
            for (table,) in cursor.fetchall():
                look = Look(DATABASE, table, searcher.zeros())
                _copy(cursor, table, look, searcher)
                yield look


def _proven_postgres(planted: Needles) -> set[str]:
    searcher = Searcher(planted)
    for connection in connections.all():
        if connection.vendor == "postgresql":
            name = f"scan_{uuid.uuid4().hex}"
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE TEMPORARY TABLE {name} (token bigint, value text, raw bytea)")
                text = planted.texts[0]
                cursor.execute(f"INSERT INTO {name} VALUES (%s, %s, %s)", [planted.tokens[0], text, text.encode()])
                look = Look(DATABASE, name, searcher.zeros())
                _copy(cursor, name, look, searcher)
                cursor.execute(f"DROP TABLE {name}")
            return {DATABASE} if look.counts.tolist() == [2, 1] else set()
    return set()


def _copy(cursor: Any, table: str, look: Look, searcher: Searcher) -> None:
    tail = b""
    with cursor.cursor.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as stream:
        for part in stream:
            chunk = bytes(part)
            searcher.count(tail + chunk, look.counts, after=len(tail))
            look.bytes, look.rows = look.bytes + len(chunk), look.rows + 1
            tail = (tail + chunk)[-searcher.longest :]


def _files(paths: Iterable[Path], searcher: Searcher) -> Iterator[Look]:
    for path in paths:
        look = Look("other places", path.name, searcher.zeros())
        try:
            look_at_file(path, look, searcher)
        except OSError as error:
            look.unread = type(error).__name__
        yield look
