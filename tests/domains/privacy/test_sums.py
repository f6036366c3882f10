"""Sums and lists at the door."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from domains.privacy.bank import BEGIN, commit, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Aggregate, EventFilter, Measure, Purpose
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))
NORTH = Viewer(name="person:1", role=Role.VIEWER, units=frozenset({"north"}))


def answered(person: int, minute: int, score: int, survey: str = "nps", **fields: object) -> dict[str, object]:
    properties = json.dumps({"survey": survey, "score": score})
    return event(person, "Survey Answered", minute, properties=properties, **fields)


def sums(viewer: Viewer = SYSTEM, period: Period = DAY, **what: object) -> list[tuple[object, ...]]:
    measure = Measure(event="Survey Answered", **what)  # type: ignore[arg-type]
    rows = queries.measure(measure=measure, period=period, viewer=viewer).value
    return [(*row.key, row.value, row.events, row.customers) for row in rows]


def test_a_sum_groups_by_a_property() -> None:
    load([answered(1, 0, 9), answered(1, 5, 2, "csat"), answered(2, 1, 7)])
    by_survey = sums(group=("properties.survey",), aggregate=Aggregate.MEAN, field_name="properties.score")
    assert by_survey == [("csat", 2.0, 1, 1), ("nps", 8.0, 2, 2)]
    assert sums(group=("day",)) == [("2026-01-01", 3.0, 3, 2)]
    assert sums(aggregate=Aggregate.CUSTOMERS, where={"properties.survey": ("nps",)}) == [(2.0, 2, 2)]
    assert sums(where={"properties.survey": ("ces",)}) == []


def test_money_is_summed_exactly_by_currency() -> None:
    load([answered(1, 0, 9, value="0.1000", currency="EUR") for _ in range(10)] + [answered(1, 1, 9)])
    assert sums(group=("currency",), aggregate=Aggregate.SUM, field_name="value") == [("EUR", 1.0, 10, 1)]


def test_the_last_answer_of_each_customer_counts_across_merged_persons() -> None:
    load([answered(1, 0, 9), answered(2, 5, 3), answered(3, 1, 7)])
    link([(1, 2)])
    latest = {"aggregate": Aggregate.SUM, "field_name": "properties.score", "last_per_customer": ()}
    assert sums(**latest) == [(10.0, 2, 2)]


def test_a_sum_leaves_out_refusals_periods_and_units_outside() -> None:
    load([answered(1, 0, 9, unit="north"), answered(2, 1, 7, unit="south"), answered(3, 1, 7, purposes=0)])
    assert sums() == [(2.0, 2, 2)]
    assert sums(NORTH) == [(1.0, 1, 1)]
    assert sums(period=Period(since=BEGIN + timedelta(seconds=1))) == [(1.0, 1, 1)]
    actions.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    answer = queries.measure(measure=Measure(event="Survey Answered"), period=DAY, viewer=SYSTEM)
    assert (answer.value[0].events, answer.coverage.customers, answer.coverage.left_out) == (1, 1, 2)


def test_an_unknown_field_is_refused() -> None:
    load([answered(1, 0, 9)])
    for name in ("person", "properties", 'properties.a"b', "value; DROP TABLE events"):
        with pytest.raises(InvalidError, match="There is no field"):
            sums(group=(name,))
    with pytest.raises(InvalidError, match="needs a field"):
        sums(aggregate=Aggregate.SUM)


def test_events_are_listed_newest_first_page_by_page() -> None:
    load([event(1, "Opened", minute, properties='{"step":1}') for minute in (0, 3, 3, 1, 2)])
    seen = []
    cursor = None
    while True:
        page = queries.events(cursor=cursor, limit=2, viewer=SYSTEM)
        seen += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [int((row.occurred_at - BEGIN).total_seconds() // 60) for row in seen] == [3, 3, 2, 1, 0]
    assert len({row.event_id for row in seen}) == 5
    assert seen[0].properties == {"step": 1}
    assert queries.event(event_id=seen[0].event_id, viewer=SYSTEM) == seen[0]


def test_a_bad_cursor_and_a_missing_event_are_refused() -> None:
    for cursor in ("x", "", "bm9uc2Vuc2U=", "é"):
        with pytest.raises(InvalidError, match="cursor"):
            queries.events(cursor=cursor, viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        queries.event(event_id=1, viewer=SYSTEM)


def test_events_of_a_customer_are_those_of_all_its_persons() -> None:
    load([event(1, "Opened", 0), event(2, "Asked", 1), event(3, "Opened", 2)])
    link([(1, 2)])
    assert [row.name for row in queries.events(customer=1, viewer=SYSTEM).rows] == ["Asked", "Opened"]
    assert queries.events(customer=2, viewer=SYSTEM).rows == ()


def test_events_are_filtered_like_questions() -> None:
    load([event(1, "Opened", 0, channel="web", properties='{"$app_version":"2"}'), event(2, "Paid", 1, unit="north")])
    load([event(1, "Paid", 2)], number=2)

    def names(viewer: Viewer = SYSTEM, **kept: object) -> list[str]:
        return [row.name for row in queries.events(events=EventFilter(**kept), viewer=viewer).rows]  # type: ignore[arg-type]

    assert names(names=("Paid",)) == ["Paid", "Paid"]
    assert names(dimensions={"channel": ("web",)}) == ["Opened"]
    assert names(dimensions={"channel": ("",)}) == ["Paid", "Paid"]
    assert names(dimensions={"$app_version": ("2", "3")}) == ["Opened"]
    assert names(having=("Opened",)) == ["Paid", "Opened"]
    assert names(NORTH) == ["Paid"]
    hidden = queries.events(viewer=SYSTEM).rows[0].event_id
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert names() == ["Paid"]
    with pytest.raises(NotFoundError):
        queries.event(event_id=hidden, viewer=SYSTEM)


def test_a_list_sees_events_before_the_timeline_does() -> None:
    commit([event(1, "Opened", 0)], number=1)
    assert len(queries.events(viewer=SYSTEM).rows) == 1
    assert queries.freshness(viewer=SYSTEM).timeline_batch == 0
