"""Counting what the loader saw: one statement a table, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connections, models, router

from sojourn.domains.catalogue.contracts import BatchObservation, Breaches, SeenEvents, SeenProperties
from sojourn.domains.catalogue.models import Breach, HeardSource, NotedBatch, SeenEvent, SeenProperty
from sojourn.domains.catalogue.rules import OTHER

BATCHES_REMEMBERED = 100_000
COUNTED = "count, first_us, last_us"

Row = tuple[str | int, ...]


def is_new(batch: int) -> bool:
    """Remember a batch's number; say False when it was counted before (or so long ago that it is forgotten)."""
    using = router.db_for_write(NotedBatch)
    oldest = NotedBatch.objects.using(using).aggregate(oldest=models.Min("batch"), newest=models.Max("batch"))
    if oldest["oldest"] is not None and oldest["newest"] - batch > BATCHES_REMEMBERED:
        return False
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {NotedBatch._meta.db_table} (batch) VALUES (%s) ON CONFLICT (batch) DO NOTHING", [batch]
        )
        is_first = bool(cursor.rowcount == 1)
    if is_first and batch % 1_000 == 0:
        NotedBatch.objects.filter(batch__lt=batch - BATCHES_REMEMBERED).delete()
    return is_first


def count_events(seen: Iterable[SeenEvents], *, most: int) -> frozenset[str]:
    """Add to the counts by event and source, and give the names that are known; beyond `most` names: (other)."""
    rows = list(seen)
    known = set(SeenEvent.objects.values_list("event", flat=True).distinct())
    _admit((each.event for each in rows), known, most)
    _add(
        SeenEvent,
        ("event", "source"),
        [(_kept(e.event, known), _short(e.source), e.count, e.first_us, e.last_us) for e in rows],
    )
    return frozenset(known)


def count_properties(seen: Iterable[SeenProperties], *, events: frozenset[str], most: int) -> None:
    """Add to the counts by event, property and type; beyond `most` properties of an event: (other)."""
    by_event: dict[str, list[SeenProperties]] = {}
    for each in seen:
        by_event.setdefault(_kept(each.event, events), []).append(each)
    known: dict[str, set[str]] = {event: set() for event in by_event}
    for event, name in SeenProperty.objects.filter(event__in=by_event).values_list("event", "name").distinct():
        known[event].add(name)
    rows: list[Row] = []
    for event, found in by_event.items():
        _admit((each.name for each in found), known[event], most)
        rows += [(event, _kept(p.name, known[event]), p.type, p.count, p.first_us, p.last_us) for p in found]
    _add(SeenProperty, ("event", "name", "type"), rows)


def count_breaches(breaches: Iterable[Breaches], *, events: frozenset[str]) -> None:
    """Add to the counts of violations; names that were not admitted are counted as (other)."""
    found = list(breaches)
    named = {each.event for each in found}
    known = set(SeenProperty.objects.filter(event__in=named).values_list("event", "name").distinct())
    _add(
        Breach,
        ("event", "property", "rule"),
        [
            (
                _kept(b.event, events),
                # What is missing was never seen; what was seen beyond the bound is (other).
                b.property
                if not b.property or b.rule == "missing_property" or (b.event, b.property) in known
                else OTHER,
                b.rule,
                b.count,
                b.first_us,
                b.last_us,
            )
            for b in found
        ],
    )


def count_sources(observation: BatchObservation) -> None:
    """Remember when each source was last heard."""
    at = observation.received_us
    _add(HeardSource, ("source",), [(_short(each.source), each.count, at, at) for each in observation.events])


def _admit(names: Iterable[str], known: set[str], most: int) -> None:
    for name in names:
        if len(known) < most and len(name) <= 200:
            known.add(name)


def _kept(name: str, known: frozenset[str] | set[str]) -> str:
    return name if name in known else OTHER


def _short(slug: str) -> str:
    return slug[:63]


def _add(model: type[models.Model], key: tuple[str, ...], rows: Sequence[Row]) -> None:
    joined: dict[Row, list[int]] = {}
    for row in rows:  # two names of a batch may fall together under (other)
        first, last, count = int(row[-2]), int(row[-1]), int(row[-3])
        there = joined.setdefault(row[:-3], [0, first, last])
        there[:] = [there[0] + count, min(there[1], first), max(there[2], last)]
    table = model._meta.db_table
    columns = ", ".join(f'"{each}"' for each in key)
    statement = (
        f"INSERT INTO {table} ({columns}, {COUNTED}) VALUES ({', '.join(['%s'] * (len(key) + 3))}) "
        f"ON CONFLICT ({columns}) DO UPDATE SET count = {table}.count + excluded.count, "
        f"first_us = CASE WHEN excluded.first_us < {table}.first_us THEN excluded.first_us ELSE {table}.first_us END, "
        f"last_us = CASE WHEN excluded.last_us > {table}.last_us THEN excluded.last_us ELSE {table}.last_us END"
    )
    # In one order, so that two writers on PostgreSQL cannot wait for each other.
    with connections[router.db_for_write(model)].cursor() as cursor:
        cursor.executemany(statement, [(*key_, *counts) for key_, counts in sorted(joined.items())])
