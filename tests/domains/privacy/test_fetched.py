"""A customer's events are read from the few row groups that hold them: the same as a look through every segment."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import settings as django_settings

from domains.privacy.bank import BEGIN, commit, event, link
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import queries as manifest
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.stream import rowgroups, segments
from sojourn.engine.stream.query import UnreadableError, source_sql
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
PEOPLE = 12
Seen = list[tuple[int, int, str]]


@pytest.fixture(autouse=True)
def small(place: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files have several row groups, and a person's bucket few neighbours."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, buckets=3)
    monkeypatch.setattr(segments, "ROW_GROUP", 4)


def naively(customer: int, period: Period = Period(), names: tuple[str, ...] = ()) -> Seen:  # noqa: B008 - frozen
    """Read every row of every segment."""
    theirs = identity.persons_of(customer=customer)
    paths = [django_settings.SOJOURN.segments / each.path for each in manifest.segments()]
    rows = duckdb.sql(f"SELECT event_id, epoch_us(occurred_at), name, person FROM ({source_sql(paths)})").fetchall()
    since, until = period.since_us or 0, period.until_us or 1 << 62
    found = [
        (at, number, name)
        for number, at, name, person in rows
        if person in theirs and since <= at < until and (not names or name in names)
    ]
    return sorted(found, reverse=True)


def paged(customer: int, limit: int, **asked: Any) -> Seen:
    """Read a customer's events page by page."""
    cursor, found = None, []
    while True:
        page = queries.events_of(customer, limit=limit, cursor=cursor, purpose=Purpose.SERVICE, viewer=SYSTEM, **asked)
        found += [(int(each.occurred_at.timestamp() * 1e6), each.event_id, each.name) for each in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("seed", range(6))
def test_pages_are_what_a_look_through_every_segment_gives(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(1, 9):
        events = [
            event(chance.randint(1, PEOPLE), chance.choice(["Opened", "Paid"]), chance.randint(0, 200))
            for _ in range(chance.randint(1, 25))
        ]
        commit(events, number=number)
        what = chance.choice(["compact", "merge", "erase", "more buckets", "nothing"])
        if what == "compact":
            collection.compact(fresh_min=2)
        elif what == "merge":
            link([(chance.randint(1, 6), chance.randint(7, PEOPLE))])
        elif what == "erase":
            collection.erase(persons=[chance.randint(1, PEOPLE)])
        elif what == "more buckets":
            django_settings.SOJOURN = dataclasses.replace(django_settings.SOJOURN, buckets=chance.randint(1, 5))
    actions.refresh_timeline()
    period = Period(since=BEGIN + timedelta(minutes=50), until=BEGIN + timedelta(minutes=120))
    linked = identity.person_map()
    customer_of = dict(zip(linked.person.tolist(), linked.customer.tolist(), strict=True))
    heads = {customer_of.get(each, each) for each in range(1, PEOPLE + 1)}
    everybody = [each for each in sorted(heads) if naively(each)]
    assert len(everybody) > 2
    for customer in everybody:
        assert paged(customer, chance.randint(1, 7)) == naively(customer)
        assert paged(customer, 3, period=period) == naively(customer, period)
        assert paged(customer, 4, events=EventFilter(names=("Paid",))) == naively(customer, names=("Paid",))


def test_other_files_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    commit([event(person, "Opened", person) for person in range(1, 40)], number=1)
    commit([event(person, "Opened", person) for person in range(1, 40)], number=2)
    collection.compact(fresh_min=2)
    commit([event(7, "Paid", 90)], number=3)
    actions.refresh_timeline()
    opened: list[Path] = []
    reading = rowgroups._part
    monkeypatch.setattr(rowgroups, "_part", lambda path, *rest: opened.append(path) or reading(path, *rest))
    page = queries.events_of(7, limit=30, purpose=Purpose.SERVICE, viewer=SYSTEM)
    assert [each.name for each in page.rows] == ["Paid", "Opened", "Opened"]
    assert len(opened) == 2, "one row group of the person's bucket and one of the fresh file"


def test_a_segment_that_cannot_be_read_is_an_error_without_its_name() -> None:
    commit([event(1, "Opened", 1)], number=1)
    actions.refresh_timeline()
    for each in manifest.segments():
        (django_settings.SOJOURN.segments / each.path).write_bytes(b"not a file of events")
    with pytest.raises(UnreadableError) as refusal:
        queries.events_of(1, purpose=Purpose.SERVICE, viewer=SYSTEM)
    assert "parquet" not in refusal.value.message
