"""Retention and lifecycle over real events at the door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import LifecycleTable, Question, RetentionAsked, RetentionTable
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
MONDAY = 4 * 1_440  # minutes from the year's first day, a Thursday, to its first Monday
WEEK = 7 * 1_440
JANUARY = Period(since=BEGIN, until=BEGIN + timedelta(days=31))


def visits(person: int, *weeks: int, first: str = "Joined", then: str = "Came") -> list[dict[str, Any]]:
    """Make a start in the first of the weeks and a return in each other one."""
    return [event(person, then if at else first, MONDAY + week * WEEK + person % 50) for at, week in enumerate(weeks)]


@pytest.fixture
def club() -> None:
    everybody = [
        *(each for person in range(100, 140) for each in visits(person, 0, 1, 2)),
        *(each for person in range(200, 240) for each in visits(person, 0, 2)),
        *(each for person in range(300, 330) for each in visits(person, 1, 2)),
        event(900, "Other", MONDAY + 3 * WEEK),  # the fourth week has begun, the third has passed
    ]
    load(everybody)


def retention(question: dict[str, Any] | None = None, **asked: Any) -> RetentionTable:
    wanted = RetentionAsked(**{"start": ("Joined",), "returns": ("Came",), "columns": 4, **asked})
    fields = {"period": JANUARY, "events": EventFilter(), **(question or {})}
    return queries.retention(asked=wanted, question=Question(**fields), viewer=SYSTEM)


def counts(found: RetentionTable) -> list[tuple[int, list[int | None]]]:
    return [(cohort.customers, [cell.returned for cell in cohort.cells]) for cohort in found.cohorts]


@pytest.mark.usefixtures("club")
def test_cohorts_are_weeks_and_what_has_not_passed_is_open_not_zero() -> None:
    found = retention()
    assert [cohort.since for cohort in found.cohorts] == [BEGIN + timedelta(days=4 + 7 * week) for week in range(4)]
    assert counts(found) == [
        (80, [0, 40, 80, None]),
        (30, [0, 30, None, None]),
        (0, [0, None, None, None]),
        (0, [None, None, None, None]),
    ]
    assert [cohort.is_open for cohort in found.cohorts] == [False, False, False, True]
    share = found.cohorts[0].cells[1].share
    assert share is not None and (share.value, share.n, share.too_few) == (0.5, 80, False)
    assert share.low == pytest.approx(0.393, abs=0.001)
    assert (found.customers, found.coverage.customers) == (110, 111)


@pytest.mark.usefixtures("club")
def test_the_pooled_curve_counts_the_cohorts_whose_time_has_passed() -> None:
    found = retention().columns
    pooled = [(each.returned, each.share and each.share.n, each.cohorts) for each in found]
    assert pooled == [(0, 110, 3), (70, 110, 2), (80, 80, 1), (0, None, 0)]
    assert found[1].share is not None and found[1].share.value == pytest.approx(70 / 110)


@pytest.mark.usefixtures("club")
def test_a_customer_is_in_each_cohort_when_starts_recur() -> None:
    found = retention(start=("Joined", "Came"), recurring=True)
    assert counts(found)[:3] == [(80, [0, 40, 80, None]), (70, [0, 70, None, None]), (110, [0, None, None, None])]
    column = found.columns[1]
    assert (column.returned, column.share and column.share.n, column.customers) == (110, 150, 110)
    assert column.share is not None and column.share.low < 110 / 150 < column.share.high
    newcomers = retention(start=("Joined", "Came"))
    assert counts(newcomers)[:2] == [(80, [0, 40, 80, None]), (30, [0, 30, None, None])]


@pytest.mark.usefixtures("club")
def test_who_started_before_the_period_is_no_newcomer_in_it() -> None:
    later = {"period": Period(since=BEGIN + timedelta(days=11), until=JANUARY.until)}
    assert counts(retention(later, start=()))[:1] == [(30, [0, 30, None, None])]
    assert counts(retention(later, start=(), recurring=True))[:1] == [(70, [0, 70, None, None])]


@pytest.mark.usefixtures("club")
def test_brackets_are_spans_of_days_from_the_customers_own_start() -> None:
    found = retention(brackets=((0, 0), (1, 7), (8, 15)))
    assert found.distance_unit == CalendarUnit.DAY
    assert counts(found)[0] == (80, [0, 40, None]), "the last of the week's customers have not had 15 days"
    assert counts(retention(brackets=((0, 0), (1, 7), (8, 15)), unit=CalendarUnit.DAY))[0] == (80, [0, 40, 80])


@pytest.mark.usefixtures("club")
def test_on_or_after_counts_a_return_in_all_columns_before_it() -> None:
    assert counts(retention(or_after=True))[:2] == [(80, [80, 80, 80, None]), (30, [30, 30, None, None])]


def test_days_are_those_of_the_time_zone() -> None:
    load([event(1, "Joined", 23 * 60 + 30), event(1, "Came", 24 * 60 + 30), event(2, "Other", 3 * 1_440)])
    here = counts(retention(unit=CalendarUnit.DAY, columns=2))
    there = counts(retention(unit=CalendarUnit.DAY, columns=2, zone="Europe/Berlin"))
    assert (here[0], there[0]) == ((1, [0, 1]), (1, [1, 0]))
    months = retention(unit=CalendarUnit.MONTH, zone="America/New_York")
    assert [cohort.since for cohort in months.cohorts] == [datetime(2026, 1, 1, 5, tzinfo=UTC)]


def test_no_events_are_no_cohorts_with_customers() -> None:
    found = retention(start=(), returns=())
    assert [cohort.customers for cohort in found.cohorts] == [0]
    assert all(column.share is None for column in found.columns)
    assert sum(each.active for each in lifecycle().periods) == 0


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": ("Joinned",)}, "No event is called"), ({"columns": 0}, "columns"), ({"columns": 101}, "columns"),
        ({"brackets": ((0, 3), (3, 5))}, "brackets"), ({"brackets": ((4, 2),)}, "brackets"),
        ({"zone": "Atlantis"}, "zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        retention(**wrong)


def test_too_many_cohorts_are_refused() -> None:
    load([event(1, "Joined", -500 * 1_440), event(1, "Came", 0)])
    with pytest.raises(InvalidError, match="400 days"):
        retention({"period": Period()}, unit=CalendarUnit.DAY)
    assert len(retention({"period": Period()}, unit=CalendarUnit.MONTH).cohorts) == 18


def lifecycle(**asked: Any) -> LifecycleTable:
    question = Question(period=JANUARY, events=EventFilter())
    return queries.lifecycle(**{"question": question, "viewer": SYSTEM, "active": (), **asked})


def test_a_lifecycle_says_who_is_new_stays_comes_back_and_goes_quiet() -> None:
    load([
        *(each for person in range(100, 140) for each in visits(person, 0, 1, 2)),
        *(each for person in range(200, 240) for each in visits(person, 0, 2)),
        event(900, "Other", MONDAY + 3 * WEEK),
    ])  # fmt: skip
    found = lifecycle(active=("Joined", "Came"))
    figures = [(p.new, p.retained, p.resurrected, p.dormant, p.active, p.before) for p in found.periods]
    assert figures == [(80, 0, 0, 0, 80, 0), (0, 40, 0, 40, 40, 80), (0, 40, 40, 0, 80, 40)]
    assert (found.periods[1].kept.value, found.periods[1].kept.n, found.periods[0].kept.too_few) == (0.5, 80, True)
    assert found.periods[-1].until == BEGIN + timedelta(days=25), "the week that runs is left out"
