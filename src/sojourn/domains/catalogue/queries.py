"""Ask the catalogue: which sources, which plan, what was discovered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.db import models
from django.utils import timezone

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import document, grouping, rules
from sojourn.domains.catalogue.contracts import (
    EventGroup,
    EventTypeRow,
    GroupRow,
    Level,
    LoadingRules,
    Plan,
    PlannedProperty,
    PlanVersion,
    PropertyRow,
    Source,
    SourceFreshness,
    Violation,
)
from sojourn.domains.catalogue.models import (
    Breach,
    HeardSource,
    PlanRow,
    Revision,
    SeenEvent,
    SeenProperty,
    SourceRow,
)
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant


def sources() -> tuple[Source, ...]:
    """List the sources by slug."""
    return tuple(each.contract() for each in SourceRow.objects.order_by("slug"))


def shown(source: Source, *, viewer: Viewer) -> Source:
    """Give a source as a viewer may see it: its write key only to those who may bring events in."""
    return source if viewer.can(Right.IMPORTS_RUN) else replace(source, write_key="")


def source(slug: str) -> Source:
    """Give one source; raise NotFoundError."""
    row = SourceRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no source with this slug.")
    return row.contract()


def plan(version: int | None = None) -> Plan:
    """Give the newest plan, or the one with this version; an empty one before the first; raise NotFoundError."""
    rows = PlanRow.objects.order_by("-version")
    row = rows.first() if version is None else rows.filter(version=version).first()
    if row is None and version is not None:
        raise NotFoundError("There is no plan of this version.")
    return replace(document.read(row.text), version=row.version) if row else Plan()


def plan_text(version: int | None = None) -> str:
    """Give a plan as YAML; raise NotFoundError."""
    return document.write(plan(version))


def read_plan(text: str) -> Plan:
    """Read a plan from YAML without saving it; raise PlanError naming line and field."""
    return document.read(text)


def plan_document(plan: Plan) -> str:
    """Write a plan as YAML."""
    return document.write(plan)


def plan_versions() -> tuple[PlanVersion, ...]:
    """List the plan's versions, newest first."""
    return tuple(
        PlanVersion(version=row.version, saved_at=row.saved_at, saved_by=row.saved_by, events=row.events)
        for row in PlanRow.objects.order_by("-version")
    )


def groups() -> tuple[EventGroup, ...]:
    """Give the groups of events that the newest plan declares; cheap enough for every question."""
    row = PlanRow.objects.order_by("-version").values_list("text", flat=True).first()
    return _groups_in(row) if row else ()


def shown_as(*, names: Iterable[str], level: Level, expanded: Sequence[str] = ()) -> dict[str, str]:
    """Say what each event is shown as at a level of abstraction; those `expanded` are shown one level lower."""
    return grouping.shown_as(names, groups(), level, expanded)


def grouped() -> tuple[GroupRow, ...]:
    """List the groups in the plan's order, with the names seen that belong to each."""
    declared, counts = groups(), _counts()
    whose = {name: grouping.group_of(name, declared) for name in counts}
    return tuple(
        _group_row(each, [name for name, group in whose.items() if group == each], counts) for each in declared
    )


def suggested_groups() -> tuple[GroupRow, ...]:
    """Suggest groups for names that begin alike and have none yet, most names first."""
    counts = _counts()
    return tuple(_group_row(group, members, counts) for group, members in grouping.suggested(counts, groups()))


def discovered() -> tuple[EventTypeRow, ...]:
    """List every event that was seen or is declared, most frequent first, with its properties."""
    planned = plan()
    seen: dict[str, list[SeenEvent]] = {each.name: [] for each in planned.events}
    for row in SeenEvent.objects.all():
        seen.setdefault(row.event, []).append(row)
    broken = dict(Breach.objects.values_list("event").annotate(models.Sum("count")).order_by())
    properties = _property_rows(planned)
    rows = [
        _event_row(name, found, planned, broken.get(name, 0), properties.get(name, ())) for name, found in seen.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.name)))


def violations() -> tuple[Violation, ...]:
    """List the ways in which events break the plan, most frequent first."""
    return tuple(
        Violation(
            event=row.event,
            property=row.property or None,
            rule=row.rule,
            count=row.count,
            first_at=instant(row.first_us),
            last_at=instant(row.last_us),
        )
        for row in Breach.objects.order_by("-count", "event", "property", "rule")
    )


def freshness(*, now: datetime | None = None) -> tuple[SourceFreshness, ...]:
    """Say of each active source when it was last heard and whether that is as promised."""
    at = now or timezone.now()
    heard = {row.source: row for row in HeardSource.objects.all()}
    return tuple(_fresh(each, heard.get(each.slug), at) for each in sources() if each.is_active)


def rules_version() -> int:
    """Give a number that grows with each change of sources or plan; cheap enough for every batch."""
    row = Revision.objects.filter(pk=1).first()
    return row.number if row else 0


def loading_rules() -> LoadingRules:
    """Give the loader what it needs to know of plan and sources."""
    version = rules_version()  # read first: a change in between only means that the rules are read again
    planned = plan()
    named = [*planned.common, *(each for event in planned.events for each in event.properties)]
    return LoadingRules(
        version=version,
        closed=planned.closed,
        events={event.name: {each.name: each for each in event.properties} for event in planned.events},
        common={each.name: each for each in planned.common},
        personal=frozenset(each.name for each in named if each.personal),
        dimensions=tuple(sorted({each.name for each in named if each.dimension})),
        channels={each.slug: each.channel for each in sources()},
    )


@lru_cache(maxsize=4)
def _groups_in(text: str) -> tuple[EventGroup, ...]:
    return document.read(text).groups


def _counts() -> dict[str, int]:
    """Count the events seen by name, most frequent first."""
    found = SeenEvent.objects.exclude(event=rules.OTHER).values_list("event").annotate(models.Sum("count")).order_by()
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))


def _group_row(group: EventGroup, members: Sequence[str], counts: dict[str, int]) -> GroupRow:
    return GroupRow(group=group, members=tuple(members), count=sum(counts[name] for name in members))


def _property_rows(planned: Plan) -> dict[str, tuple[PropertyRow, ...]]:
    declared = {(event.name, each.name): each for event in planned.events for each in event.properties}
    common = {each.name: each for each in planned.common}
    found: dict[tuple[str, str], list[SeenProperty]] = {key: [] for key in declared}
    for row in SeenProperty.objects.all():
        found.setdefault((row.event, row.name), []).append(row)
    by_event: dict[str, list[PropertyRow]] = {}
    for (event, name), rows in sorted(found.items()):
        of_plan = declared.get((event, name)) or common.get(name)
        by_event.setdefault(event, []).append(_property_row(event, name, rows, of_plan))
    return {event: tuple(rows) for event, rows in by_event.items()}


def _property_row(event: str, name: str, rows: list[SeenProperty], planned: PlannedProperty | None) -> PropertyRow:
    return PropertyRow(
        event=event,
        name=name,
        types={row.type: row.count for row in sorted(rows, key=lambda row: (-row.count, row.type))},
        declared_type=planned.type if planned else None,
        is_personal=planned.personal if planned else False,
        is_dimension=planned.dimension if planned else False,
        first_at=_earliest(rows),
        last_at=_latest(rows),
    )


def _event_row(
    name: str, rows: list[SeenEvent], planned: Plan, violations: int, properties: tuple[PropertyRow, ...]
) -> EventTypeRow:
    return EventTypeRow(
        name=name,
        count=sum(row.count for row in rows),
        first_at=_earliest(rows),
        last_at=_latest(rows),
        sources=tuple(sorted({row.source for row in rows})),
        is_declared=any(each.name == name for each in planned.events),
        violations=violations,
        properties=properties,
    )


def _earliest(rows: Sequence[SeenEvent | SeenProperty]) -> datetime | None:
    return instant(min(row.first_us for row in rows)) if rows else None


def _latest(rows: Sequence[SeenEvent | SeenProperty]) -> datetime | None:
    return instant(max(row.last_us for row in rows)) if rows else None


def _fresh(source: Source, heard: HeardSource | None, now: datetime) -> SourceFreshness:
    heard_at = instant(heard.last_us) if heard else None
    return SourceFreshness(
        source=source.slug,
        state=rules.freshness_state(promised_minutes=source.expected_every_minutes, heard_at=heard_at, now=now),
        events=heard.count if heard else 0,
        last_received_at=heard_at,
        expected_every_minutes=source.expected_every_minutes,
    )
