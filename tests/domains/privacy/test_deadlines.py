"""Deadlines come from regulations as data; a date is counted as the law counts it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domains.privacy.contracts import RequestKind
from sojourn.domains.privacy.rights.deadlines import RegulationError, due_day, due_on, ends_on, regulations
from sojourn.domains.privacy.rights.holidays import HolidayError, Holidays, calendar
from sojourn.domains.privacy.words.rights import Span


@pytest.mark.parametrize(
    ("regulation", "kind", "received", "due", "extended"),
    [
        ("gdpr", "access", date(2026, 3, 10), date(2026, 4, 10), date(2026, 6, 10)),
        ("gdpr", "erasure", date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 30)),  # 28 February is a Saturday
        ("uk_gdpr", "access", date(2026, 9, 3), date(2026, 10, 5), date(2026, 12, 3)),
        ("ccpa", "access", date(2026, 11, 20), date(2027, 1, 4), date(2027, 2, 18)),
        ("ccpa", "do_not_sell", date(2026, 11, 20), date(2026, 12, 11), date(2026, 12, 11)),
        ("lgpd", "access", date(2026, 5, 1), date(2026, 5, 16), date(2026, 5, 16)),
        ("pipeda", "access", date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 30)),
    ],
)
def test_an_answer_is_due_when_the_law_says(
    regulation: str, kind: str, received: date, due: date, extended: date
) -> None:
    clock = regulations()[regulation].clocks[RequestKind(kind)]
    assert due_on(clock, received) == due
    assert due_on(clock, received, is_extended=True) == extended


def test_days_on_which_the_clock_stood_are_added() -> None:
    clock = regulations()["gdpr"].clocks[RequestKind.ACCESS]
    assert due_on(clock, date(2026, 3, 10), paused_days=5) == date(2026, 4, 15)


def test_a_company_adds_its_own_regulation_and_replaces_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "regulations.yaml"
    own.write_text("fadp: {title: FADP (Switzerland), law: art. 25, answer: {days: 30}, verified: [access]}\n")
    found = regulations(own)
    assert found["fadp"].clocks[RequestKind.ACCESS].is_verified
    assert not found["fadp"].clocks[RequestKind.DO_NOT_SELL].is_verified
    assert "gdpr" in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("law: {title: A}", "law: needs at least title and answer"),
        ("law: {title: A, answer: {weeks: 2}}", "give one of days, months, business_days"),
        ("law: {title: A, answer: {days: 0}}", "a whole number"),
        ("law: {title: A, answer: {days: 3}, pauses: [holiday]}", "identity and clarification"),
        ("law: {title: A, answer: {days: 3}, kinds: {gossip: {}}}", "there is no kind gossip"),
        ("law: {title: A, answer: {days: 3}, colour: red}", "there is no field colour"),
        ("law: {title: A, answer: {days: 3}, holidays: XX}", "holidays: there is none of XX"),
        ("- a\n- b", "must pair names"),
        ("{", "is not YAML"),
    ],
)
def test_a_regulation_that_cannot_be_is_refused_by_its_field(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "regulations.yaml"
    own.write_text(text)
    with pytest.raises(RegulationError, match=told):
        regulations(own)


@pytest.mark.parametrize(
    ("regulation", "kind", "received", "due", "code"),
    [
        ("gdpr", "access", date(2026, 11, 25), date(2026, 12, 28), "DE"),  # Christmas is a Friday, then a weekend
        ("gdpr", "access", date(2026, 2, 28), date(2026, 3, 30), "DE"),
        ("gdpr", "access", date(2026, 3, 3), date(2026, 4, 7), "DE"),  # Good Friday to Easter Monday
        ("gdpr", "access", date(2026, 3, 3), date(2026, 4, 3), "US"),
        ("uk_gdpr", "access", date(2026, 7, 31), date(2026, 9, 1), "GB-ENG"),  # the late August bank holiday
        ("uk_gdpr", "access", date(2026, 7, 31), date(2026, 8, 31), "GB-SCT"),
        ("ccpa", "do_not_sell", date(2026, 11, 20), date(2026, 12, 14), "US"),  # Thanksgiving is no working day
        ("lgpd", "access", date(2026, 12, 10), date(2026, 12, 25), "BR"),  # LGPD counts days and moves nothing
    ],
)
def test_a_holiday_is_no_working_day_where_the_law_counts_those(
    regulation: str, kind: str, received: date, due: date, code: str
) -> None:
    clock = regulations()[regulation].clocks[RequestKind(kind)]
    assert due_on(clock, received, holidays=calendar(code=code)) == due


def test_what_moved_a_deadline_is_told() -> None:
    clock = regulations()["gdpr"].clocks[RequestKind.ACCESS]
    found = due_day(clock, date(2026, 11, 25), holidays=calendar(code="DE"))
    assert (found.day, found.before) == (date(2026, 12, 28), date(2026, 12, 25))
    assert [each.day for each in found.holidays] == [date(2026, 12, 25)]
    plain = due_day(clock, date(2026, 3, 10), holidays=calendar(code="DE"))
    assert (plain.day, plain.holidays) == (plain.before, ())
    sold = regulations()["ccpa"].clocks[RequestKind.DO_NOT_SELL]
    counted = due_day(sold, date(2026, 11, 20), holidays=calendar(code="US"))
    assert [each.day for each in counted.holidays] == [date(2026, 11, 26)]


@given(
    begin=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    days=st.integers(1, 40),
    closed=st.sets(st.dates(date(2024, 1, 1), date(2031, 6, 1)), max_size=60),
)
@settings(max_examples=60, deadline=None)
def test_working_days_are_counted_as_by_hand(begin: date, days: int, closed: set[date]) -> None:
    own = Holidays(own=dict.fromkeys(closed, "Closed"))
    day, left = begin, days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in closed
    assert ends_on(begin, Span(business_days=days), rolls=False, holidays=own) == day


def test_a_company_adds_days_of_its_own_and_works_on_others(tmp_path: Path) -> None:
    own = tmp_path / "holidays.yaml"
    own.write_text("calendar: DE-BE\ndays: {2026-12-24: The bank is closed}\nworking: [2026-03-08]\n")
    found = calendar(own)
    told = {each.day: (each.name, each.is_own) for each in found.of_year(2026)}
    assert told[date(2026, 12, 24)] == ("The bank is closed", True)
    assert date(2026, 12, 25) in told
    assert date(2026, 3, 8) not in told
    assert calendar(own, code="US-CA").name(date(2026, 12, 24)), "its own days stay under the calendar of a law"
    assert not calendar(tmp_path / "nowhere.yaml").of_year(2026)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("calendar: Germany", "such as DE or DE-BE"),
        ("calendar: XX", "there is none of XX"),
        ("calendar: DE-ZZ", "of DE there are BB, BE"),
        ("days: [2026-12-24]", "pair days with names"),
        ("days: {soon: Closed}", "pair days with names"),
        ("working: 2026-12-24", "list days"),
        ("colour: red", "there is no field colour"),
        ("- a", "give calendar, days or working"),
        ("{", "is not YAML"),
    ],
)
def test_holidays_that_cannot_be_are_refused_by_their_field(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "holidays.yaml"
    own.write_text(text)
    with pytest.raises(HolidayError, match=told):
        calendar(own)
