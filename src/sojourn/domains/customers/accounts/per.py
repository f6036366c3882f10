"""Which customers are one where a figure is told per account, household or company."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

import numpy as np
from django.conf import settings

from sojourn.domains.customers.contracts import HOLDING, AccountKind, Per
from sojourn.domains.customers.models import AccountClock, MemberRow
from sojourn.domains.privacy.contracts import Groups
from sojourn.kit.period import micros

KIND: Final = {
    Per.ACCOUNT: AccountKind.ACCOUNT,
    Per.HOUSEHOLD: AccountKind.HOUSEHOLD,
    Per.COMPANY: AccountKind.COMPANY,
}
EVER: Final = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)


def version() -> int:
    """Give the version of all accounts and of the rule for prospects; it grows with every change."""
    return AccountClock.objects.values_list("version", flat=True).first() or 0


def groups(per: Per) -> Groups | None:
    """Give who belongs to which account, household or company, and from when to when; None per customer.

    An account is its holders': who may only use it speaks for themselves.
    """
    if per is Per.CUSTOMER:
        return None
    return _groups(settings.SOJOURN.data.as_posix(), KIND[per], version())


@lru_cache(maxsize=3)
def _groups(place: str, kind: AccountKind, version: int) -> Groups:
    rows = MemberRow.objects.filter(account__kind=kind.value)
    if kind is AccountKind.ACCOUNT:
        rows = rows.filter(role__in=[each.value for each in HOLDING])
    columns = ("person", "account_id", "since", "until", "account__opened_on", "account__closed_on")
    found = [
        (person, account, max(_at(since, 0), _at(opened, 0)), min(_at(until, 1), _at(closed, 1)))
        for person, account, since, until, opened, closed in rows.values_list(*columns).iterator()
    ]
    table = np.array(found, np.int64).reshape(-1, 4)
    person, group, since_us, until_us = (np.ascontiguousarray(table[:, at]) for at in range(4))
    return Groups(kind=kind.value, version=version, person=person, group=group, since_us=since_us, until_us=until_us)


def _at(day: date | None, side: int) -> int:
    """Give the first instant of a day (UTC), or one that is before or after all."""
    return EVER[side] if day is None else micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
