"""Do: say which operational facts may drive a score, and what populations are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import router, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.metrics.models import FactRow, PopulationRow
from sojourn.domains.metrics.words import Fact, FactKind, Population
from sojourn.kit.errors import InvalidError, NotFoundError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
FACTS_MOST = 40
DAYS_MOST = 400
NAME_MOST = 100
TEXT_MOST = 200
MARGINS_MOST, VALUES_MOST = 6, 100
FIELD = re.compile(r'channel|unit|product|survey|properties\.[^"\\\x00-\x1f]{1,100}')
SLACK = 0.005  # shares may add up to 1 as people round them


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


def save_population(*, population: Population, viewer: Viewer, now: datetime | None = None) -> Population:
    """Save a known population, in place of the one with its slug; raise ForbiddenError, or InvalidError of a margin."""
    viewer.require(Right.PLAN_WRITE)
    if not SLUG.fullmatch(population.slug):
        raise InvalidError("slug: small letters, digits and hyphens.")
    if not population.name.strip() or len(population.name) > NAME_MOST:
        raise InvalidError(f"name: 1 to {NAME_MOST} characters.")
    if not 1 <= len(population.margins) <= MARGINS_MOST:
        raise InvalidError(f"margins: 1 to {MARGINS_MOST}.")
    for field, shares in population.margins.items():
        _check_margin(field, shares)
    with transaction.atomic(using=router.db_for_write(PopulationRow)):
        row, _ = PopulationRow.objects.update_or_create(
            slug=population.slug, defaults={"name": population.name.strip(), "margins": population.margins}
        )
        access.audit(viewer=viewer, what="population.save", on=f"population:{population.slug}", now=now)
    return row.contract()


def delete_population(*, slug: str, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete a population; raise ForbiddenError or NotFoundError."""
    viewer.require(Right.PLAN_WRITE)
    with transaction.atomic(using=router.db_for_write(PopulationRow)):
        if not PopulationRow.objects.filter(slug=slug).delete()[0]:
            raise NotFoundError("There is no such population.")
        access.audit(viewer=viewer, what="population.delete", on=f"population:{slug}", now=now)


def _check_margin(field: str, shares: dict[str, float]) -> None:
    if not FIELD.fullmatch(field):
        raise InvalidError(f"margins: {field}: choose channel, unit, product, survey or properties.<name>.")
    if not 2 <= len(shares) <= VALUES_MOST or any(not 0 < each < 1 for each in shares.values()):
        raise InvalidError(f"margins: {field}: 2 to {VALUES_MOST} values with shares between 0 and 1.")
    if abs(sum(shares.values()) - 1) > SLACK:
        raise InvalidError(f"margins: {field}: the shares add up to {sum(shares.values()):.3f}, not 1.")


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
