"""Saved questions: who sees and changes them, what they may hold, and what they ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domains.journeys.test_rules import CARD
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Parameters, QuestionPage, SavedQuestion
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
ANNA = Viewer(name="person:3", role=Role.ANALYST, scopes=frozenset(Scope))
BEN = Viewer(name="person:4", role=Role.ANALYST, scopes=frozenset(Scope))
CHIEF = Viewer(name="person:1", role=Role.ADMINISTRATOR, scopes=frozenset(Scope))
READER = Viewer(name="person:2", role=Role.VIEWER)
FUNNEL: Parameters = (("period", "28"), ("channel", "web"), ("f", "Application Started"), ("f", "Card Activated"))


@pytest.fixture(autouse=True)
def bank() -> None:
    made = [event(100 + each, "Application Started", each, channel="web") for each in range(4)]
    made += [event(100 + each, "Card Activated", 90 + each, channel="app") for each in range(3)]
    load(made)


def saved(name: str = "Cards", *, viewer: Viewer = ANNA, **given: Any) -> SavedQuestion:
    given = {"page": QuestionPage.EXPLORER, "parameters": FUNNEL} | given
    return actions.save_question(name=name, viewer=viewer, **given)


def test_a_question_is_saved_opened_changed_deleted_and_brought_back_with_its_pins() -> None:
    made = saved(description="Who gets a card", is_shared=True, now=BEGIN)
    assert queries.saved_question(id=made.id, viewer=READER) == made
    actions.pin_question(id=made.id, viewer=READER)
    assert queries.saved_question(id=made.id, viewer=READER).is_pinned
    other = (QuestionPage.PATHS, (("root", "Card Activated"), ("node", "open at the side")))
    changed = actions.change_question(id=made.id, viewer=ANNA, name="Paths", asked=other)
    assert (changed.name, changed.description, changed.page) == ("Paths", "Who gets a card", QuestionPage.PATHS)
    assert changed.parameters == (("period", "90"), ("root", "Card Activated"))
    actions.delete_question(id=made.id, viewer=ANNA, now=BEGIN)
    assert queries.saved_questions(viewer=ANNA) == queries.pinned_questions(viewer=READER) == ()
    actions.restore_question(id=made.id, viewer=ANNA, now=BEGIN + timedelta(hours=23))
    assert [each.id for each in queries.pinned_questions(viewer=READER)] == [made.id]
    noted = [entry.what for entry in access.audit_log(viewer=SYSTEM) if entry.object == f"question:{made.id}"]
    assert noted == ["question.restore", "question.delete", "question.change", "question.save"]


def test_a_deleted_question_comes_back_for_a_day_and_then_leaves_nothing() -> None:
    first, second = saved(), saved()
    actions.delete_question(id=first.id, viewer=ANNA, now=BEGIN)
    with pytest.raises(NotFoundError):
        actions.restore_question(id=first.id, viewer=ANNA, now=BEGIN + timedelta(hours=25))
    actions.delete_question(id=second.id, viewer=ANNA, now=BEGIN + timedelta(hours=25))
    with pytest.raises(NotFoundError):
        actions.restore_question(id=first.id, viewer=ANNA, now=BEGIN)


def test_a_private_question_is_there_for_its_owner_only() -> None:
    made = saved()
    for other in (BEN, CHIEF, READER, SYSTEM):
        assert queries.saved_questions(viewer=other) == ()
        for ask in (queries.saved_question, queries.answers_asked, actions.pin_question, actions.unpin_question):
            with pytest.raises(NotFoundError):
                ask(id=made.id, viewer=other)
    for do in (actions.change_question, actions.delete_question):
        with pytest.raises(NotFoundError):
            do(id=made.id, viewer=CHIEF)


def test_everyone_opens_a_shared_question_and_its_owner_or_an_administrator_changes_it() -> None:
    made = saved(is_shared=True)
    for do in (actions.change_question, actions.delete_question):
        with pytest.raises(ForbiddenError):
            do(id=made.id, viewer=BEN)
        with pytest.raises(ForbiddenError):
            do(id=made.id, viewer=READER)
    with pytest.raises(ForbiddenError):
        saved(viewer=READER)
    assert actions.change_question(id=made.id, viewer=CHIEF, is_shared=False).owner == ANNA.name
    assert queries.saved_questions(viewer=CHIEF) == ()


def test_a_pin_is_ones_own_and_goes_with_what_one_may_no_longer_see() -> None:
    made = saved(is_shared=True)
    actions.pin_question(id=made.id, viewer=BEN)
    actions.pin_question(id=made.id, viewer=BEN)
    assert queries.pinned_questions(viewer=ANNA) == ()
    actions.change_question(id=made.id, viewer=ANNA, is_shared=False)
    assert queries.pinned_questions(viewer=BEN) == ()
    for each in range(12):
        actions.pin_question(id=saved(str(each)).id, viewer=ANNA)
    with pytest.raises(ConflictError, match="take one down"):
        actions.pin_question(id=made.id, viewer=ANNA)
    first = queries.pinned_questions(viewer=ANNA)[0]
    assert first.name == "0"
    actions.unpin_question(id=first.id, viewer=ANNA)
    assert queries.pinned_questions(viewer=ANNA)[0].name == "1"


def test_questions_are_found_by_words_page_and_owner_and_come_page_by_page() -> None:
    saved("Überweisung monatlich", is_shared=True, now=BEGIN)
    saved("Cards", description="monatlich", page=QuestionPage.RETENTION, parameters=(), now=BEGIN, is_shared=True)
    saved("Other", viewer=BEN, now=BEGIN + timedelta(days=1), is_shared=True)

    def names(**given: Any) -> list[str]:
        return [each.name for each in queries.saved_questions(viewer=ANNA, **given)]

    assert names()[0] == "Other"
    assert names(text="ÜBERWEISUNG mon") == ["Überweisung monatlich"]
    assert names(text="monatlich", page=QuestionPage.RETENTION) == ["Cards"]
    assert names(owner=BEN.name) == ["Other"]
    first = queries.saved_questions(viewer=ANNA, limit=2)
    rest = queries.saved_questions(viewer=ANNA, before=(first[-1].saved_at, first[-1].id))
    assert {each.id for each in (*first, *rest)} == {each.id for each in queries.saved_questions(viewer=ANNA)}
    assert len(rest) == 1


@pytest.mark.parametrize(
    ("page", "parameters", "wrong"),
    [
        (QuestionPage.EXPLORER, (("f", "anna@example.com"),), "address: f"),
        (QuestionPage.EXPLORER, (("channel", "+49 151 2345678"),), "no such value"),
        (QuestionPage.EXPLORER, (("customer", "4711"),), "no parameter"),
        (QuestionPage.EXPLORER, (("root", "Card Activated"),), "no parameter"),
        (QuestionPage.EXPLORER, (("steps", "many"),), "steps"),
        (QuestionPage.EXPLORER, (("since", "2026-02-31"),), "since"),
        (QuestionPage.EXPLORER, (("journey", "unknown"),), "journey"),
        (QuestionPage.EXPLORER, (("having_pattern", '"anna@example.com"'),), "No event is called"),
        (QuestionPage.EXPLORER, (("fx", "1-2:Unknown"),), "fx"),
        (QuestionPage.EXPLORER, (("period", "7\x00"),), "plain"),
        (QuestionPage.EXPLORER, (("period", ""),), "plain"),
        (QuestionPage.COMPARE, (("against", "colour"),), "against"),
        (QuestionPage.ATTRIBUTION, (("touch", "Anna"),), "touch"),
        (QuestionPage.ATTRIBUTION, (("currency", "EUR"),), "currency"),
        (QuestionPage.EXPLORER, (("f", "Card Activated"),) * 400, "at most 400"),
    ],
)
def test_only_what_the_vocabulary_shows_can_be_saved(page: QuestionPage, parameters: Parameters, wrong: str) -> None:
    with pytest.raises(InvalidError, match=wrong):
        saved(page=page, parameters=parameters)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "), ("name", "x" * 101), ("name", "a\x00"), ("name", "half \ud800"),
        ("name", "Why anna@example.com left"), ("description", "y" * 501), ("description", "call +49 151 2345678"),
    ],
)  # fmt: skip
def test_names_and_descriptions_identify_nobody_and_are_bounded(field: str, text: str) -> None:
    with pytest.raises(InvalidError, match=field):
        actions.save_question(
            name=text if field == "name" else "ok",
            description=text if field == "description" else "",
            page=QuestionPage.PROCESS,
            parameters=(),
            viewer=ANNA,
        )


def answers(page: QuestionPage, *parameters: tuple[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    made = saved(page=page, parameters=parameters)
    return {each.answer: each.parameters for each in queries.answers_asked(id=made.id, viewer=ANNA)}


def test_an_explorers_question_asks_for_graph_variants_and_its_funnel() -> None:
    own = (("fx", "1-2:Card Activated"), ("fper", "household"), ("steps", "5"), ("paths", "40"))
    found = answers(QuestionPage.EXPLORER, *FUNNEL, *own)
    common = {"days": ("28",), "where": ("channel:web",), "steps_shown": ("5",), "paths_shown": ("0.4",)}
    assert found["graph"] == common
    assert found["variants"] == common | {"top": ("12",)}
    assert found["funnel"] == common | {
        "step": ("Application Started", "Card Activated"), "window_days": ("14",), "exclude": ("1-2:Card Activated",),
        "per": ("household",),
    }  # fmt: skip


def test_a_journeys_question_asks_about_its_events_and_goes_with_it() -> None:
    actions.save(journey=replace(CARD, outcomes={}), viewer=SYSTEM)
    made = saved(parameters=(("journey", "card"), ("period", "all")))
    graph, _, funnel = queries.answers_asked(id=made.id, viewer=ANNA)
    assert graph.parameters == {
        "since": ("1970-01-01T00:00:00Z",),
        "name": ("Application Started", "Card Activated"),
        "having": ("Application Started",),
    }
    assert funnel.parameters["window_days"] == ("30",)
    endings = answers(QuestionPage.COMPARE, ("journey", "card"), ("show", "endings"), ("against", "channel"))
    assert endings["compare/journeys"]["a_where"] == ("channel:web",)
    assert answers(QuestionPage.ATTRIBUTION)["attribution"]["outcome"] == ("Card Activated",)
    actions.delete(slug="card", viewer=SYSTEM)
    with pytest.raises(InvalidError, match="not there any more"):
        queries.answers_asked(id=made.id, viewer=ANNA)
    with pytest.raises(InvalidError, match="outcome"):
        answers(QuestionPage.ATTRIBUTION)


def test_days_of_a_calendar_stay_and_end_with_their_last_day() -> None:
    custom = (("period", "custom"), ("since", "2026-01-01"), ("until", "2026-01-31"))
    found = answers(QuestionPage.RETENTION, *custom, ("by", "month"), ("brackets", "0, 1-3"), ("cohorts", "each"))
    when = {"since": ("2026-01-01T00:00:00Z",), "until": ("2026-02-01T00:00:00Z",)}
    assert found["lifecycle"] == when | {"unit": ("month",), "zone": ("UTC",)}
    assert found["retention"] == found["lifecycle"] | {"bracket": ("0", "1-3"), "recurring": ("true",)}


def test_paths_process_and_comparisons_are_asked_as_their_pages_ask() -> None:
    found = answers(QuestionPage.PATHS, ("root", "Card Activated"), ("way", "to"), ("repeats", "1"), ("within", "0"))
    assert found["paths"] == {
        "days": ("90",), "root": ("Card Activated",), "direction": ("to",), "collapse": ("false",),
    }  # fmt: skip
    assert answers(QuestionPage.PROCESS)["process"] == {"days": ("90",), "covers": ("0.8",)}
    found = answers(QuestionPage.COMPARE, ("against", "dates"), ("a_since", "2026-01-01"), ("a_until", "2026-01-02"))
    assert found["compare/graph"] == {
        "days": ("90",), "steps_shown": ("25",),
        "a_since": ("2026-01-01T00:00:00Z",), "a_until": ("2026-01-03T00:00:00Z",),
    }  # fmt: skip
    assert answers(QuestionPage.COMPARE)["compare/graph"]["before"] == ("true",)
    for show, missing in (("funnel", "f:"), ("endings", "journey"), ("success", "journey")):
        with pytest.raises(InvalidError, match=missing):
            answers(QuestionPage.COMPARE, ("show", show))
