"""Comments are listed, filtered and searched; nobody sees or counts what is not for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, router

from domains.feedback.asked import ANALYST, VIEWER
from sojourn.domains.access.contracts import SYSTEM, LacksRightError, Right, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import hooks as collection_hooks
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.comments import wording
from sojourn.domains.feedback.contracts import CommentKind, CommentsAsked, CommentsPage, Understanding
from sojourn.domains.feedback.models import CommentRow, CommentWord
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.text.words import Sentiment
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(text: str, day: int = 0, user: str = "K-1", name: str = "Survey Answered", **properties: Any) -> None:
    at = AT + timedelta(days=day)
    collection.record(name=name, occurred_at=at, user_id=user, properties={**properties, "comment": text})


def heard() -> None:
    run_once(settings.SOJOURN)


def felt(**scores: float) -> None:
    """Say how comments feel, by their first word."""
    found = [
        Understanding(comment=each.id, model="m 1", language="en", sentiment=scores[each.text.split()[0]])
        for each in queries.comments_waiting()
        if each.text.split()[0] in scores
    ]
    actions.note_understanding(queries.comments_waiting(), found)


def texts(page: CommentsPage) -> list[str]:
    return [each.comment.text for each in page.rows]


def asked(viewer: Viewer = ANALYST, **given: Any) -> list[str]:
    return texts(actions.comments(asked=CommentsAsked(**given), viewer=viewer))


def north() -> Viewer:
    units = [Unit(code="hub", name="North", kind="region", parent=None, since=None, until=None),
             Unit(code="n1", name="Branch", kind="branch", parent="hub", since=None, until=None)]  # fmt: skip
    organisation.save_units(units, by="test")
    return Viewer(name="person:9", role=Role.ANALYST, scopes=frozenset(Scope), units=frozenset({"hub"}))


def test_comments_stand_newest_first_and_pages_lead_on() -> None:
    for day in (2, 0, 3, 1):
        said(f"Day {day}", day)
    said("Also 3", 3)
    heard()
    first = actions.comments(asked=CommentsAsked(), viewer=ANALYST, limit=2)
    second = actions.comments(asked=CommentsAsked(), viewer=ANALYST, limit=2, after=first.next)
    last = actions.comments(asked=CommentsAsked(), viewer=ANALYST, limit=2, after=second.next)
    assert texts(first) == ["Also 3", "Day 3"] and texts(second) == ["Day 2", "Day 1"] and texts(last) == ["Day 0"]
    assert last.next is None and first.figures.comments == 5 and first.figures.customers == 1


def test_filters_narrow_and_add_up() -> None:
    north()
    said("Fine", 0, survey="s", kind="csat", scale="1-5", score=5, unit="n1", channel="mail")
    said("Slow", 1, survey="t", kind="csat", scale="1-5", score=1, unit="south", channel="web")
    said("Broken", 2, name="Review Posted", unit="hub", language="en")
    heard()
    felt(Fine=0.8, Slow=-0.6)
    assert asked(survey="s") == asked(score_from=4) == asked(sentiment=Sentiment.POSITIVE) == ["Fine"]
    assert asked(score_to=4.5) == asked(sentiment=Sentiment.NEGATIVE, channel="web") == ["Slow"]
    assert asked(sentiment=Sentiment.NEUTRAL) == asked(channel="nothing") == []
    assert asked(unit="hub") == ["Broken", "Fine"], "and below"
    assert asked(kind=CommentKind.REVIEW) == ["Broken"]
    assert asked(period=Period(since=AT + timedelta(days=1), until=AT + timedelta(days=2))) == ["Slow"]


def test_words_find_whole_words_without_case_and_accents_and_nothing_of_them_lies_in_plain() -> None:
    said("The quéue was LONG", user="K-1")
    said("No queue, long live", user="K-2", day=1)
    said("Queues everywhere", user="K-3", day=2)
    heard()
    assert asked(text="queue") == ["No queue, long live", "The quéue was LONG"]
    assert asked(text="long the QUEUE") == ["The quéue was LONG"]
    assert asked(text="queue nothing") == asked(text="que") == []
    with connections[router.db_for_read(CommentWord)].cursor() as cursor:
        cursor.execute("SELECT * FROM feedback_commentword")
        assert all(isinstance(each, int) for row in cursor.fetchall() for each in row)
    for bad in (" ", "!", " ".join(f"w{n}" for n in range(11))):
        with pytest.raises(InvalidError, match="text:"):
            asked(text=bad or "!")


def test_a_search_of_many_takes_the_newest_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(4):
        said(f"same {'other' if day < 3 else ''}", day)
    heard()
    monkeypatch.setattr(wording, "HITS_MOST", 2)
    monkeypatch.setattr(wording, "AT_ONCE", 1)
    found = actions.comments(asked=CommentsAsked(text="same other"), viewer=ANALYST)
    assert found.is_cut and all("same" in each for each in texts(found)) and len(found.rows) < 4
    assert not actions.comments(asked=CommentsAsked(text="nothing"), viewer=ANALYST).is_cut


def test_what_customers_refuse_or_lies_elsewhere_is_neither_shown_nor_counted_nor_found() -> None:
    viewer = north()
    said("secret north", user="K-1", unit="n1")
    said("secret south", user="K-2", unit="south", day=1)
    said("secret refused", user="K-3", unit="n1", day=2)
    heard()
    refused = next(each.person for each in queries.comments_waiting() if "refused" in each.text)
    privacy.record_consent(customer=refused, purpose=Purpose.ANALYTICS, allowed=False, at=AT + timedelta(days=3))
    for given in ({}, {"text": "secret"}):
        page = actions.comments(asked=CommentsAsked(**given), viewer=viewer)
        assert texts(page) == ["secret north"] and page.figures.comments == page.figures.customers == 1
        assert asked(**given) == ["secret south", "secret north"]
    for whose in (refused, 12345):
        with pytest.raises(NotFoundError):
            asked(customer=whose)


def test_one_customers_comments_are_read_under_their_number_and_audited() -> None:
    said("mine", user="K-1")
    said("yours", user="K-2")
    heard()
    mine = queries.comments_waiting()[0].person
    assert asked(customer=mine) == ["mine"]
    asked(text="yours")
    first, second = AuditRow.objects.filter(what="comments.read").order_by("pk").values_list("object", "detail")
    assert first[0] == f"customer:{mine}" and second[0] == "comments"
    assert "yours" not in str(second), "what was looked for may name somebody"


def test_who_may_not_read_texts_sees_figures_of_enough_customers_and_searches_nothing() -> None:
    for n in range(settings.SOJOURN.k_floor):
        said(f"bad {n}" if n else "good", user=f"K-{n}", kind="csat", scale="1-5", score=2)
    heard()
    felt(bad=-0.9, good=0.9)
    for given in ({"text": "bad"}, {"customer": 1}):
        with pytest.raises(LacksRightError, match=r"comments\.read"):
            queries.comment_figures(asked=CommentsAsked(**given), viewer=VIEWER)
    with pytest.raises(LacksRightError, match=r"comments\.read"):
        asked(viewer=VIEWER)
    found, few = (
        queries.comment_figures(asked=CommentsAsked(sentiment=each), viewer=VIEWER)
        for each in (None, Sentiment.POSITIVE)
    )
    n = settings.SOJOURN.k_floor
    assert (
        (found.comments, found.read) == (n, n) and found.negative and found.negative.value == pytest.approx(1 - 1 / n)
    )
    assert found.negative.low < found.negative.value < found.negative.high
    assert few.too_few and few.comments == 0


def test_scores_of_different_scales_are_never_pooled() -> None:
    for n in range(4):
        said("x", user=f"K-{n}", kind="csat", scale="1-5", score=1 + n)
        said("y", user=f"K-{n}", kind="ces", scale="1-7", score=7, direction="high")
    heard()
    page = actions.comments(asked=CommentsAsked(), viewer=ANALYST)
    assert {(each.measure, each.scale, each.mean.value if each.mean else None) for each in page.figures.scores} == {
        ("csat", "1-5", 2.5), ("ces", "1-7", 7.0),
    }  # fmt: skip


def test_what_is_held_in_memory_follows_readings_and_erasure() -> None:
    said("first", user="K-1")
    heard()
    assert asked() == ["first"] and asked(sentiment=Sentiment.NEGATIVE) == []
    felt(first=-0.5)
    assert asked(sentiment=Sentiment.NEGATIVE) == ["first"]
    said("second", user="K-2")
    heard()
    assert asked() == ["second", "first"]
    ana = CommentRow.objects.order_by("pk").values_list("person", flat=True)[0]
    for each in collection_hooks.erase_persons:
        each((ana,))
    assert asked() == ["second"] and asked(text="first") == []
    assert CommentWord.objects.count() == 1, "the words go with the comment"


def test_phrases_are_told_where_they_stand() -> None:
    text = "The queue was awful, I am thinking of leaving."
    said(text)
    heard()
    actions.read_comments()
    [line] = actions.comments(asked=CommentsAsked(), viewer=ANALYST).rows
    assert [(text[each.start : each.end], each.shows) for each in line.phrases] == [
        ("The queue was awful", "negative"), ("thinking of leaving", "churn"),
    ]  # fmt: skip
    assert line.aspects == ("waiting",) and line.sentiment is Sentiment.NEGATIVE


def test_a_new_key_finds_what_was_said_before_it() -> None:
    said("before")
    heard()
    collection.rotate_key(viewer=SYSTEM)
    assert asked(text="before") == ["before"]
    old = set(CommentWord.objects.values_list("word", flat=True))
    assert actions.reindex_comments() == 1
    assert asked(text="before") == ["before"] and not old & set(CommentWord.objects.values_list("word", flat=True))


def test_who_may_know_no_customers_is_told_none() -> None:
    from sojourn.domains.access.contracts import Grant

    said("hello")
    heard()
    only = Viewer(name="person:8", scopes=frozenset(Scope), grants=(Grant(rights=frozenset({Right.COMMENTS_READ})),))
    [line] = actions.comments(asked=CommentsAsked(), viewer=only).rows
    assert line.customer is None
    with pytest.raises(LacksRightError, match=r"customers\.list"):
        asked(viewer=only, customer=1)
