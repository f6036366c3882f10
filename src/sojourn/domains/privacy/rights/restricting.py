"""Restriction: persons who are read for a legal duty only, because they asked for it or a hold keeps the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import router, transaction
from django.db.models import F
from django.utils import timezone

from sojourn.domains.privacy.models import ConsentEpoch
from sojourn.domains.privacy.tables.rights import Restriction

REQUEST, HOLD = "request", "hold"
AT_ONCE = 500


def hold(*, persons: Iterable[int], until: date, erasure: int | None = None, request: int | None = None) -> None:
    """Lock what a legal duty keeps of persons until it ends, inside the caller's transaction."""
    _add(persons, reason=HOLD, erasure=erasure, request=request, until=until)


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


def due(*, today: date) -> list[tuple[int, ...]]:
    """List the customers whose hold has ended, as their persons."""
    found: dict[tuple[int | None, int | None], list[int]] = {}
    rows = Restriction.objects.filter(reason=HOLD, until__lte=today).order_by("erasure", "request", "person")
    for erasure, request, person in rows.values_list("erasure", "request", "person"):
        found.setdefault((erasure, request), []).append(person)
    return [tuple(persons) for persons in found.values()]


def end_holds(*, persons: Sequence[int], today: date) -> None:
    """Let what holds lock of persons be erased by the next night, inside the caller's transaction."""
    Restriction.objects.filter(person__in=list(persons), reason=HOLD, until__gt=today).update(until=today)


def end(*, persons: Sequence[int]) -> None:
    """Leave persons locked whose hold has ended, until the erasure that is asked for now lets go of them."""
    Restriction.objects.filter(person__in=list(persons), reason=HOLD).update(until=None)


def prolong(*, persons: Sequence[int], until: date) -> None:
    """Leave persons locked until a later day, for the same request or erasure as before."""
    Restriction.objects.filter(person__in=list(persons), reason=HOLD).update(until=until)


def locked(persons: Sequence[int]) -> frozenset[int]:
    """Say which of some persons are locked because a hold or duty keeps what is left of them."""
    found: set[int] = set()
    for at in range(0, len(persons), AT_ONCE):
        rows = Restriction.objects.filter(person__in=persons[at : at + AT_ONCE], reason=HOLD)
        found.update(rows.values_list("person", flat=True))
    return frozenset(found)


def next_epoch() -> None:
    """Let every cached answer be made anew."""
    ConsentEpoch.objects.get_or_create(pk=1)
    ConsentEpoch.objects.filter(pk=1).update(value=F("value") + 1)


def _add(persons: Iterable[int], *, reason: str, **more: object) -> None:
    now = timezone.now()
    for person in persons:
        Restriction.objects.update_or_create(person=person, reason=reason, defaults={"since": now, **more})
    next_epoch()
