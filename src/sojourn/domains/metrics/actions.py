"""Do: say which operational facts may drive a score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import router, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.metrics.models import FactRow
from sojourn.domains.metrics.words import Fact, FactKind
from sojourn.kit.errors import InvalidError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
FACTS_MOST = 40
DAYS_MOST = 400
NAME_MOST = 100
TEXT_MOST = 200


def save_facts(*, facts: Sequence[Fact], viewer: Viewer, now: datetime | None = None) -> tuple[Fact, ...]:
    """Save the facts in place of those that were there; raise ForbiddenError, or InvalidError of the first bad one."""
    viewer.require(Right.PLAN_WRITE)
    _check(facts)
    with transaction.atomic(using=router.db_for_write(FactRow)):
        FactRow.objects.all().delete()
        FactRow.objects.bulk_create(
            FactRow(slug=each.slug, name=each.name, kind=each.kind.value, event=each.event, until=each.until,
                    days=each.days)
            for each in facts
        )  # fmt: skip
        access.audit(viewer=viewer, what="facts.save", on=f"facts:{len(facts)}", now=now)
    return tuple(facts)


def _check(facts: Sequence[Fact]) -> None:
    if len(facts) > FACTS_MOST:
        raise InvalidError(f"facts: {FACTS_MOST} are the most.")
    slugs = [each.slug for each in facts]
    for place, each in enumerate(facts, start=1):
        wrong = _wrong(each) or ("slug: stands twice" if slugs.count(each.slug) > 1 else "")
        if wrong:
            raise InvalidError(f"facts: number {place}: {wrong}.")


def _wrong(fact: Fact) -> str:
    if not SLUG.fullmatch(fact.slug):
        return "slug: small letters, digits and hyphens"
    if not fact.name.strip() or len(fact.name) > NAME_MOST:
        return f"name: 1 to {NAME_MOST} characters"
    if not fact.event or max(len(fact.event), len(fact.until)) > TEXT_MOST:
        return f"event: 1 to {TEXT_MOST} characters"
    if (fact.kind is FactKind.MINUTES) != bool(fact.until):
        return "until: the event that ends the minutes; other kinds have none"
    if fact.kind is FactKind.NUMBER and re.search(r'["\\\x00-\x1f]', fact.event):
        return "event: not the name of a property"
    return "" if 1 <= fact.days <= DAYS_MOST else f"days: 1 to {DAYS_MOST}"
