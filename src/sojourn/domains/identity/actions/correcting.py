"""Correcting what is known about a person because they asked for it."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.identity.actions.resolve import resolver
from sojourn.domains.identity.models import Trait as TraitRow
from sojourn.engine.stream.claims import Claims, Trait


def correct(*, person: int, traits: Mapping[str, object], source: str) -> None:
    """Set traits of a person as of now; the words by which they are found follow. Doing it again is harmless."""
    now_us = time.time_ns() // 1_000
    nothing: list[str | None] = [None]
    claims = Claims(
        user=nothing,
        anonymous=nothing,
        agent=nothing,
        case=nothing,
        groups=nothing,
        given={0: person},
        traits=[Trait(0, name, msgspec.json.encode(value), now_us, None, source) for name, value in traits.items()],
    )
    with collection.writing():
        resolved = resolver().resolve(claims)
        with transaction.atomic(using=router.db_for_write(TraitRow)):
            resolved.write()
