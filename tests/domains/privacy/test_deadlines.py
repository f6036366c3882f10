"""Deadlines come from regulations as data; a date is counted as the law counts it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sojourn.domains.privacy.contracts import RequestKind
from sojourn.domains.privacy.rights.deadlines import RegulationError, due_on, regulations


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
        ("- a\n- b", "must pair names"),
        ("{", "is not YAML"),
    ],
)
def test_a_regulation_that_cannot_be_is_refused_by_its_field(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "regulations.yaml"
    own.write_text(text)
    with pytest.raises(RegulationError, match=told):
        regulations(own)
