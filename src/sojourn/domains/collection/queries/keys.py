"""What the master keys seal: how much is under the newest, and what still waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connections, router

from sojourn.domains.collection.contracts import Encryption, SealedCount
from sojourn.domains.collection.queries.manifest import position
from sojourn.engine.stream.spool import Position, SpoolReader
from sojourn.kit import sealed, sealing


@dataclass(frozen=True)
class SealedTable:
    """A column of sealed values and the SQL, for SQLite and PostgreSQL, that finds and replaces those of older keys."""

    column: sealed.SealedColumn
    database: str
    first: str
    following: str
    replace: str
    count: str


def tables() -> Iterator[SealedTable]:
    """Give every column that rooms have named (`kit.sealed`)."""
    for column in sealed.COLUMNS.values():
        model = apps.get_model(column.model)
        table, key, name = model._meta.db_table, model._meta.pk.column, column.column
        old = f'"{name}" IS NOT NULL AND substr("{name}", 1, {sealing.PREFIX_BYTES}) <> %s'
        select = f'SELECT "{key}", "{name}" FROM "{table}" WHERE {old}'
        yield SealedTable(
            column=column,
            database=router.db_for_write(model),
            first=f'{select} ORDER BY "{key}" LIMIT %s',
            following=f'{select} AND "{key}" > %s ORDER BY "{key}" LIMIT %s',
            replace=f'UPDATE "{table}" SET "{name}" = %s WHERE "{key}" = %s AND "{name}" = %s',
            count=f'SELECT count("{name}"), coalesce(sum(CASE WHEN {old} THEN 1 ELSE 0 END), 0) FROM "{table}"',
        )


def encryption() -> Encryption:
    """Say which keys there are and what each column still waits for; raise SealingError."""
    place = settings.SOJOURN
    sealer = sealing.sealer(place)
    columns = tuple(_counted(table, sealer.prefix) for table in tables())
    older = {each.name for each in sealer.older}
    indexes = [] if sealer.is_indexed else ["blind indexes"]
    in_spool = SpoolReader(place.spool, sealer).keys_in_use(Position(*position())) & older
    waiting = [f"{each.waiting} of {each.name}" for each in columns if each.waiting]
    return Encryption(
        newest=sealer.newest.name.hex(),
        older=tuple(each.name.hex() for each in sealer.older),
        is_in_environment=bool(place.key),
        seconds_old=seconds_old(),
        columns=columns,
        waits_for=", ".join(waiting + indexes + (["events in the spool"] if in_spool else [])),
    )


def seconds_old() -> float:
    """Say how long ago the newest key came."""
    place = settings.SOJOURN
    return SETTLED if place.key else max(0.0, time.time() - place.keys_file.stat().st_mtime)


SETTLED = 1e9  # keys of the environment are there since the processes are


def _counted(table: SealedTable, prefix: bytes) -> SealedCount:
    with connections[table.database].cursor() as cursor:
        cursor.execute(table.count, [prefix])
        values, waiting = cursor.fetchone()
    return SealedCount(name=f"{table.column.model}.{table.column.column}", values=int(values), waiting=int(waiting))
