"""How far stored traits have what a newer version writes with them at once."""

from __future__ import annotations

from typing import Final

from sojourn.domains.identity.models import MapCounter, Trait

ALL_DONE: Final = -1
CONTACTS, VALUES = "contacts", "values"  # counters: traits up to this id are done, or ALL_DONE


def behind() -> tuple[str, ...]:
    """Name what is left: who holds which mail and phone (`contacts`), digests to list customers by (`values`)."""
    done = dict(MapCounter.objects.filter(name__in=(CONTACTS, VALUES)).values_list("name", "value"))
    newest = Trait.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return tuple(name for name in (CONTACTS, VALUES) if done.get(name, 0) != ALL_DONE and newest > done.get(name, 0))
