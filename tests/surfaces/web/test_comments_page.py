"""Voice > Comments: what customers said, by a filter and by words, for who may read it; figures for others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sojourn.domains.access.contracts import Role
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import actions as collection
from sojourn.domains.feedback import actions
from sojourn.surfaces.rest import throttle
from sojourn.surfaces.web.views import comments
from sojourn.surfaces.worker.work import run_once
from surfaces.web.test_surveys_page import signed_in

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
ADDRESS = "/voice/comments"
AWFUL = "The queue was awful, I am thinking of leaving <b>you</b>."


@pytest.fixture
def heard(tmp_path: Any) -> None:
    throttle.clear()
    said = [("Fine", "web", 9), (AWFUL, "branch", 2), ("Всё хорошо, спасибо", "web", 10)]
    for day, (text, channel, score) in enumerate(said):
        at = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
        told = {"comment": text, "channel": channel, "kind": "nps", "scale": "0-10", "score": score}
        collection.record(name="Survey Answered", occurred_at=at, user_id=f"K-{day}", properties=told)
    run_once(settings.SOJOURN)
    actions.read_comments()


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content
    return str(answer.content.decode())


def test_an_empty_page_says_what_will_stand_there() -> None:
    assert "Whatever customers say in words stands here" in body(signed_in(Role.ANALYST).get(ADDRESS))


@pytest.mark.usefixtures("heard")
def test_comments_are_shown_with_the_phrase_that_shows_the_feeling_and_found_by_words() -> None:
    analyst = signed_in(Role.ANALYST)
    shown = body(analyst.get(ADDRESS))
    assert '<mark class="shows-negative" title="negative">The queue was awful</mark>' in shown
    assert "&lt;b&gt;you&lt;/b&gt;" in shown, "what customers write is text"
    assert shown.index("Всё хорошо") < shown.index("The queue") < shown.index("Fine"), "newest first"
    assert "language not supported" in shown and "Mean nps (0-10)" in shown and ">the customer</a>" not in shown
    found = body(analyst.post(ADDRESS, {"text": "QUEUE awful", "days": ""}))
    assert "The queue was awful" in found and "Fine" not in found
    assert "No comment fits" in body(analyst.get(f"{ADDRESS}?channel=nothing"))
    assert "Fine" not in body(analyst.get(f"{ADDRESS}?score_to=5"))
    assert "text: give one to 10 words." in body(analyst.post(ADDRESS, {"text": "!"}), 422)
    assert "score_from" in body(analyst.get(f"{ADDRESS}?score_from=x"), 422)
    assert ">the customer</a>" in body(signed_in(Role.AGENT).get(ADDRESS)), "who may read customers is led there"
    entries = AuditRow.objects.filter(what="comments.read").values_list("detail", flat=True)
    assert len(entries) == 5 and "queue" not in str(list(entries)).lower()


@pytest.mark.usefixtures("heard")
def test_pages_lead_on_with_what_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "ON_A_PAGE", 2)
    analyst = signed_in(Role.ANALYST)
    first = body(analyst.get(ADDRESS))
    after = first.split('name="after" value="')[1].split('"')[0]
    second = body(analyst.post(ADDRESS, {"after": after}))
    assert "Fine" in second and "The queue" not in second and "Newest" in second
    assert "after:" in body(analyst.post(ADDRESS, {"after": "x"}), 422)


@pytest.mark.usefixtures("heard")
def test_who_may_not_read_texts_sees_no_word_and_no_figure_of_few() -> None:
    viewer = signed_in(Role.VIEWER)
    shown = body(viewer.get(ADDRESS))
    assert "of so few nothing is told" in shown and "You see figures only" in shown
    assert "queue" not in shown and 'name="text"' not in shown
    assert viewer.post(ADDRESS, {"text": "queue"}).status_code == 403
    assert viewer.get("/api/v1/comments").status_code == 403
    assert viewer.get("/api/v1/comments/figures").json()["too_few"] is True


@pytest.mark.usefixtures("heard")
def test_the_api_tells_the_same() -> None:
    analyst: Client = signed_in(Role.ANALYST)
    page = analyst.get("/api/v1/comments?limit=1").json()
    assert page["items"][0]["sentiment"] is None and page["items"][0]["is_read"] and page["figures"]["comments"] == 3
    rest = analyst.get("/api/v1/comments", {"cursor": page["next"]}).json()
    assert [each["text"] for each in rest["items"]] == [AWFUL, "Fine"] and rest["next"] is None
    assert [AWFUL[each["start"] : each["end"]] for each in rest["items"][0]["phrases"]] == [
        "The queue was awful",
        "thinking of leaving",
    ]
    assert analyst.get("/api/v1/comments?cursor=WzEsMl0x").status_code == 422
    assert analyst.get("/api/v1/comments?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z").status_code == 422
    asked = {"text": "Queue", "sentiment": "negative"}
    found = analyst.post("/api/v1/comments/search", asked, content_type="application/json")
    assert found.json()["figures"]["comments"] == 1
