"""What attribution says about real events at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import AttributionAsked, AttributionTable, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY_MINUTES = 24 * 60
PERIOD = Period(since=BEGIN, until=BEGIN + timedelta(days=60))
NOW = BEGIN + timedelta(days=365)


def ways(first: int, customers: int, *steps: tuple[str, str], value: str | None = None) -> list[dict[str, Any]]:
    """Let customers take steps (event, channel), a day apart."""
    return [
        event(
            person, name, DAY_MINUTES * place, channel=channel,
            value=value if name == "Paid" else None, currency="EUR" if value and name == "Paid" else None,
        )
        for person in range(first, first + customers)
        for place, (name, channel) in enumerate(steps)
    ]  # fmt: skip


@pytest.fixture
def shop() -> None:
    load(
        [
            *ways(100, 60, ("Mailed", "mail"), ("Visited", "web"), ("Paid", "web"), value="10.50"),
            *ways(300, 40, ("Visited", "web"), ("Paid", "web")),
            *ways(500, 50, ("Mailed", "mail"), ("Identified", "web")),
            *ways(600, 30, ("Paid", "shop")),
            event(999, "Closed", DAY_MINUTES * 200),
        ]
    )


def asked(**fields: Any) -> AttributionAsked:
    return AttributionAsked(**{"outcome": ("Paid",), **fields})


def answer(period: Period = PERIOD, events: EventFilter = EventFilter(), **fields: Any) -> AttributionTable:  # noqa: B008
    return queries.attribution(
        asked=asked(**fields), question=Question(period=period, events=events), viewer=SYSTEM, now=NOW
    )


def conversions(found: AttributionTable, model: str) -> dict[str, float]:
    return {row.name: round(row.credits[model].conversions, 6) for row in found.touchpoints}


@pytest.mark.usefixtures("shop")
def test_each_model_shares_out_all_conversions() -> None:
    found = answer()
    assert (found.conversions, found.direct, found.converted, found.paths, found.open) == (100, 30, 100, 50, 0)
    assert [(row.name, row.touched) for row in found.touchpoints] == [("Visited", 100), ("Mailed", 60)]
    assert conversions(found, "first") == {"Visited": 40, "Mailed": 60}
    assert conversions(found, "last") == {"Visited": 100, "Mailed": 0}
    assert conversions(found, "linear") == conversions(found, "position") == {"Visited": 70, "Mailed": 30}
    assert conversions(found, "shapley") == {"Visited": 70, "Mailed": 30}
    # without Visited nothing converts; without Mailed 40 of 150 paths still do instead of 100
    assert conversions(found, "markov") == {"Visited": 62.5, "Mailed": 37.5}
    for model in found.models:
        assert sum(conversions(found, model).values()) == pytest.approx(100)
    share = found.touchpoints[0].credits["linear"].share
    assert (round(share.value, 6), share.n, share.too_few) == (0.7, 100, False)
    assert 0.6 < share.low < 0.7 < share.high < 0.8


@pytest.mark.usefixtures("shop")
def test_rules_alone_are_the_same_and_look_at_no_other_paths() -> None:
    every, found = answer(currency="EUR"), answer(currency="EUR", models=("last", "first"))
    assert found.models == ("first", "last"), "in the usual order"
    assert (found.paths, found.open) == (None, None)
    assert (found.conversions, found.direct, found.value) == (every.conversions, every.direct, every.value)
    for row, full in zip(found.touchpoints, every.touchpoints, strict=True):
        assert (row.name, row.touched) == (full.name, full.touched)
        assert row.credits == {model: full.credits[model] for model in found.models}
    estimated = answer(currency="EUR", models=("linear", "shapley"))
    assert (estimated.models, estimated.paths) == (("linear", "shapley"), 50)


@pytest.mark.usefixtures("shop")
def test_touchpoints_may_be_values_of_a_dimension() -> None:
    found = answer(by="channel")
    assert conversions(found, "last") == {"web": 100, "mail": 0, "shop": 0}
    assert [row.touched for row in found.touchpoints] == [100, 60, 0], "the outcome itself touches nothing"
    assert found.paths == 50, "identify calls say who somebody is"
    assert conversions(answer(by="channel", touchpoints=("web",)), "first") == {"web": 100}


@pytest.mark.usefixtures("shop")
def test_money_is_shared_out_in_one_currency() -> None:
    found = answer(currency="EUR")
    assert (found.value, found.unvalued, found.currency) == (630.0, 40, "EUR")
    worth = {row.name: row.credits["first"].value for row in found.touchpoints}
    assert worth == {"Visited": 0.0, "Mailed": 630.0}
    assert answer().value is None


@pytest.mark.usefixtures("shop")
def test_touches_before_the_period_count_and_conversions_before_it_do_not() -> None:
    later = Period(since=BEGIN + timedelta(days=1, hours=12), until=BEGIN + timedelta(days=30))
    found = answer(later)
    assert (found.conversions, found.direct) == (60, 0)
    assert conversions(found, "first") == {"Visited": 0, "Mailed": 60}
    assert found.coverage.period == later
    assert conversions(answer(later, window_days=1), "first") == {"Visited": 60}, "outside the window"


@pytest.mark.usefixtures("shop")
def test_a_path_is_open_until_its_window_has_passed() -> None:
    early = queries.attribution(
        asked=asked(), question=Question(period=PERIOD, events=EventFilter()), viewer=SYSTEM,
        now=BEGIN + timedelta(days=20),
    )  # fmt: skip
    assert (early.paths, early.open) == (0, 50)


@pytest.mark.usefixtures("shop")
def test_rare_values_come_together() -> None:
    load([event(2_000 + n, "Visited", n, channel=f"c{n % 20}") for n in range(60)], number=2)
    found = answer(by="channel")
    assert (len(found.touchpoints), found.touchpoints[-1].name) == (12, "(other)")


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_attributed_is_refused() -> None:
    for wrong, said in (
        ({"outcome": ("Payed",)}, "No event is called Payed"),
        ({"outcome": ()}, "outcome"),
        ({"touchpoints": ("Paid",)}, "is the outcome"),
        ({"touchpoints": ("Seen",)}, "No event is called Seen"),
        ({"by": "colour"}, "no dimension colour"),
        ({"by": "channel", "touchpoints": ("fax",)}, "no event has the channel fax"),
        ({"currency": "USD"}, "no event has money in USD"),
        ({"window_days": 0}, "window"),
        ({"half_life_days": 0}, "half-life"),
        ({"touchpoints": tuple(map(str, range(25)))}, "at most 24"),
        ({"models": ("frist",)}, "models: there is no frist"),
    ):
        with pytest.raises(InvalidError, match=said):
            answer(**wrong)


def test_the_same_question_is_not_worked_out_twice() -> None:
    load(ways(100, 60, ("Visited", "web"), ("Paid", "web")))
    first = answer()
    again = answer()
    assert again.coverage.cached and not first.coverage.cached
    assert again.touchpoints == first.touchpoints
    assert replace(asked(), collapse=True) != asked()


def test_an_outcome_without_conversions_credits_nothing() -> None:
    load([*ways(100, 10, ("Visited", "web")), event(1, "Paid", DAY_MINUTES * 90)])
    found = answer(Period(since=BEGIN, until=BEGIN + timedelta(days=9)))
    assert (found.conversions, found.paths) == (0, 10)
    assert [(row.name, row.credits) for row in found.touchpoints] == [("Visited", {})]
