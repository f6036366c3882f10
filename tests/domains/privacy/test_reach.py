"""Who may be seen, one by one and in lists, and one customer's events."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from domains.privacy.bank import BEGIN, commit, erase, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import EventFilter, EventPage, Purpose
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:1", role=Role.AGENT, units=frozenset({"north"}))


def seen(*customers: int, purpose: Purpose = Purpose.ANALYTICS, viewer: Viewer = SYSTEM) -> list[bool]:
    return [bool(each) for each in queries.reachable(np.array(customers, np.int64), purpose=purpose, viewer=viewer)]


def page(customer: int, purpose: Purpose = Purpose.SERVICE, viewer: Viewer = SYSTEM, **more: object) -> EventPage:
    return queries.events_of(customer, purpose=purpose, viewer=viewer, **more)  # type: ignore[arg-type]


def names(customer: int, **more: object) -> list[str]:
    return [row.name for row in page(customer, **more).rows]  # type: ignore[arg-type]


def test_todays_word_decides_who_may_be_seen() -> None:
    load([event(person, "Opened", 0) for person in (1, 2, 3)])
    actions.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    actions.record_consent(customer=3, purpose=Purpose.MARKETING, allowed=True, at=BEGIN)
    assert seen(1, 2, 3) == [True, False, True]
    assert seen(3, 2, 1, purpose=Purpose.MARKETING) == [True, False, False]
    assert seen(1, 2, 2, purpose=Purpose.SERVICE) == [True, True, True]
    assert seen() == []


def test_a_refusal_of_one_of_thousands_is_found() -> None:
    actions.record_consent(customer=4_000, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    mask = queries.reachable(np.arange(1, 5_001), purpose=Purpose.ANALYTICS, viewer=SYSTEM)
    assert np.flatnonzero(~mask).tolist() == [3_999]


def test_who_allows_it_today_is_reached_and_what_was_collected_before_stays_closed() -> None:
    load([event(1, "Opened", 0, purposes=0)])
    actions.record_consent(customer=1, purpose=Purpose.MARKETING, allowed=True, at=BEGIN)
    assert seen(1, purpose=Purpose.MARKETING) == [True]
    assert queries.found([1], purpose=Purpose.MARKETING, viewer=SYSTEM) == {1: 1}
    assert names(1, purpose=Purpose.MARKETING) == []


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_an_erased_number_is_answered_as_one_that_never_was() -> None:
    load([event(1, "Opened", 0), event(2, "Opened", 0)])
    erase(1)
    for viewer in (SYSTEM, NORTH):
        one, never = seen(1, 99, viewer=viewer)
        assert one == never
    assert queries.found([1, 2, 99], purpose=Purpose.ANALYTICS, viewer=SYSTEM) == {2: 2}


def test_a_viewer_of_units_reaches_customers_with_a_readable_event_there() -> None:
    load(
        [
            event(1, "Opened", 0, unit="north"),
            event(2, "Opened", 0, unit="south"),
            event(3, "Opened", 0),
            event(4, "Opened", 0, unit="north", purposes=0),
        ]
    )
    assert seen(1, 2, 3, 4, viewer=NORTH) == [True, False, False, False]
    assert seen(1, 2, 3, 4, viewer=NORTH, purpose=Purpose.SERVICE) == [True, False, False, True]
    assert seen(1, viewer=Viewer(name="person:2", role=Role.AGENT, units=frozenset())) == [False]


def test_a_merged_customer_is_reached_by_either_number_and_the_refusal_of_one_counts() -> None:
    load([event(1, "Opened", 0, unit="north"), event(2, "Opened", 1, unit="south")])
    link([(1, 2)])
    assert seen(1, 2, viewer=NORTH) == [True, True], "before the timeline is refreshed"
    actions.refresh_timeline()
    assert seen(1, 2, viewer=NORTH) == [True, True]
    assert queries.require_reachable(2, purpose=Purpose.SERVICE, viewer=NORTH) == 1
    actions.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert seen(1, 2) == [False, False]


def test_who_may_not_be_seen_is_as_one_who_does_not_exist() -> None:
    load([event(1, "Opened", 0, unit="south")])
    said = []
    for customer, viewer in ((1, NORTH), (99, NORTH), (99, SYSTEM)):
        with pytest.raises(NotFoundError) as refusal:
            queries.require_reachable(customer, purpose=Purpose.SERVICE, viewer=viewer)
        said.append(refusal.value.message)
    assert len(set(said)) == 1


def test_a_customers_events_come_newest_first_page_by_page() -> None:
    load([event(1, f"Step {minute}", minute) for minute in range(7)] + [event(2, "Other", 3)])
    commit([event(1, "Late", 2)], number=2)
    actions.refresh_timeline()
    first = page(1, limit=3)
    assert [row.name for row in first.rows] == ["Step 6", "Step 5", "Step 4"]
    commit([event(1, "Newer", 9)], number=3)
    actions.refresh_timeline()
    second = page(1, limit=3, cursor=first.next_cursor)
    assert [row.name for row in second.rows] == ["Step 3", "Late", "Step 2"]
    third = page(1, limit=3, cursor=second.next_cursor)
    assert ([row.name for row in third.rows], third.next_cursor) == (["Step 1", "Step 0"], None)
    assert page(1, limit=3).rows[0].customer == 1


def test_a_customers_events_are_filtered_and_masked_as_everywhere() -> None:
    load(
        [
            event(1, "Opened", 0, channel="web", unit="north"),
            event(1, "Asked", 1, channel="phone", unit="south"),
            event(1, "Paid", 2, purposes=0, unit="north", value="12.50", properties='{"plan": "gold"}'),
        ]
    )
    assert names(1) == ["Paid", "Asked", "Opened"]
    assert names(1, purpose=Purpose.ANALYTICS) == ["Asked", "Opened"]
    assert names(1, viewer=NORTH) == ["Paid", "Opened"]
    assert names(1, events=EventFilter(names=("Asked",))) == ["Asked"]
    assert names(1, events=EventFilter(dimensions={"channel": ("web", "")})) == ["Paid", "Opened"]
    assert names(1, period=Period(until=BEGIN + timedelta(minutes=1))) == ["Opened"]
    paid = page(1).rows[0]
    assert (paid.value, paid.properties) == ("12.5000", {"plan": "gold"})
    with pytest.raises(InvalidError, match="nothing to choose"):
        page(1, events=EventFilter(having=("Paid",)))
    with pytest.raises(InvalidError, match="cursor"):
        page(1, cursor="nonsense")


def test_the_events_of_a_merged_customer_are_one_list_and_part_again() -> None:
    load([event(1, "Mine", 0), event(2, "Theirs", 1)])
    link([(1, 2)])
    assert names(1) == names(2) == ["Theirs", "Mine"]
    actions.refresh_timeline()
    assert names(1) == names(2) == ["Theirs", "Mine"]
