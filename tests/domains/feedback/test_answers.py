"""Answers become the events that the KPI catalogue reads, once each, whole or partial; machines are held apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.conf import settings

from domains.feedback.asked import LEAD, VIEWER, document, live, opened
from sojourn.domains.access.contracts import SYSTEM, Right
from sojourn.domains.collection.actions import waiting
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.answers.events import events_of
from sojourn.domains.feedback.answers.taking import opened_answers
from sojourn.domains.feedback.contracts import (
    GivenAnswer,
    Progress,
    Quota,
    ResponseState,
    Sent,
    Visit,
)
from sojourn.domains.feedback.models import ResponseRow
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def events() -> list[dict[str, Any]]:
    """Give what waits in the outbox."""
    return [msgspec.json.decode(frame.items[0]) for _, frame in waiting(1_000)]


def send(
    found: Visit, before: Progress, values: Mapping[str, Any], *, seconds: int = 30, why_held: str = ""
) -> Progress:
    """Send the page that somebody has before them."""
    sent = Sent(
        response=before.response,
        started_at=AT,
        shown=tuple(each.id for each in before.page),
        values=values,
        language="en",
        why_held=why_held,
    )
    return actions.take(found, sent, now=AT + timedelta(seconds=seconds))


def names(progress: Progress) -> list[str]:
    return [each.id for each in progress.page]


def test_pages_follow_the_answers_and_the_end_makes_one_event_a_question() -> None:
    live()
    found = opened(channel="web", unit="north")
    first = queries.begin_visit(found)
    assert names(first) == ["nps"], "what depends on the score, or puts it into its text, comes after it"
    second = send(found, first, {"nps": "3"})
    assert names(second) == ["why", "gone", "ease", "mail"]
    assert events() == [], "somebody may come back and change it"
    values = {"why": "I waited.", "gone": "leave", "ease": "2", "mail": {"email": "ana@example.com"}}
    assert send(found, second, values).state is ResponseState.COMPLETE
    nps, gone, ease = (each["properties"] for each in events())
    assert {each["event"] for each in events()} == {"Survey Answered"}
    told = {
        "survey": "visit", "question": "Would you recommend us?", "question_id": "nps", "kind": "nps_transactional",
        "scale": "0-10", "direction": "high", "score": 3, "comment": "I waited.", "channel": "web", "unit": "north",
        "touchpoint": "branch", "version": 1, "language": "en", "is_partial": False,
    }  # fmt: skip
    assert told.items() <= nps.items() and set(nps) - set(told) == {"response"}
    assert (gone["kind"], gone["answer"]) == ("single", "leave")
    assert (ease["kind"], ease["scale"], ease["score"]) == ("ces_ease", "1-7", 2)
    row = ResponseRow.objects.get()
    assert b"ana@" not in bytes(row.sealed)
    assert "ana@" not in json.dumps(events())


def test_a_page_sent_twice_counts_once_and_one_sent_again_earlier_replaces() -> None:
    live(survey=document(questions=[{"id": "q", "kind": "csat", "text": {"en": "How?", "ar": "؟"}}]))
    found = opened()
    first = queries.begin_visit(found)
    send(found, first, {"q": 4})
    assert send(found, first, {"q": 1}).state is ResponseState.COMPLETE
    assert [each["properties"]["score"] for each in events()] == [4]
    live("other")
    found = opened("other")
    first = queries.begin_visit(found)
    send(found, first, {"nps": 3})
    assert names(send(found, first, {"nps": 9})) == ["why", "ease", "mail"]


def test_answers_left_in_the_middle_count_as_partial_and_only_what_is_new_comes_later() -> None:
    live()
    found = opened()
    second = send(found, queries.begin_visit(found), {"nps": 9})
    assert actions.release_idle(now=AT + timedelta(minutes=10)) == 0
    assert actions.release_idle(now=AT + timedelta(hours=2)) == 1
    assert [(each["properties"]["score"], each["properties"]["is_partial"]) for each in events()] == [(9, True)]
    send(found, second, {"ease": 7}, seconds=9_000)
    assert [each["properties"]["question_id"] for each in events()] == ["nps", "ease"]
    assert queries.survey("visit", viewer=VIEWER).answers == 1


def test_machines_are_held_apart() -> None:
    live(survey=document(min_seconds=2))
    for seconds, why in ((1, ""), (30, "honeypot")):
        found = opened()
        second = send(found, queries.begin_visit(found), {"nps": 9}, seconds=seconds, why_held=why)
        assert send(found, second, {}, seconds=60).state is ResponseState.HELD
    assert events() == []
    assert queries.survey("visit", viewer=VIEWER).held == 2
    honeypot, fast = sorted(queries.held_answers("visit", viewer=LEAD), key=lambda each: each.why)
    assert (honeypot.why, fast.why, fast.questions) == ("honeypot", "too_fast", 4)
    actions.judge_answers("visit", response=fast.id, is_person=True, viewer=LEAD)
    assert [each["properties"]["score"] for each in events()] == [9]
    assert actions.judge_answers("visit", response=honeypot.id, is_person=False, viewer=LEAD) is ResponseState.DISCARDED
    assert opened_answers(ResponseRow.objects.get(pk=honeypot.id)) == {}
    survey = queries.survey("visit", viewer=VIEWER)
    assert (survey.answers, survey.held, len(events())) == (1, 0, 1)
    with pytest.raises(NotFoundError):
        actions.judge_answers("visit", response=honeypot.id, is_person=True, viewer=LEAD)


def test_a_value_that_does_not_answer_is_told_and_nothing_is_stored() -> None:
    live()
    found = opened()
    first = queries.begin_visit(found)
    for value, said in (("11", "choose 0 to 10"), ("", "required"), ("x", "write a number")):
        again = send(found, first, {"nps": value})
        assert again.mistakes == {"nps": said} and names(again) == ["nps"]
    assert not ResponseRow.objects.exists()


def test_a_full_quota_takes_no_more() -> None:
    quotas = [{"name": "promoters", "most": 1, "when": [{"question": "nps", "at_least": 9}]}]
    live(survey=document(quotas=quotas))
    states = []
    for score in (9, 10, 3):
        found = opened()
        second = send(found, queries.begin_visit(found), {"nps": score})
        states.append(send(found, second, {}).state)
    assert states == [ResponseState.COMPLETE, ResponseState.OVER_QUOTA, ResponseState.COMPLETE]
    assert Quota(name="a", most=1).when == []


def test_a_link_that_we_did_not_make_leads_nowhere() -> None:
    live()
    made = actions.add_link(slug="visit", terms=_terms(), viewer=LEAD)
    for token in (made.token[:-1] + "A", "i" + made.token[1:], "o", "öö", made.token + "AAAA"):
        with pytest.raises(NotFoundError):
            queries.visit(token)
    actions.switch_link(slug="visit", link=made.id, is_active=False, viewer=LEAD)
    with pytest.raises(actions.EndedError):
        queries.visit(made.token)


def test_whole_answers_come_by_the_hundred_and_count_once() -> None:
    live()
    given = [
        GivenAnswer(id=f"a{number}", values={"nps": number % 11, "why": "Fine."}, user_id=f"K-{number}", channel="app")
        for number in range(300)
    ]
    bad = [
        GivenAnswer(id="b1", values={"nps": 12}),
        GivenAnswer(id="b2", values={"colour": 1}),
        GivenAnswer(id="b3", values={}),
        GivenAnswer(id="b4", values={"nps": 1}, answered_at=datetime(2090, 1, 1, tzinfo=UTC)),
    ]
    taken = actions.take_answers(slug="visit", answers=[*given, *bad], viewer=LEAD)
    assert (taken.taken, taken.known) == (300, 0)
    assert [(each.index, each.reason) for each in taken.refused] == [
        (300, "nps: choose 0 to 10."),
        (301, "colour: this survey does not ask it."),
        (302, "values: no question is answered."),
        (303, "answered_at: such a time cannot be."),
    ]
    again = actions.take_answers(slug="visit", answers=given[:10], viewer=LEAD)
    assert (again.taken, again.known) == (0, 10)
    assert len(events()) == 300
    with pytest.raises(InvalidError):
        actions.take_answers(slug="visit", answers=[], viewer=LEAD)
    with pytest.raises(ForbiddenError, match=Right.ANSWERS_WRITE.value):
        actions.take_answers(slug="visit", answers=given, viewer=VIEWER)


def test_a_matrix_is_an_event_a_row_and_a_text_alone_an_event_of_its_own() -> None:
    rows = [{"id": "product", "text": {"en": "the product", "ar": "-"}}]
    survey = document(
        questions=[
            {"id": "open", "kind": "text", "text": {"en": "Say, {{trait:first_name|you}}:", "ar": "-"}},
            {"id": "parts", "kind": "matrix", "text": {"en": "How is", "ar": "-"}, "rows": rows},
            {"id": "agree", "kind": "consent", "purpose": "marketing", "text": {"en": "May we?", "ar": "-"}},
        ]
    )
    answers = {"open": "Hello.", "parts": {"product": 4}, "agree": "yes"}
    found = list(events_of(survey, answers, around={"survey": "s"}))
    assert found[0] == {
        "survey": "s", "question": "Say, you:", "question_id": "open", "kind": "text", "comment": "Hello.",
    }  # fmt: skip
    assert (found[1]["question"], found[1]["question_id"], found[1]["score"]) == (
        "How is the product",
        "parts.product",
        4,
    )
    assert (found[2]["answer"], found[2]["purpose"]) == ("yes", "marketing")
    assert settings.SOJOURN.surveys_two_people == 1 and SYSTEM.name == "system"


def _terms() -> Any:
    from sojourn.domains.feedback.contracts import LinkTerms

    return LinkTerms(name="poster")
