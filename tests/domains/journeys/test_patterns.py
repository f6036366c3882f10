"""Who matches a path pattern, over real events at the door; and patterns as a filter of every question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import PatternTable, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.kernels.patterns import PatternError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))


def many(first: int, customers: int, *names: str, every: int = 10) -> list[dict[str, Any]]:
    return [
        event(person, name, every * place, channel="phone" if name == "Called" else "web")
        for person in range(first, first + customers)
        for place, name in enumerate(names)
    ]


@pytest.fixture(autouse=True)
def bank() -> None:
    load([
        *many(100, 40, "Searched", "Opened", "Called", "Paid"),
        *many(200, 20, "Searched", "Paid", "Searched", "Paid", every=5),
        *many(300, 40, "Searched", "Identified", "Left"),
        event(400, "Searched", 2_000), event(400, "Paid", 2_001),
    ])  # fmt: skip


def question(pattern: str = "", period: Period = DAY) -> Question:
    return Question(period=period, events=EventFilter(having_pattern=pattern))


def asked(pattern: str, having: str = "", period: Period = DAY) -> PatternTable:
    return queries.patterns(pattern=pattern, question=question(having, period), viewer=SYSTEM)


def test_a_pattern_tells_customers_matches_and_times_with_intervals() -> None:
    found = asked("Searched ->> Paid")
    assert (found.customers, found.matches, found.coverage.customers) == (60, 80, 100)
    assert (found.share.value, found.share.n, found.share.too_few) == (0.6, 100, False)
    assert found.share.low < 0.6 < found.share.high
    assert found.per_customer is not None
    assert found.per_customer.value == pytest.approx(80 / 60)
    assert found.median is not None
    assert (found.median.value, found.median.low, found.median.high, found.median.n) == (1_800, 1_800, 1_800, 60)
    assert [(each.since_s, each.times) for each in found.bins] == [(60, 20), (600, 40)]
    assert "pattern" in found.coverage.query


def test_a_pattern_that_nobody_matches_has_no_times() -> None:
    found = asked("Paid -> Left")
    assert (found.customers, found.matches, found.share.value) == (0, 0, 0.0)
    assert (found.per_customer, found.median, found.p90, found.bins) == (None, None, None, ())


def test_identity_calls_are_passed_over_unless_the_pattern_names_them() -> None:
    assert asked("Searched -> Left").customers == 40
    assert asked("Searched -> Identified -> Left").customers == 40
    assert asked("[^Identified] -> Left").customers == 0


def test_a_pattern_filters_graph_variants_funnel_and_patterns_alike() -> None:
    one = question("Searched -> [^Called]* -> $")
    everyone = 20 + 40
    assert queries.graph(question=one, viewer=SYSTEM).coverage.customers == everyone
    assert sum(row.customers for row in queries.variants(question=one, viewer=SYSTEM).rows) == everyone
    funnel = queries.funnel(steps=["Searched", "Paid"], window_days=1, question=one, viewer=SYSTEM)
    assert [step.customers for step in funnel.steps] == [everyone, 20]
    assert asked("Searched ->> Paid", having="Searched -> [^Called]* -> $").share.n == everyone
    assert queries.sessions(question=one, viewer=SYSTEM, timeout_minutes=30).customers == everyone


def test_only_events_in_the_period_are_there_for_a_pattern() -> None:
    assert asked("Searched -> Paid", period=Period()).customers == 21
    assert asked("^ -> Called", period=Period(since=BEGIN + timedelta(minutes=15))).customers == 40


@pytest.mark.parametrize(
    ("pattern", "position"), [("Searched ->", 11), ("Searched -> Payd", 12), ("Called{chanel=phone}", 7)]
)
def test_a_mistake_is_refused_at_its_character_as_question_and_as_filter(pattern: str, position: int) -> None:
    for ask in (lambda: asked(pattern), lambda: asked("Paid", having=pattern)):
        with pytest.raises(PatternError) as refused:
            ask()
        assert refused.value.position == position
