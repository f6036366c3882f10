"""Blind indexes of identifiers and traits, and the words of traits, made anew under the newest key.

Tokens stay what they are: events hold them, and nothing in a segment comes from a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.resolve import trait_blind
from sojourn.domains.identity.actions.words import write_words
from sojourn.domains.identity.models import Identifier
from sojourn.domains.identity.wording import words_of
from sojourn.kit import durable, sealing

AT_ONCE: Final = 500  # rows of one transaction under the write lock: some milliseconds
IDENTIFIERS: Final = (
    "SELECT token, kind, blind, sealed FROM identity_identifier WHERE token > %s ORDER BY token LIMIT %s"
)
TRAITS: Final = """
SELECT id, person, name, blind, sealed, occurred_us FROM identity_trait WHERE id > %s ORDER BY id LIMIT %s
"""
SET_IDENTIFIER: Final = "UPDATE identity_identifier SET blind = %s WHERE token = %s"
SET_TRAIT: Final = "UPDATE identity_trait SET blind = %s WHERE id = %s"
LOWEST: Final = -(1 << 63)
Rows = list[tuple[Any, ...]]


def reindex() -> int:
    """Make every index of identity anew under the newest key and give how many changed; safe to repeat and to kill."""
    sealer = sealing.sealer(settings.SOJOURN)
    return _walk(IDENTIFIERS, _identifiers, sealer) + _walk(TRAITS, _traits, sealer)


def _walk(sql: str, change: Callable[[Rows, sealing.Sealer], int], sealer: sealing.Sealer) -> int:
    after, count = LOWEST, 0
    while True:
        with collection.writing(), transaction.atomic(using=router.db_for_write(Identifier)):
            rows = statements.read(sql, [after, AT_ONCE])
            count += change(rows, sealer)
        durable.reach("reindex.some")
        if len(rows) < AT_ONCE:
            return count
        after = rows[-1][0]


def _identifiers(rows: Rows, sealer: sealing.Sealer) -> int:
    fresh = []
    for token, kind, blind, sealed in rows:
        digest = sealer.blind(kind, sealer.open(bytes(sealed), use="identifier").decode())
        if digest != bytes(blind):
            fresh.append((statements.blob(digest), token))
    statements.write(SET_IDENTIFIER, fresh)
    return len(fresh)


def _traits(rows: Rows, sealer: sealing.Sealer) -> int:
    fresh, told = [], []
    for number, person, name, blind, sealed, occurred_us in rows:
        value = sealer.open(bytes(sealed), use="trait")
        told.append((person, name, value, occurred_us))
        digest = trait_blind(name, value, sealer) if blind is not None else None
        if digest is not None and digest != bytearray(blind):
            fresh.append((digest, number))
    statements.write(SET_TRAIT, fresh)
    write_words(words_of(told, sealer))
    return len(fresh)
