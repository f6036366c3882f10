"""Retention rules: which events go, or lose a property, how many days after they occurred."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.door.stream import fetching
from sojourn.domains.privacy.rights import duties, holds
from sojourn.domains.privacy.tables.rights import RetentionRow
from sojourn.domains.privacy.words.rights import RetentionPreview, RetentionRule
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

COMMAND: Final = "privacy.retain"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
FIELD: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$ -]{0,99}")
DAYS: Final = (1, 36_500)
NAMES_MAX: Final = 200
COUNTED: Final = """
SELECT count(*) FILTER (NOT is_held), count(DISTINCT customer) FILTER (NOT is_held),
    min(occurred_at) FILTER (NOT is_held), count(DISTINCT customer) FILTER (is_held)
FROM (
    SELECT occurred_at, coalesce(known.customer, events.person) AS customer, held.person IS NOT NULL AS is_held
    FROM events LEFT JOIN known ON known.person = events.person LEFT JOIN held ON held.person = events.person
    WHERE {where}
)
"""


def rules(*, viewer: Viewer) -> tuple[RetentionRule, ...]:
    """List the retention rules, by name; raise ForbiddenError."""
    viewer.require(Right.RETENTION_READ)
    return tuple(_contract(row) for row in RetentionRow.objects.order_by("name"))


def save_rule(*, rule: RetentionRule, viewer: Viewer) -> RetentionRule:
    """Save a retention rule, in the place of one of its name; it works from the next night on. Audited.

    Until then it can be deleted and nothing has happened. Raise ForbiddenError, InvalidError.
    """
    viewer.require(Right.RETENTION_MANAGE)
    _check(rule)
    with transaction.atomic(using=router.db_for_write(RetentionRow)):
        row, _ = RetentionRow.objects.update_or_create(
            name=rule.name,
            defaults={
                "title": rule.title.strip(),
                "events": list(rule.events),
                "field": rule.field,
                "days": rule.days,
                "starts_on": timezone.now().date() + timedelta(days=1),
                "saved_by": viewer.name,
                "saved_at": timezone.now(),
            },
        )
        access.audit(
            viewer=viewer, what="retention.save", on=f"retention:{rule.name}", days=str(rule.days), field=rule.field
        )
    return _contract(row)


def delete_rule(*, name: str, viewer: Viewer) -> None:
    """Delete a retention rule; what it has taken is gone. Audited. Raise ForbiddenError, NotFoundError."""
    viewer.require(Right.RETENTION_MANAGE)
    with transaction.atomic(using=router.db_for_write(RetentionRow)):
        if not RetentionRow.objects.filter(name=name).delete()[0]:
            raise NotFoundError("There is no retention rule of this name.")
        access.audit(viewer=viewer, what="retention.delete", on=f"retention:{name}")


def preview(*, rule: RetentionRule, viewer: Viewer, now: datetime | None = None) -> RetentionPreview:
    """Count what a rule, saved or not, would take today; raise ForbiddenError, InvalidError."""
    viewer.require(Right.RETENTION_MANAGE, looking=True)
    _check(rule)
    at = now or timezone.now()
    before, now_persons = at - timedelta(days=rule.days), persons()
    where, values = _concerned(rule, before)
    with fetching(period=Period(until=before)) as connection:
        connection.register("known", pa.table({"person": now_persons.person, "customer": now_persons.customer}))
        connection.register("held", pa.table({"person": holds.held_persons(today=at.date())}))
        rows, customers, since, spared = connection.execute(COUNTED.format(where=where), values).fetchall()[0]
    return RetentionPreview(
        rows=rows, customers=customers, since=since, until=before, spared=spared, duties=_against(rule)
    )


def ask_due(*, now: datetime) -> int:
    """Put the rules that work by now on the work process's queue and give how many."""
    names = list(RetentionRow.objects.filter(starts_on__lte=now.date()).values_list("name", flat=True))
    for name in names:
        if not collection.is_requested(COMMAND, rule=name):
            collection.request(COMMAND, rule=name)
    return len(names)


def run(arguments: dict[str, Any], *, now: datetime | None = None) -> None:
    """Let a rule work in the segments; the timeline follows. Doing it again is harmless."""
    row = RetentionRow.objects.filter(name=arguments["rule"]).first()
    at = now or timezone.now()
    if row is None or row.starts_on > at.date():
        return  # deleted or changed meanwhile
    RetentionRow.objects.filter(pk=row.pk).update(is_rebuilding=True)  # a crash leaves it so
    spare = holds.held_persons(today=at.date())
    rows = collection.retain(names=row.events, before=at - timedelta(days=row.days), field=row.field, spare=spare)
    with transaction.atomic(using=router.db_for_write(RetentionRow)):
        RetentionRow.objects.filter(pk=row.pk).update(ran_at=at, ran_rows=rows, is_rebuilding=rows > 0)
        access.audit_by(who="system", what="retention.run", on=f"retention:{row.name}", rows=str(rows))


def is_rebuilding() -> bool:
    """Say whether the timeline still holds what a rule took out of the segments."""
    return RetentionRow.objects.filter(is_rebuilding=True).exists()


def rebuilt() -> None:
    """Note that the timeline was built anew."""
    RetentionRow.objects.filter(is_rebuilding=True).update(is_rebuilding=False)


def _concerned(rule: RetentionRule, before: datetime) -> tuple[str, list[Any]]:
    where = "occurred_at < ?"
    values: list[Any] = [before.replace(tzinfo=None)]
    if rule.events:
        where += f" AND name IN ({', '.join('?' * len(rule.events))})"
        values += rule.events
    if rule.field:
        where += " AND json_exists(properties, ?)"
        values.append('$."' + rule.field + '"')
    return where, values


def _against(rule: RetentionRule) -> tuple[str, ...]:
    """Name the duties in use that keep events which a rule takes whole."""
    if rule.field:
        return ()
    kept = [each for each in duties.duties() if each.is_active and each.events]
    return tuple(each.title for each in kept if not rule.events or set(each.events) & set(rule.events))


def _check(rule: RetentionRule) -> None:
    if not NAME.fullmatch(rule.name):
        raise InvalidError("name: small letters, digits and hyphens, at most 63, such as page-views.")
    if not 1 <= len(rule.title.strip()) <= 100:
        raise InvalidError("title: 1 to 100 characters.")
    if not DAYS[0] <= rule.days <= DAYS[1]:
        raise InvalidError(f"days: {DAYS[0]} to {DAYS[1]}.")
    if len(rule.events) > NAMES_MAX:
        raise InvalidError(f"events: at most {NAMES_MAX} names.")
    if rule.field and not FIELD.fullmatch(rule.field):
        raise InvalidError("field: the name of a property, such as ip_country; empty for the whole event.")


def _contract(row: RetentionRow) -> RetentionRule:
    return RetentionRule(
        name=row.name,
        title=row.title,
        events=tuple(row.events),
        field=row.field,
        days=row.days,
        starts_on=row.starts_on,
        saved_by=row.saved_by,
        ran_at=row.ran_at,
        ran_rows=row.ran_rows,
    )
