"""Named journeys: saved by people, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domains.journeys.test_rules import CARD
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.journeys import actions, queries
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
READER = Viewer(name="person:2", role=Role.VIEWER)
ANALYST = Viewer(name="person:3", role=Role.ANALYST, scopes=frozenset(Scope))
SHORT = replace(CARD, window_days=2)
DAY_MIN = 24 * 60
LATER = BEGIN + timedelta(days=99)
MONTH = Period(since=BEGIN, until=BEGIN + timedelta(days=31))


def test_a_journey_is_saved_changed_and_deleted() -> None:
    saved = actions.save(journey=CARD, viewer=ANALYST, now=BEGIN)
    assert saved == replace(CARD, updated_at=BEGIN)
    assert queries.journey(slug="card", viewer=READER) == saved
    actions.save(journey=replace(CARD, name="Cards"), viewer=ANALYST)
    assert [journey.name for journey in queries.journeys(viewer=READER)] == ["Cards"]
    actions.delete(slug="card", viewer=ANALYST)
    assert queries.journeys(viewer=READER) == ()
    with pytest.raises(NotFoundError):
        actions.delete(slug="card", viewer=ANALYST)


def test_a_reader_cannot_change_journeys_and_nonsense_is_not_saved() -> None:
    with pytest.raises(ForbiddenError):
        actions.save(journey=CARD, viewer=READER)
    with pytest.raises(ForbiddenError):
        actions.delete(slug="card", viewer=READER)
    with pytest.raises(InvalidError, match="goals"):
        actions.save(journey=replace(CARD, goals=()), viewer=ANALYST)
    with pytest.raises(NotFoundError):
        queries.journey(slug="card", viewer=READER)


def applied(person: int, day: int, end: str | None = None, after_min: int = 60, **fields: Any) -> list[dict[str, Any]]:
    events = [event(person, "Application Started", day * DAY_MIN, **fields)]
    return events + ([event(person, end, day * DAY_MIN + after_min)] if end else [])


@pytest.fixture
def month() -> None:
    actions.save(journey=SHORT, viewer=SYSTEM)
    made = [each for person in range(40) for each in applied(100 + person, 1, "Card Activated", channel="web")]
    made += [each for person in range(10) for each in applied(200 + person, 2, "Application Declined", channel="web")]
    made += [each for person in range(30) for each in applied(300 + person, 3, channel="phone")]
    made += [each for person in range(5) for each in applied(400 + person, 9, "Card Activated", channel="phone")]
    made += applied(500, 3, "Card Activated", after_min=3 * DAY_MIN)  # too late: abandoned
    made.append(event(600, "Something Else", 10 * DAY_MIN))  # the last that is known
    load(made)


@pytest.mark.usefixtures("month")
def test_completed_and_abandoned_and_outcomes_and_open_add_up_to_started() -> None:
    found = queries.completion(slug="card", period=MONTH, viewer=SYSTEM, now=LATER)
    assert (found.started, found.open, found.closed) == (86, 5, 81)
    assert found.counts == {"completed": 40, "abandoned": 31, "declined": 10}
    assert found.completed.value == pytest.approx(40 / 81)
    assert found.completed.n == 81
    assert found.outcomes["declined"].value == pytest.approx(10 / 81)
    assert (found.median_s, found.p90_s) == (3600, 3600)


@pytest.mark.usefixtures("month")
def test_journeys_are_counted_by_the_date_of_their_start() -> None:
    second = Period(since=BEGIN + timedelta(days=2), until=BEGIN + timedelta(days=3))
    found = queries.completion(slug="card", period=second, viewer=SYSTEM, now=LATER)
    assert (found.started, found.counts["declined"]) == (10, 10)


@pytest.mark.usefixtures("month")
def test_completion_is_broken_down_by_a_dimension_or_by_month() -> None:
    by_channel = queries.completions(slug="card", period=MONTH, by="channel", viewer=SYSTEM, now=LATER)
    assert {each.part: (each.started, each.counts["completed"]) for each in by_channel} == {
        "web": (50, 40),
        "phone": (35, 0),
        "(none)": (1, 0),
    }
    longer = Period(since=BEGIN - timedelta(days=10), until=BEGIN + timedelta(days=40))
    by_month = queries.completions(slug="card", period=longer, by="month", viewer=SYSTEM)
    assert [(each.part, each.started) for each in by_month] == [("2026-01", 86)]
    with pytest.raises(InvalidError, match="no dimension colour"):
        queries.completions(slug="card", period=MONTH, by="colour", viewer=SYSTEM)
    with pytest.raises(InvalidError, match="month"):
        queries.completions(slug="card", period=Period(), by="month", viewer=SYSTEM)


@pytest.mark.usefixtures("month")
def test_an_event_dated_ahead_of_now_closes_no_window() -> None:
    found = queries.completion(slug="card", period=MONTH, viewer=SYSTEM, now=BEGIN + timedelta(days=4, minutes=1))
    assert (found.started, found.open) == (86, 36)


def test_a_journey_without_events_has_nothing_to_say() -> None:
    actions.save(journey=SHORT, viewer=SYSTEM)
    found = queries.completion(slug="card", period=MONTH, viewer=SYSTEM, now=LATER)
    assert (found.started, found.completed.too_few, found.median_s) == (0, True, None)
    with pytest.raises(NotFoundError):
        queries.completion(slug="unknown", period=MONTH, viewer=SYSTEM)
