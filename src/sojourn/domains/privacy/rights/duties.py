"""Statutory duties: what the law has us keep of somebody who asks to be erased, as data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import pyarrow as pa
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import hooks
from sojourn.domains.privacy.door.stream import fetching
from sojourn.domains.privacy.rights.deadlines import ends_on
from sojourn.domains.privacy.tables.rights import HoldRule
from sojourn.domains.privacy.words.rights import AccountKind, Duty, KeptBack, Span
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MONTHS_MAX: Final = 1_200
NAMES_MAX: Final = 200
LAST: Final = (
    "SELECT name, max(occurred_at) FROM events WHERE person IN (SELECT person FROM theirs) GROUP BY name ORDER BY name"
)


def kept_back(*, persons: Sequence[int], today: date) -> tuple[KeptBack, ...]:
    """Say what statutory duties keep of a customer today; nothing where none applies or all have run out.

    A duty counts from the last of the events that end the relationship. While none has happened it counts from the day
    on which the last account of its kinds was closed; while there is none, or one is open, from today.
    """
    rules = list(HoldRule.objects.filter(is_active=True).order_by("name"))
    if not rules:
        return ()
    last = _last_by_name(persons)
    traits = {each.name for each in identity.traits_of(persons)}
    held = _accounts_of(persons)
    found = []
    for rule in rules:
        accounts = {kind: held[kind] for kind in map(AccountKind, rule.accounts) if kind in held}
        if not last.keys() & set(rule.events) and not traits & set(rule.traits) and not accounts:
            continue
        ended = [last[name].date() for name in rule.ends if name in last] or _closed(list(accounts.values()))
        until = ends_on(max(ended, default=today), Span(months=rule.months), rolls=False)
        if until > today:
            found.append(
                KeptBack(
                    rule=rule.name,
                    title=rule.title,
                    law=rule.law,
                    events=tuple(rule.events),
                    traits=tuple(rule.traits),
                    until=until,
                    accounts=tuple(accounts),
                )
            )
    return tuple(found)


def listed(*, viewer: Viewer) -> tuple[Duty, ...]:
    """List the statutory duties, by name; raise ForbiddenError."""
    viewer.require(Right.RETENTION_READ)
    return duties()


def duties() -> tuple[Duty, ...]:
    """Give the statutory duties, by name."""
    return tuple(
        Duty(
            name=row.name,
            title=row.title,
            law=row.law,
            events=tuple(row.events),
            traits=tuple(row.traits),
            ends=tuple(row.ends),
            months=row.months,
            accounts=tuple(map(AccountKind, row.accounts)),
            is_active=row.is_active,
            saved_by=row.saved_by,
        )
        for row in HoldRule.objects.order_by("name")
    )


def save_duty(*, duty: Duty, viewer: Viewer) -> Duty:
    """Write down a statutory duty, in the place of one of its name; audited. Raise ForbiddenError, InvalidError."""
    viewer.require(Right.RETENTION_MANAGE)
    _check(duty)
    with transaction.atomic(using=router.db_for_write(HoldRule)):
        HoldRule.objects.update_or_create(
            name=duty.name,
            defaults={
                "title": duty.title.strip(),
                "law": duty.law.strip(),
                "events": list(duty.events),
                "traits": list(duty.traits),
                "accounts": [kind.value for kind in duty.accounts],
                "ends": list(duty.ends),
                "months": duty.months,
                "is_active": duty.is_active,
                "saved_by": viewer.name,
                "saved_at": timezone.now(),
            },
        )
        access.audit(viewer=viewer, what="duty.save", on=f"duty:{duty.name}", months=str(duty.months), law=duty.law)
    return next(each for each in duties() if each.name == duty.name)


def delete_duty(*, name: str, viewer: Viewer) -> None:
    """Take a statutory duty back; what it keeps already stays until its date. Raise ForbiddenError, NotFoundError."""
    viewer.require(Right.RETENTION_MANAGE)
    with transaction.atomic(using=router.db_for_write(HoldRule)):
        if not HoldRule.objects.filter(name=name).delete()[0]:
            raise NotFoundError("There is no duty of this name.")
        access.audit(viewer=viewer, what="duty.delete", on=f"duty:{name}")


def _last_by_name(persons: Sequence[int]) -> dict[str, datetime]:
    with fetching(period=Period()) as connection:
        connection.register("theirs", pa.table({"person": pa.array(list(persons), pa.int64())}))
        return dict(connection.execute(LAST).fetchall())


def _accounts_of(persons: Sequence[int]) -> dict[AccountKind, date | None]:
    return {kind: day for each in hooks.accounts for kind, day in each(persons).items()}


def _closed(days: Sequence[date | None]) -> list[date]:
    """Give the days on which accounts were closed, none while one is open."""
    closed = [day for day in days if day is not None]
    return closed if len(closed) == len(days) else []


def _check(duty: Duty) -> None:
    if not NAME.fullmatch(duty.name):
        raise InvalidError("name: small letters, digits and hyphens, at most 63, such as bank-records.")
    if not 1 <= len(duty.title.strip()) <= 100:
        raise InvalidError("title: 1 to 100 characters.")
    if not 1 <= len(duty.law.strip()) <= 200:
        raise InvalidError("law: name the law and its article, at most 200 characters.")
    if not 1 <= duty.months <= MONTHS_MAX:
        raise InvalidError(f"months: 1 to {MONTHS_MAX}.")
    if not duty.events and not duty.traits and not duty.accounts:
        raise InvalidError("events: name what is kept, at least one event, trait or kind of account.")
    if any(len(names) > NAMES_MAX for names in (duty.events, duty.traits, duty.ends)):
        raise InvalidError(f"events: at most {NAMES_MAX} names.")
