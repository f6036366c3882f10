"""Restriction: persons who are read for a legal duty only, because they asked for it or a hold keeps the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import router, transaction
from django.db.models import F
from django.utils import timezone

from sojourn.domains.privacy.models import ConsentEpoch
from sojourn.domains.privacy.rights_tables import Restriction

REQUEST, HOLD = "request", "hold"
AT_ONCE = 500


def hold(*, persons: Iterable[int], erasure: int, until: date) -> None:
    """Lock what a legal duty keeps of persons until it ends, inside the caller's transaction."""
    _add(persons, reason=HOLD, erasure=erasure, until=until)


def restrict(*, persons: Iterable[int], request: int | None) -> None:
    """Lock persons because they asked for it."""
    with transaction.atomic(using=router.db_for_write(Restriction)):
        _add(persons, reason=REQUEST, request=request)


def lift(*, persons: Sequence[int]) -> int:
    """Let persons be read again who had asked not to be; what a hold locks stays locked. Give how many there were."""
    with transaction.atomic(using=router.db_for_write(Restriction)):
        gone = Restriction.objects.filter(person__in=list(persons), reason=REQUEST).delete()[0]
        next_epoch()
    return int(gone)


def forget(*, persons: Sequence[int]) -> None:
    """Delete the restrictions of erased persons."""
    with transaction.atomic(using=router.db_for_write(Restriction)):
        for at in range(0, len(persons), AT_ONCE):
            Restriction.objects.filter(person__in=persons[at : at + AT_ONCE]).delete()
        next_epoch()


def restricted() -> tuple[int, ...]:
    """List the persons who are read for a legal duty only, sorted."""
    return tuple(sorted(set(Restriction.objects.values_list("person", flat=True))))


def due(*, today: date) -> dict[int, tuple[int, ...]]:
    """Give the persons whose hold has ended by the erasure that left them."""
    found: dict[int, list[int]] = {}
    rows = Restriction.objects.filter(reason=HOLD, until__lte=today).order_by("erasure", "person")
    for erasure, person in rows.values_list("erasure", "person"):
        if erasure is not None:
            found.setdefault(erasure, []).append(person)
    return {erasure: tuple(persons) for erasure, persons in found.items()}


def next_epoch() -> None:
    """Let every cached answer be made anew."""
    ConsentEpoch.objects.get_or_create(pk=1)
    ConsentEpoch.objects.filter(pk=1).update(value=F("value") + 1)


def _add(persons: Iterable[int], *, reason: str, **more: object) -> None:
    now = timezone.now()
    for person in persons:
        Restriction.objects.update_or_create(person=person, reason=reason, defaults={"since": now, **more})
    next_epoch()
