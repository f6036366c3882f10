"""How long before and after a step, and what stands around a pattern's matches, over real events at the door."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import NeighbourKind, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = 1_440
ASKED = Question(period=Period(since=BEGIN, until=BEGIN + timedelta(days=3)), events=EventFilter())


def many(first: int, customers: int, *names: str, begin: int = 0, every: int = 10) -> list[dict[str, Any]]:
    return [
        event(person, name, begin + every * place)
        for person in range(first, first + customers)
        for place, name in enumerate(names)
    ]


@pytest.fixture(autouse=True)
def bank() -> None:
    load([
        *many(100, 12, "Searched", "Opened", "Called", "Paid"),
        *many(200, 8, "Identified", "Opened", "Paid", begin=DAY, every=120),
        *many(300, 4, "Left", "Opened", begin=2 * DAY - 10, every=20),
        event(400, "Odd", 2 * DAY), event(400, "Opened", 2 * DAY + 1),
    ])  # fmt: skip


def test_a_step_has_the_times_since_the_step_before_and_until_the_next() -> None:
    found = queries.step(name="Opened", question=ASKED, viewer=SYSTEM)
    assert (found.step.customers, found.step.starts, found.step.ends) == (25, 8, 5)
    assert (found.before.n, found.before.median_s, found.after.n) == (17, 600, 20)
    assert [(each.since_s, each.times) for each in found.before.bins] == [(60, 1), (600, 16)]
    assert [(each.since_s, each.times) for each in found.after.bins] == [(600, 12), (3_600, 8)]
    assert found.after.p90_s == 7_200
    lonely = queries.step(name="Searched", question=ASKED, viewer=SYSTEM).before
    assert (lonely.n, lonely.median_s, lonely.p90_s, lonely.bins) == (0, None, None, ())


def test_a_step_that_is_not_shown_has_no_times() -> None:
    with pytest.raises(NotFoundError):
        queries.step(name="Odd", question=dataclasses.replace(ASKED, steps_shown=3), viewer=SYSTEM)


def test_what_stands_before_and_after_a_pattern_is_counted_by_customer() -> None:
    found = queries.around_pattern(pattern="Opened", question=ASKED, viewer=SYSTEM, unit=CalendarUnit.DAY)
    told = {
        side: [(each.kind, each.name, each.customers) for each in getattr(found, side)] for side in ("before", "after")
    }
    step, nothing = NeighbourKind.STEP, NeighbourKind.NOTHING
    assert told["before"] == [(step, "Searched", 12), (step, "Left", 4), (nothing, "", 8)]  # Odd: below the floor
    assert told["after"] == [(step, "Called", 12), (step, "Paid", 8), (nothing, "", 5)]
    assert found.before[0].share.n == 25


def test_the_share_who_match_is_told_by_day_of_the_match() -> None:
    found = queries.around_pattern(pattern="Opened ->> Paid", question=ASKED, viewer=SYSTEM, unit=CalendarUnit.DAY)
    assert [(each.customers, each.matched, each.is_whole) for each in found.spans] == [
        (12, 12, True), (12, 8, True), (5, 0, False),
    ]  # fmt: skip
    assert found.spans[1].share is not None
    assert (found.spans[1].share.n, found.spans[1].share.value) == (12, pytest.approx(8 / 12))


def test_a_span_of_fewer_than_the_floor_has_no_share(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=10)
    found = queries.around_pattern(pattern="Opened", question=ASKED, viewer=SYSTEM, unit=CalendarUnit.DAY)
    assert [each.share is None for each in found.spans] == [False, False, True]
