"""Whatever a customer says in words becomes a comment, is read once, and goes with the customer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import router, transaction

from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import hooks as collection_hooks
from sojourn.domains.feedback import actions, hooks, queries
from sojourn.domains.feedback.contracts import Comment, CommentKind, Understanding, Understood
from sojourn.domains.feedback.models import CommentRow
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(name: str = "Survey Answered", user: str = "K-1", **properties: Any) -> None:
    collection.record(name=name, occurred_at=AT, user_id=user, properties=properties)


@pytest.fixture
def joined() -> Iterator[None]:
    """Let what a test joins to the hooks leave with it."""
    before = list(hooks.understand), list(hooks.understood)
    hooks.understand._answers.clear()
    yield
    hooks.understand._answers[:], hooks.understood._answers[:] = before


def test_the_free_text_of_an_event_becomes_a_comment_with_what_it_was_about() -> None:
    said(survey="call", question="How satisfied?", kind="csat", scale="1-5", score=2, unit="north", channel="mail",
         comment="Write to ana@example.com, I waited forty minutes.")  # fmt: skip
    said("Review Posted", rating=4, review_text="Fine.", language="en")
    said("Page Viewed", title="Home")
    said(survey="call", kind="csat", scale="1-5", score=5, comment="   ")
    run_once(settings.SOJOURN)
    first, second = queries.comments_waiting()
    assert first.text == "Write to :mail, I waited forty minutes."
    assert (first.kind, first.survey, first.measure, first.scale, first.score, first.direction) == (
        CommentKind.SURVEY, "call", "csat", "1-5", 2.0, "high",
    )  # fmt: skip
    assert (first.unit, first.channel, first.occurred_at) == ("north", "mail", AT)
    assert (second.kind, second.text, second.score, second.language) == (CommentKind.REVIEW, "Fine.", 4.0, "en")
    assert b"forty" not in bytes(CommentRow.objects.get(pk=first.id).sealed)


def test_a_comment_is_stored_once_however_often_the_tail_sees_it() -> None:
    said(comment="It was quick.")
    run_once(settings.SOJOURN)
    from sojourn.domains.collection.models import ConsumerCursor

    ConsumerCursor.objects.all().delete()
    run_once(settings.SOJOURN)
    assert CommentRow.objects.count() == 1


def test_a_low_effort_score_is_a_good_one() -> None:
    said(kind="ces", scale="1-5", score=1, comment="Easy.")
    said(kind="ces", scale="1-5", score=1, direction="high", comment="Easy.")
    said(comment="No score.")
    run_once(settings.SOJOURN)
    assert [each.direction for each in queries.comments_waiting()] == ["low", "high", ""]


@pytest.mark.usefixtures("joined")
def test_comments_are_read_once_and_told_on_in_the_same_transaction() -> None:
    told: list[Understood] = []

    @hooks.understand.answer
    def read(comments: Sequence[Comment]) -> Sequence[Understanding]:
        return [
            Understanding(comment=each.id, model="m 1", language="en", sentiment=-0.5, findings={"themes": ["wait"]})
            for each in comments
            if "slow" in each.text
        ]

    @hooks.understood.answer
    def hear(found: Sequence[Understood]) -> Callable[[Collection[int]], object]:
        def write(there: Collection[int]) -> None:
            assert transaction.get_connection(router.db_for_write(CommentRow)).in_atomic_block
            told.extend(each for each in found if each.comment.id in there)

        return write

    said(comment="slow")
    said(comment="later")
    run_once(settings.SOJOURN)
    assert actions.read_comments() == 1
    assert actions.read_comments() == 0, "what was read is not read again; what was not is asked for again"
    assert [(each.comment.text, each.understanding.sentiment) for each in told] == [("slow", -0.5)]
    row = CommentRow.objects.get(model="m 1")
    assert (row.sentiment, row.language, row.findings) == (-0.5, "en", {"themes": ["wait"]})


def test_a_customer_is_told_their_comments_and_takes_them_along() -> None:
    said(comment="Keep it up.", question="How was it?")
    said(user="K-2", comment="Mine stays.")
    run_once(settings.SOJOURN)
    ana = queries.comments_waiting()[0].person
    [held] = queries.told_of_comments((ana,))
    assert [each["text"] for each in held.records] == ["Keep it up."]
    for each in collection_hooks.erase_persons:
        each((ana,))
    assert [each.text for each in queries.comments_waiting()] == ["Mine stays."]


def test_comments_are_read_by_the_models_that_are_here() -> None:
    text = "The queue was awful, I am thinking of leaving."
    said(comment=text)
    said(comment="Обслуживание было хорошим, спасибо большое, приду ещё раз.")
    run_once(settings.SOJOURN)
    assert actions.read_comments() == 2
    english, russian = CommentRow.objects.order_by("pk")
    assert english.language == "en" and english.sentiment < -0.125 and english.churn == 1
    start, end = english.findings["churn"]
    assert text[start:end] == "thinking of leaving"
    [waiting] = english.findings["aspects"]
    assert waiting["aspect"] == "waiting" and text[slice(*waiting["phrase"])] == "The queue was awful"
    assert (russian.language, russian.sentiment, russian.findings) == ("ru", None, {"supported": False})
    assert russian.model != "", "it is not asked for again"
