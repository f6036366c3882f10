"""Figures may be some seconds old while events keep coming, never while consents have changed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, erase, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import EventFilter, Measure, Purpose
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:1", role=Role.VIEWER, units=frozenset({"north"}))


class Counter:
    """A figure that costs something: the customers who opened, and how often that was counted."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, viewer: Viewer = SYSTEM) -> int:
        def make() -> int:
            self.times += 1
            with queries.reading(event="Opened", fields=(), viewer=viewer) as opened:
                rows = opened.sums(Measure(event="Opened"), Period())
            return rows[0].customers if rows else 0

        return queries.remembered(
            key="opened", make=make, events=EventFilter(), purpose=Purpose.ANALYTICS, viewer=viewer
        )


def aged(settings: Any, seconds: int) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, figure_age_seconds=seconds)


def test_a_figure_stands_while_only_events_came_and_it_is_young(settings: Any) -> None:
    aged(settings, 3_600)
    figure = Counter()
    load([event(1, "Opened", 0, unit="north"), event(2, "Opened", 0)])
    assert (figure(), figure(), figure.times) == (2, 2, 1)
    load([event(3, "Opened", 0)], number=2)
    assert (figure(), figure.times) == (2, 1)
    assert figure(NORTH) == 1, "nobody is given what another may see"
    aged(settings, 0)
    assert (figure(), figure(), figure.times) == (3, 3, 3), "unchanged, it is not made again"


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_an_objection_and_an_erasure_act_on_the_next_figure(settings: Any) -> None:
    aged(settings, 3_600)
    figure = Counter()
    load([event(person, "Opened", 0) for person in (1, 2, 3)])
    assert figure() == 3
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert figure() == 2
    erase(2)
    assert figure() == 1


def test_one_reading_answers_many_sums_and_refuses_what_it_did_not_read() -> None:
    load([event(1, "Opened", 0, channel="web"), event(2, "Opened", 5, channel="app"), event(2, "Opened", 60 * 24)])
    by_channel = Measure(event="Opened", group=("channel",))
    with queries.reading(event="Opened", fields=("channel",), viewer=SYSTEM) as opened:
        rows = opened.sums(by_channel, Period())
        first_day = opened.sums(Measure(event="Opened", group=("day",)), Period(until=BEGIN.replace(hour=23)))
        coverage = opened.coverage(by_channel, Period())
        with pytest.raises(InvalidError, match="Only channel of Opened were read"):
            opened.sums(Measure(event="Opened", group=("unit",)), Period())
    assert [(row.key, row.events) for row in rows] == [((None,), 1), (("app",), 1), (("web",), 1)]
    assert [(row.key, row.events) for row in first_day] == [(("2026-01-01",), 2)]
    assert (coverage.customers, coverage.events) == (2, 3)
    assert "name = 'Opened'" in coverage.query
    assert "GROUP BY g0" in coverage.query
