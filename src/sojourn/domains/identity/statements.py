"""SQL of identity's bulk writes, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from django.db import connections, router

from sojourn.domains.identity.models import Identifier

IN_AT_ONCE: Final = 4_000  # below SQLite's and PostgreSQL's limit of parameters

ADD_IDENTIFIERS: Final = """
INSERT INTO identity_identifier (token, kind, blind, sealed) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
SET_LINKS: Final = """
INSERT INTO identity_link (person, customer) VALUES (%s, %s)
ON CONFLICT (person) DO UPDATE SET customer = excluded.customer
"""
DROP_LINKS: Final = "DELETE FROM identity_link WHERE person = %s"
ADD_EDGES: Final = """
INSERT INTO identity_edge (person, other, kind, event_id, at_us, decision, is_standing)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
SET_HOLDERS: Final = """
INSERT INTO identity_deviceholder (device, "user", person) VALUES (%s, %s, %s)
ON CONFLICT (device) DO UPDATE SET "user" = excluded."user", person = excluded.person
"""
SET_BLOCKED: Final = "UPDATE identity_identifier SET is_blocked = %s WHERE token = %s"
BLOCK: Final = "UPDATE identity_identifier SET is_blocked = TRUE WHERE token = %s"
ADD_CHANGES: Final = "INSERT INTO identity_linkchange (version, person, before, customer) VALUES (%s, %s, %s, %s)"
SET_TRAITS: Final = """
INSERT INTO identity_trait (person, name, sealed, blind, occurred_us, source) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (person, name) DO UPDATE SET
  sealed = excluded.sealed, blind = excluded.blind, occurred_us = excluded.occurred_us, source = excluded.source
WHERE excluded.occurred_us >= identity_trait.occurred_us
"""
# Words follow the trait only where this very value has become it: an older one that comes late changes nothing.
IS_NOW: Final = "EXISTS (SELECT 1 FROM identity_trait WHERE person = %s AND name = %s AND occurred_us = %s)"
DROP_WORDS: Final = f"DELETE FROM identity_traitword WHERE person = %s AND name = %s AND {IS_NOW}"
ADD_WORDS: Final = f"""
INSERT INTO identity_traitword (word, person, name) SELECT %s, %s, %s WHERE {IS_NOW} ON CONFLICT DO NOTHING
"""
ADD_TEXTS: Final = "INSERT INTO identity_text (id, person, name, sealed) VALUES (%s, %s, %s, %s)"
SET_COUNTER: Final = """
INSERT INTO identity_mapcounter (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


LAY_TOMBSTONES: Final = """
INSERT INTO identity_tombstone (digest, kind, erasure, laid_us) VALUES (%s, %s, %s, %s)
ON CONFLICT (digest) DO UPDATE SET erasure = excluded.erasure, laid_us = excluded.laid_us, lifted_us = NULL
"""


def blob(value: bytes) -> bytearray:
    """Give bytes as the SQLite driver binds them without asking for an adapter first: half the time of an insert."""
    return bytearray(value)


def write(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement once a row, inside the caller's transaction; pass many bytes as `blob`s."""
    if rows:
        with connections[router.db_for_write(Identifier)].cursor() as cursor:
            cursor.executemany(statement, rows)


def read(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a SELECT."""
    with connections[router.db_for_write(Identifier)].cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def read_in(sql: str, values: Sequence[Any], *before: Any) -> Iterator[tuple[Any, ...]]:
    """Run a SELECT that ends in `IN {}` over any number of values; `before` are those that stand before them."""
    for at in range(0, len(values), IN_AT_ONCE):
        some = values[at : at + IN_AT_ONCE]
        with connections[router.db_for_write(Identifier)].cursor() as cursor:
            cursor.execute(sql.format("(" + ",".join(["%s"] * len(some)) + ")"), [*before, *some])
            yield from cursor.fetchall()


def read_rows_in(sql: str, rows: Sequence[tuple[int, ...]]) -> Iterator[tuple[Any, ...]]:
    """Run a SELECT that ends in `IN {}`, of several columns, over any number of rows as wide."""
    for at in range(0, len(rows), IN_AT_ONCE):
        some = rows[at : at + IN_AT_ONCE]
        places = ",".join(["(" + ",".join(["%s"] * len(some[0])) + ")"] * len(some))
        with connections[router.db_for_write(Identifier)].cursor() as cursor:
            cursor.execute(sql.format(f"(VALUES {places})"), list(chain.from_iterable(some)))
            yield from cursor.fetchall()
