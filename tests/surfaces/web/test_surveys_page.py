"""Voice > Surveys: from the library over a second person to a live survey with a code to print."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from domains.feedback.asked import LEAD, document, live, opened
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Sent
from surfaces.web.test_survey_page import hidden

pytestmark = pytest.mark.django_db(databases="__all__")


def signed_in(role: Role) -> Client:
    who = access.create_person(email=f"{role.value}@example.com", role=role.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


@pytest.fixture
def writer(tmp_path: Any) -> Client:
    return signed_in(Role.ANALYST)


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def change(client: Client, **said: str) -> str:
    client.post("/voice/surveys/of/exit/change", said)
    return body(client, "/voice/surveys/of/exit")


def test_a_survey_of_the_library_goes_live_once_somebody_else_has_approved_it(writer: Client) -> None:
    assert "Begin the first survey" in body(writer, "/voice/surveys/")
    made = writer.post("/voice/surveys/new", {"slug": "exit", "template": "bank-branch"})
    assert made["location"] == "/voice/surveys/of/exit/edit"
    assert "device at the exit" not in (shown := body(writer, "/voice/surveys/of/exit")) and "is a draft" in shown
    assert (
        "A survey has this short name already."
        in writer.post("/voice/surveys/new", {"slug": "exit", "template": "bank-branch"}).content.decode()
    )
    wrong = writer.post("/voice/surveys/of/exit/edit", {"document": "title: {en: A}\nquestions: []"})
    assert (wrong.status_code, "1 to 100" in wrong.content.decode()) == (422, True)
    assert "surveys.approve" in change(writer, what="approve")
    lead = signed_in(Role.CX_LEAD)
    assert "approved" in change(lead, what="approve")
    assert "The survey is live." in change(writer, what="start")
    assert "Exit" in change(writer, what="link", name="Exit", channel="branch", is_kiosk="on")
    page = body(writer, "/voice/surveys/of/exit")
    code = writer.get("/voice/surveys/of/exit/code/1.svg")
    assert (code.status_code, code["Content-Type"], b"<svg" in code.content) == (200, "image/svg+xml", True)
    assert "Switch on" in change(writer, what="off", link="1")
    assert "/s/o" in page and "ended" in change(writer, what="end")
    assert "There is no such link." in change(writer, what="on", link="77")


def test_a_preview_leads_through_the_pages_and_keeps_nothing(writer: Client) -> None:
    from sojourn.domains.feedback.models import ResponseRow

    actions.save_survey(slug="exit", survey=queries.template("bank-call").survey, viewer=LEAD)
    first = body(writer, "/voice/surveys/of/exit/preview")
    assert "nothing that you send is kept" in first and "How much effort" in first and "still open" not in first
    sent = {**hidden(first), "a_effort": "2", "a_solved": "partly"}
    second = writer.post("/voice/surveys/of/exit/preview", sent).content.decode()
    assert "What is still open?" in second and "How much effort" not in second
    third = writer.post("/voice/surveys/of/exit/preview", {**hidden(second), "a_open": "All"}).content.decode()
    assert "Your answers have arrived" in third
    assert not ResponseRow.objects.exists()


def test_who_only_reads_changes_nothing(writer: Client) -> None:

    actions.save_survey(slug="exit", survey=queries.template("bank-branch").survey, viewer=LEAD)
    viewer = signed_in(Role.VIEWER)
    shown = body(viewer, "/voice/surveys/of/exit")
    assert "Make the link" not in shown and "Approve</button>" not in shown
    assert "surveys.write" in change(viewer, what="link", name="x") or "This needs the right" in change(
        viewer, what="end"
    )
    assert viewer.get("/voice/surveys/new").status_code == 403


def test_answers_that_look_like_a_machines_are_let_in_or_discarded(writer: Client) -> None:
    live("exit", survey=document(min_seconds=2))
    for _ in range(2):
        found = opened("exit")
        begun, at = queries.begin_visit(found), timezone.now()
        for values in ({"nps": 9}, {}):
            shown = tuple(each.id for each in begun.page)
            sent = Sent(response=begun.response, started_at=at, shown=shown, values=values, language="en")
            begun = actions.take(found, sent, now=at)
    page = body(writer, "/voice/surveys/of/exit")
    first, second = re.findall(r'name="answers" value="(\d+)"', page)
    assert "too fast" in page
    assert "They count now." in change(writer, what="let_in", answers=first)
    assert "They are discarded." in change(writer, what="discard", answers=second)
    assert "No such answers are held." in change(writer, what="let_in", answers=first)
    assert "No such answers are held." in change(writer, what="let_in", answers="9" * 5_000)
    assert 'name="answers"' not in body(writer, "/voice/surveys/of/exit")
