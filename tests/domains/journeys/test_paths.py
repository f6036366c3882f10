"""Trees of paths and sessions, over real events at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import PathsAsked, PathTree, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))


def history(person: int, *names: str, every: int = 10) -> list[dict[str, Any]]:
    return [event(person, name, every * place, channel="web") for place, name in enumerate(names)]


def many(first: int, customers: int, *names: str, every: int = 10) -> list[dict[str, Any]]:
    return [each for person in range(first, first + customers) for each in history(person, *names, every=every)]


def question(**fields: Any) -> Question:
    return Question(**{"period": DAY, "events": EventFilter(), **fields})


def tree(period: Period = DAY, **asked: Any) -> PathTree:
    return queries.paths(question=question(period=period), viewer=SYSTEM, asked=PathsAsked(**asked))


def rows(found: PathTree) -> list[tuple[str, int]]:
    return [(f"{'.' * node.depth}{node.name or node.kind.value}", node.customers) for node in found.nodes]


@pytest.fixture
def shop() -> None:
    load([
        *many(100, 40, "Opened", "Opened", "Asked", "Paid"),
        *many(200, 10, "Opened", "Paid"),
        *many(300, 2, "Opened", "Left", "Paid"),
        event(400, "Opened", 0),
        event(400, "Called", 1),
    ])  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_paths_from_a_step_show_who_went_on_and_who_ended() -> None:
    found = tree()
    assert rows(found) == [
        ("Opened", 53),
        (".Asked", 40), ("..Paid", 40), ("...end", 40),
        (".Paid", 10), ("..end", 10),
        (".Left", 2), ("..Paid", 2), ("...end", 2),
        (".others", 1),
    ]  # fmt: skip
    asked = found.nodes[1]
    assert (found.asked.root, asked.times, asked.median_s, found.nodes[-1].gathered) == ("Opened", 40, 1200, 1)
    assert (asked.share.value, asked.share.n) == (pytest.approx(40 / 53), 53)
    assert found.nodes[2].share_before.value == 1.0
    assert "the first" in found.coverage.query
    assert found.coverage.period == DAY


@pytest.mark.usefixtures("shop")
def test_paths_to_a_step_show_what_came_before() -> None:
    found = tree(root="Paid", forward=False, depth=1)
    assert rows(found) == [("Paid", 52), (".Asked", 40), (".Opened", 10), (".Left", 2)]


@pytest.mark.usefixtures("shop")
def test_repeats_count_where_they_are_asked_for() -> None:
    assert rows(tree(collapse=False, depth=1))[1] == (".Opened", 40)
    assert (tree(every=True, collapse=False).nodes[0].times, tree(every=True).nodes[0].times) == (93, 53)


@pytest.mark.usefixtures("shop")
def test_a_pause_or_a_window_ends_a_path() -> None:
    assert rows(tree(pause_minutes=9, depth=1)) == [("Opened", 53), (".others", 1), (".end", 52)]
    assert rows(tree(window_days=15 / 1440, collapse=False, depth=2))[1:3] == [(".Opened", 40), ("..end", 40)]


@pytest.mark.usefixtures("shop")
def test_with_a_window_a_path_may_lead_out_of_the_period_that_its_root_lies_in() -> None:
    first = Period(since=BEGIN, until=BEGIN + timedelta(minutes=5))
    assert rows(tree(period=first, depth=1)) == [("Opened", 53), (".others", 1), (".end", 52)]
    wide = tree(period=first, window_days=1, depth=1)
    assert rows(wide) == [("Opened", 53), (".Asked", 40), (".Paid", 10), (".Left", 2), (".others", 1)]
    assert wide.coverage.period == first


@pytest.mark.usefixtures("shop")
def test_paths_that_cannot_be_are_refused() -> None:
    for wrong in ({"depth": 0}, {"depth": 11}, {"breadth": 0}, {"window_days": 0.0}, {"pause_minutes": -1.0},
                  {"least": 2.0}, {"root": "Payed"}):  # fmt: skip
        with pytest.raises(InvalidError):
            tree(**wrong)


def test_an_empty_workspace_has_a_root_of_nobody() -> None:
    found = tree()
    assert rows(found) == [("step", 0)]
    none = queries.sessions(question=question(), viewer=SYSTEM)
    assert (none.sessions, none.per_customer, none.median_s, none.entries, none.bounces.too_few) == (
        0, None, None, (), True,
    )  # fmt: skip


def test_sessions_are_cut_where_nothing_happened_for_long() -> None:
    load([*many(100, 40, "Opened", "Asked", "Paid"), *many(200, 10, "Opened", "Paid", every=60), event(300, "Left", 0)])
    found = queries.sessions(question=question(), viewer=SYSTEM)
    assert (found.customers, found.sessions, found.events) == (51, 61, 141)
    assert found.bounces.value == pytest.approx(21 / 61)
    assert found.bounces.n == 61
    assert (found.median_s, found.p90_s, found.median_events) == (1200, 1200, 3)
    assert found.mean_s is not None and found.mean_s.low is not None
    assert found.mean_s.value == pytest.approx(40 * 1200 / 61)
    assert found.mean_s.low < found.mean_s.value
    assert found.per_customer is not None and found.per_customer.value == pytest.approx(61 / 51)
    assert [(edge.name, edge.sessions, edge.customers) for edge in found.entries] == [
        ("Opened", 50, 50),
        ("Paid", 10, 10),
    ]
    assert [edge.name for edge in found.exits] == ["Paid", "Opened"], "one customer alone is not shown"
    assert found.exits[0].share.n == 61


def test_a_named_event_begins_a_session_however_soon_it_comes() -> None:
    load(many(100, 40, "Opened", "Asked", "Paid"))
    found = queries.sessions(question=question(), viewer=SYSTEM, starts=["Paid"])
    assert (found.sessions, found.starts, found.median_events) == (80, ("Paid",), 1.5)
    assert 'begun by: "Paid"' in found.coverage.query
    for wrong in ({"timeout_minutes": 0}, {"starts": ["Payed"]}):
        with pytest.raises(InvalidError):
            queries.sessions(question=question(), viewer=SYSTEM, **wrong)  # type: ignore[arg-type]
