"""What persons have said about purposes, as the door needs it."""

from __future__ import annotations

from django.db import connections, router

from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.models import ConsentEpoch, ConsentWord
from sojourn.engine.kernels.words import Int64s

LATEST = (
    "SELECT person, allowed FROM privacy_consentword AS word WHERE purpose = %s AND id = ("
    "SELECT id FROM privacy_consentword WHERE purpose = word.purpose AND person = word.person "
    "ORDER BY said_us DESC, id DESC LIMIT 1)"
)
FEW = 900  # persons named in one statement


def epoch() -> int:
    """Give the number that grows with every change of consents."""
    return ConsentEpoch.objects.filter(pk=1).values_list("value", flat=True).first() or 0


def words(purpose: Purpose) -> list[tuple[int, bool]]:
    """List each person's latest word on a purpose; nothing where words do not count."""
    if not rules.can_refuse(purpose):
        return []
    with connections[router.db_for_read(ConsentWord)].cursor() as cursor:
        cursor.execute(LATEST, [purpose.value])
        return [(person, bool(allowed)) for person, allowed in cursor.fetchall()]


def words_of(purpose: Purpose, persons: Int64s) -> list[tuple[int, bool]]:
    """List the latest word on a purpose of each of some persons who said one."""
    if len(persons) > FEW:
        wanted = set(persons.tolist())
        return [(person, allowed) for person, allowed in words(purpose) if person in wanted]
    if not rules.can_refuse(purpose) or not len(persons):
        return []
    marks = ", ".join(["%s"] * len(persons))
    with connections[router.db_for_read(ConsentWord)].cursor() as cursor:
        cursor.execute(f"{LATEST} AND person IN ({marks})", [purpose.value, *persons.tolist()])
        return [(person, bool(allowed)) for person, allowed in cursor.fetchall()]
