"""Every question at a level of abstraction: events seen as groups and kinds, repeats as one, groups opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.catalogue.contracts import EventGroup, Level
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Journey, JourneyGraph, PathsAsked, Question
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Abstraction, EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))
GROUPS = """
groups:
  Login: [login_web, login_app]
  Cards: {events: ["card.*"], kind: Service}
  Help: {events: [called], kind: Service}
"""


def many(first: int, customers: int, *names: str) -> list[dict[str, Any]]:
    return [
        event(person, name, 10 * place, channel="web")
        for person in range(first, first + customers)
        for place, name in enumerate(names)
    ]


@pytest.fixture(autouse=True)
def bank() -> None:
    load([
        *many(100, 40, "login_web", "card.shown", "card.ordered", "paid"),
        *many(200, 20, "login_app", "Identified", "login_web", "called", "paid"),
        *many(300, 10, "login_app", "card.shown"),
    ])  # fmt: skip
    catalogue.save_plan(text=GROUPS, viewer=SYSTEM)


def question(
    level: Level = Level.GROUPS, *, once: bool = False, expanded: tuple[str, ...] = (), **more: Any
) -> Question:
    seen = Abstraction(level=level, once=once, expanded=expanded)
    return Question(period=DAY, events=EventFilter(abstraction=seen, **more), paths_shown=1.0)


def graph(asked: Question) -> JourneyGraph:
    return queries.graph(question=asked, viewer=SYSTEM)


def steps(asked: Question) -> dict[str, tuple[int, int]]:
    return {step.name: (step.customers, step.times) for step in graph(asked).steps}


def paths(asked: Question) -> dict[tuple[str, str], int]:
    return {(path.source, path.target): path.times for path in graph(asked).paths}


def test_a_graph_of_groups_is_mined_from_the_relabelled_log() -> None:
    assert steps(question()) == {"Login": (70, 90), "Cards": (50, 90), "paid": (60, 60), "Help": (20, 20)}
    assert paths(question()) == {
        ("Login", "Cards"): 50, ("Cards", "Cards"): 40, ("Cards", "paid"): 40, ("Login", "Login"): 20,
        ("Login", "Help"): 20, ("Help", "paid"): 20,
    }  # fmt: skip


def test_repeats_in_a_row_are_one_when_asked_even_across_an_identity_call() -> None:
    once = question(once=True)
    assert steps(once)["Login"] == (70, 70)
    assert not any(source == target for source, target in paths(once))
    assert steps(question(Level.EVENTS, once=True)) == steps(question(Level.EVENTS))


def test_kinds_bring_groups_together_and_an_expanded_group_is_seen_as_its_events() -> None:
    assert steps(question(Level.KINDS))["Service"] == (70, 110)
    opened = steps(question(expanded=("Login",)))
    assert (opened["login_web"], opened["login_app"], opened["Cards"]) == ((60, 60), (30, 30), (50, 90))


def test_variants_paths_sessions_and_process_speak_of_groups() -> None:
    asked = question(once=True)
    top = queries.variants(question=asked, viewer=SYSTEM).rows[0]
    assert (top.steps, top.customers) == (("Login", "Cards", "paid"), 40)
    tree = queries.paths(question=asked, viewer=SYSTEM, asked=PathsAsked(root="Login"))
    assert {node.name for node in tree.nodes if node.depth == 1} >= {"Cards", "Help"}
    sessions = queries.sessions(question=asked, viewer=SYSTEM)
    assert [each.name for each in sessions.entries] == ["Login"]
    assert "Login" in queries.process(question=asked, viewer=SYSTEM).tree


def test_funnels_and_patterns_take_groups_as_steps() -> None:
    table = queries.funnel(steps=["Login", "Cards", "paid"], window_days=1, question=question(), viewer=SYSTEM)
    assert [step.customers for step in table.steps] == [70, 50, 40]
    found = queries.patterns(pattern="Login -> Help", question=question(once=True), viewer=SYSTEM)
    assert found.customers == 20
    assert graph(question(having_pattern="Login -> Help")).coverage.customers == 20


def test_a_filter_takes_names_of_groups_and_of_their_events() -> None:
    assert graph(question(having=("Help",))).coverage.customers == 20
    assert graph(question(having=("called",))).coverage.customers == 20
    assert steps(question(names=("Login", "paid"))) == {"Login": (70, 90), "paid": (60, 60)}
    page = privacy.events(events=question(names=("Login",)).events, limit=200, viewer=SYSTEM)
    assert {row.name for row in page.rows} == {"login_web", "login_app"}


def test_an_event_that_a_group_hides_is_refused_with_its_group() -> None:
    with pytest.raises(InvalidError, match="login_web is seen as Login"):
        queries.funnel(steps=["login_web"], window_days=1, question=question(), viewer=SYSTEM)


def test_both_sides_of_a_comparison_are_seen_at_one_level() -> None:
    a, b = question(having=("Help",)), question(having=("Cards",))
    found = queries.compare_graphs(a=a, b=b, viewer=SYSTEM)
    assert {step.name for step in found.steps} == {"Login", "Cards", "Help", "paid"}
    with pytest.raises(InvalidError, match="same level"):
        queries.compare_graphs(a=a, b=question(Level.EVENTS), viewer=SYSTEM)


def test_a_named_journey_is_of_events_by_their_names() -> None:
    actions.save(
        journey=Journey(
            slug="pay", name="Pay", start="login_web", goals=("paid",), outcomes={}, steps=(), window_days=1
        ),
        viewer=SYSTEM,
    )
    with pytest.raises(InvalidError, match="by their names"):
        queries.completion(slug="pay", period=DAY, events=question().events, viewer=SYSTEM)


def test_an_answer_changes_when_the_groups_do_and_says_its_level() -> None:
    assert "Login" in steps(question())
    catalogue.save_group(group=EventGroup(name="Entry", events=("login_*",)), viewer=SYSTEM)
    catalogue.delete_group(name="Login", viewer=SYSTEM)
    assert "Entry" in steps(question()) and "Login" not in steps(question())
    said = graph(question(once=True, expanded=("Cards",))).coverage.query
    assert 'seen as groups but for "Cards", once where in a row' in said


def test_the_vocabulary_is_told_at_a_level() -> None:
    terms = privacy.vocabulary(abstraction=Abstraction(level=Level.GROUPS), viewer=SYSTEM).names
    assert {each.name: each.customers for each in terms}["Login"] == 70


def test_a_group_lists_what_it_stands_for_one_level_lower() -> None:
    def members(asked: Question, name: str) -> list[tuple[str, int, int]]:
        found = queries.group_members(name=name, question=asked, viewer=SYSTEM)
        return [(each.name, each.customers, each.events) for each in found]

    assert members(question(once=True), "Login") == [("login_web", 60, 60), ("login_app", 30, 30)]
    assert members(question(Level.KINDS), "Service") == [("Cards", 50, 90), ("Help", 20, 20)]
    assert members(question(Level.KINDS, expanded=("Service",)), "Cards") == [
        ("card.shown", 50, 50), ("card.ordered", 40, 40),
    ]  # fmt: skip
    assert members(question(), "paid") == [("paid", 60, 60)]


def test_a_graph_says_how_much_its_steps_and_paths_leave_out() -> None:
    two = graph(Question(period=DAY, events=EventFilter(), steps_shown=2, paths_shown=1.0))
    # of 260 events besides identity calls 60 are login_web and 60 paid
    assert {step.name for step in two.steps} == {"login_web", "paid"}
    assert two.events_covered == pytest.approx(120 / 260)
    bound = Question(period=DAY, events=EventFilter(), paths_shown=1.0, paths_most=1)
    found, whole = graph(bound), graph(question(Level.EVENTS))
    assert len(found.paths) < len(whole.paths) == found.paths_in_all
    assert found.covers < whole.covers == 1.0
