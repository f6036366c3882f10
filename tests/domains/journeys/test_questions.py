"""What the explorer asks, over real events at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, link, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import JourneyGraph, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))


def question(**fields: Any) -> Question:
    return Question(**{"period": DAY, "events": EventFilter(), "paths_shown": 1.0, **fields})


def history(person: int, *names: str, every: int = 10) -> list[dict[str, Any]]:
    return [event(person, name, every * place, channel="web") for place, name in enumerate(names)]


def many(first: int, customers: int, *names: str) -> list[dict[str, Any]]:
    return [each for person in range(first, first + customers) for each in history(person, *names)]


def graph(**fields: Any) -> JourneyGraph:
    return queries.graph(question=question(**fields), viewer=SYSTEM)


@pytest.fixture
def shop() -> None:
    load([*many(100, 40, "Opened", "Asked", "Paid"), *many(200, 10, "Opened", "Paid"), *many(300, 2, "Opened", "Left")])


@pytest.mark.usefixtures("shop")
def test_the_graph_shows_steps_and_paths_with_customers_and_seconds() -> None:
    found = graph()
    assert [(step.name, step.customers, step.starts, step.ends) for step in found.steps] == [
        ("Opened", 52, 52, 0),
        ("Paid", 50, 0, 50),
        ("Asked", 40, 0, 0),
        ("Left", 2, 0, 2),
    ]
    path = found.paths[0]
    assert (path.source, path.target, path.customers, path.times) == ("Asked", "Paid", 40, 40)
    assert (path.mean_s, path.median_s, path.p90_s) == (600, 600, 600)
    assert path.share.value == 1.0
    assert (found.steps_in_all, found.paths_in_all, found.covers) == (4, 4, 1.0)
    assert (found.coverage.customers, found.coverage.events) == (52, 144)


@pytest.mark.usefixtures("shop")
def test_fewer_steps_are_mined_again_not_hidden() -> None:
    found = graph(steps_shown=2)
    assert [(path.source, path.target, path.customers) for path in found.paths] == [("Opened", "Paid", 50)]
    assert found.paths[0].median_s == 1200
    assert (found.steps_in_all, found.steps[0].ends) == (4, 2)


@pytest.mark.usefixtures("shop")
def test_fewer_paths_keep_every_step_on_a_way_through() -> None:
    found = graph(paths_shown=0.0)
    assert {(path.source, path.target) for path in found.paths} == {
        ("Opened", "Asked"),
        ("Asked", "Paid"),
        ("Opened", "Left"),
    }
    assert (found.paths_in_all, round(found.covers, 3)) == (4, round(82 / 92, 3))


def test_who_somebody_is_is_no_step_unless_asked_for() -> None:
    load([*many(100, 30, "Opened", "Identified", "Paid"), *many(200, 10, "Opened", "Paid")])
    found = graph()
    assert ([step.name for step in found.steps], found.steps_in_all) == (["Opened", "Paid"], 2)
    assert [(path.source, path.target, path.customers) for path in found.paths] == [("Opened", "Paid", 40)]
    assert queries.variants(question=question(), viewer=SYSTEM).distinct == 1
    assert [step.name for step in graph(identity_steps=True).steps] == ["Opened", "Paid", "Identified"]


@pytest.mark.usefixtures("shop")
def test_an_answer_says_what_was_asked_and_for_which_period() -> None:
    said = graph(steps_shown=2).coverage.query.splitlines()
    assert said[0].startswith("kernel: GraphFold")
    assert said[1] == 'steps kept: "Opened", "Paid"'
    assert said[2] == "events read: from 2026-01-01T00:00:00Z and before 2026-01-02T00:00:00Z"
    funnel = queries.funnel(steps=["Opened", ["Asked", "Paid"]], window_days=5, question=question(), viewer=SYSTEM)
    assert funnel.coverage.period == DAY, "not with the window in which later steps may come"
    assert 'steps in order: ("Opened"), ("Asked" or "Paid")' in funnel.coverage.query
    assert "before 2026-01-07T00:00:00Z" in funnel.coverage.query


@pytest.mark.usefixtures("shop")
def test_variants_are_those_of_the_steps_shown() -> None:
    found = queries.variants(question=question(), viewer=SYSTEM, top=2)
    assert [(row.steps, row.customers, row.median_s) for row in found.rows] == [
        (("Opened", "Asked", "Paid"), 40, 1200),
        (("Opened", "Paid"), 10, 600),
    ]
    assert (found.distinct, round(found.covers, 4)) == (3, round(50 / 52, 4))
    assert queries.variants(question=question(steps_shown=2), viewer=SYSTEM).rows[0].steps == ("Opened", "Paid")


@pytest.mark.usefixtures("shop")
def test_a_funnel_shows_shares_and_times() -> None:
    found = queries.funnel(
        steps=["Opened", ("Asked", "Left"), "Paid"], window_days=1, question=question(), viewer=SYSTEM
    )
    assert [(step.name, step.customers) for step in found.steps] == [("Opened", 52), ("Asked / Left", 42), ("Paid", 40)]
    assert found.steps[2].from_before.value == pytest.approx(40 / 42)
    assert found.steps[2].from_first.n == 52
    assert (found.steps[0].median_s, found.steps[1].median_s, found.median_total_s) == (None, 600, 1200)


@pytest.mark.usefixtures("shop")
def test_a_funnel_follows_customers_past_the_period_while_the_window_is_open() -> None:
    first_minutes = Period(since=BEGIN, until=BEGIN + timedelta(minutes=5))
    asked = question(period=first_minutes)
    found = queries.funnel(steps=["Opened", "Paid"], window_days=1, question=asked, viewer=SYSTEM)
    assert [step.customers for step in found.steps] == [52, 50]
    none = queries.funnel(steps=["Asked", "Paid"], window_days=1, question=asked, viewer=SYSTEM)
    assert [step.customers for step in none.steps] == [0, 0]
    assert none.steps[1].from_first.too_few


@pytest.mark.usefixtures("shop")
def test_a_path_opens_with_the_distribution_of_its_gaps() -> None:
    found = queries.edge(source="Opened", target="Paid", question=question(), viewer=SYSTEM)
    assert (found.path.customers, found.path.times) == (10, 10)
    assert [(each.since_s, each.until_s, each.times) for each in found.bins] == [(600, 3600, 10)]
    with pytest.raises(NotFoundError):
        queries.edge(source="Paid", target="Opened", question=question(), viewer=SYSTEM)


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InvalidError, match="No event is called Payed"):
        queries.funnel(steps=["Opened", "Payed"], window_days=1, question=question(), viewer=SYSTEM)
    with pytest.raises(InvalidError, match="steps"):
        queries.funnel(steps=[], window_days=1, question=question(), viewer=SYSTEM)
    with pytest.raises(InvalidError, match="window"):
        queries.funnel(steps=["Opened"], window_days=0, question=question(), viewer=SYSTEM)
    with pytest.raises(InvalidError, match="steps"):
        graph(steps_shown=0)
    with pytest.raises(InvalidError, match="top"):
        queries.variants(question=question(), viewer=SYSTEM, top=0)


def test_an_empty_workspace_has_an_empty_graph() -> None:
    found = graph()
    assert (found.steps, found.paths, found.covers) == ((), (), 1.0)
    assert queries.variants(question=question(), viewer=SYSTEM).rows == ()


def test_two_persons_who_are_one_customer_walk_one_way() -> None:
    load([event(1, "Opened", 0), event(2, "Paid", 5)])
    assert graph().paths == ()
    link([(1, 2)])
    load([event(3, "Opened", 0)], number=2)
    assert [(path.source, path.target) for path in graph().paths] == [("Opened", "Paid")]


def test_a_filter_is_part_of_the_question() -> None:
    load([*history(1, "Opened", "Asked", "Paid"), event(2, "Opened", 0, channel="phone"), event(2, "Paid", 1)])
    found = graph(events=EventFilter(dimensions={"channel": ("web",)}))
    assert [step.customers for step in found.steps] == [1, 1, 1]
    assert [step.name for step in graph(events=EventFilter(names=("Opened", "Paid"))).steps] == ["Opened", "Paid"]
