"""What the desk holds of persons, told and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import router, transaction

from sojourn.domains.collection.contracts import Keep
from sojourn.domains.privacy.desk import packages
from sojourn.domains.privacy.rights import holds
from sojourn.domains.privacy.tables.rights import RequestRow
from sojourn.domains.privacy.words.rights import RequestKind, RequestState

CONTACT_KEPT: Final = timedelta(days=90)  # after the answer: for questions about it
AT_ONCE: Final = 500


def forget_requests(*, persons: Sequence[int]) -> None:
    """Forget the packages of erased persons, and whose their other requests and holds were."""
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        for at in range(0, len(persons), AT_ONCE):
            some = persons[at : at + AT_ONCE]
            packages.forget(customers=some)
            holds.forget(persons=some)
            rows = RequestRow.objects.filter(customer__in=some)
            rows.exclude(kind=RequestKind.ERASURE, state=RequestState.WORKING).update(contact=None)
            rows.update(customer=None)


def forget_packages(persons: tuple[int, ...], keep: Keep) -> None:
    """Forget the packages of persons of whom a legal duty keeps something."""
    packages.forget(customers=persons)


def sweep(*, now: datetime) -> None:
    """Delete packages whose time is over, and forget who asked some time after the answer."""
    packages.sweep(now=now)
    old = RequestRow.objects.filter(state=RequestState.CLOSED, closed_at__lt=now - CONTACT_KEPT)
    old.exclude(contact=None).update(contact=None)
