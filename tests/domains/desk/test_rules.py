"""A rule opens a case for a comment that was read, once, in the transaction of the reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from domains.customers.people import AGENT
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.collection import actions as collection
from sojourn.domains.desk import actions, queries
from sojourn.domains.desk.contracts import CaseRule, CaseStatus, StepKind
from sojourn.domains.desk.models import CaseRow
from sojourn.domains.feedback import actions as feedback
from sojourn.domains.feedback import hooks
from sojourn.domains.feedback.contracts import Comment, Understanding
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.privacy.rights.restricting import restrict
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
ANGRY = CaseRule(name="angry", reason="bad-mood", due_hours=8, sentiment_most=-0.5)
LOW = CaseRule(name="low", reason="low-score", due_hours=4, measure="nps", score_most=6)


@pytest.fixture(autouse=True)
def reader() -> Iterator[None]:
    """Read comments by a word in them, in the place of models."""
    before = list(hooks.understand)
    hooks.understand._answers.clear()

    @hooks.understand.answer
    def read(comments: Sequence[Comment]) -> Sequence[Understanding]:
        return [
            Understanding(comment=each.id, model="m", language="en", sentiment=-0.9 if "bad" in each.text else 0.9)
            for each in comments
        ]

    yield
    hooks.understand._answers[:] = before


def said(comment: str, user: str = "K-1", *, ago: timedelta = timedelta(), **properties: Any) -> None:
    collection.record(
        name="Survey Answered",
        occurred_at=datetime.now(UTC) - ago,
        user_id=user,
        properties={"comment": comment, **properties},
    )


def heard() -> None:
    run_once(settings.SOJOURN)
    feedback.read_comments()


def test_a_comment_opens_one_case_with_owner_unit_and_due_time() -> None:
    ben = access.create_person(email="ben@example.com", role=Role.AGENT, viewer=SYSTEM)
    actions.save_rule(rule=CaseRule(name="angry", reason="bad-mood", due_hours=8, sentiment_most=-0.5,
                                    owner="ben@example.com"), viewer=SYSTEM)  # fmt: skip
    said("bad", unit="north")
    said("good", "K-2")
    said("bad", "K-3", ago=timedelta(days=20))
    heard()
    [case] = queries.cases(viewer=AGENT).rows
    assert (case.reason, case.unit, case.owner, case.opened_by) == (
        "bad-mood", "north", f"person:{ben.id}", "rule:angry",
    )  # fmt: skip
    assert case.due_at > datetime.now(UTC)
    CommentRow.objects.update(model="")
    feedback.read_comments()
    assert len(queries.case(case.id, viewer=AGENT).history) == 1, "read again it is the same comment"


def test_a_second_comment_joins_the_case_that_is_open() -> None:
    actions.save_rule(rule=ANGRY, viewer=SYSTEM)
    said("bad")
    heard()
    said("bad again")
    heard()
    [case] = queries.cases(viewer=AGENT).rows
    assert [each.what for each in queries.case(case.id, viewer=AGENT).history] == [StepKind.OPENED, StepKind.HEARD]
    actions.move_case(number=case.id, status=CaseStatus.CLOSED, text="Done.", viewer=AGENT)
    said("bad still")
    heard()
    assert [each.id for each in queries.cases(viewer=AGENT).rows] != [case.id], "one that is closed stays closed"


def test_the_first_rule_counts_and_a_score_counts_on_its_scale_only() -> None:
    actions.save_rule(rule=LOW, viewer=SYSTEM)
    actions.save_rule(rule=CaseRule(name="a-rest", reason="rest", due_hours=1, sentiment_most=1, is_active=False),
                      viewer=SYSTEM)  # fmt: skip
    said("Well.", kind="nps", scale="0-10", score=6)
    said("Well.", "K-2", kind="nps", scale="0-10", score=7)
    said("Well.", "K-3", kind="csat", scale="1-5", score=1)
    said("Well.", "K-4", kind="ces", scale="1-5", score=1)
    heard()
    assert [each.reason for each in queries.cases(viewer=AGENT).rows] == ["low-score"]


def test_a_rule_is_tried_on_the_comments_that_were_read() -> None:
    for user, text in (("K-1", "bad"), ("K-1", "bad"), ("K-2", "good"), ("K-3", "bad")):
        said(text, user, ago=timedelta(days=20))
    heard()
    found = queries.rule_preview(rule=ANGRY, viewer=SYSTEM)
    assert (found.days, found.comments, found.matches, found.cases) == (30, 4, 3, 2)
    assert queries.cases(viewer=AGENT).rows == ()


def test_who_may_not_be_seen_for_service_gets_no_case() -> None:
    actions.save_rule(rule=ANGRY, viewer=SYSTEM)
    said("bad")
    said("bad", "K-2")
    run_once(settings.SOJOURN)
    restrict(persons=[CommentRow.objects.order_by("pk")[0].person], request=None)
    feedback.read_comments()
    assert len(queries.cases(viewer=AGENT).rows) == 1
    assert CaseRow.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (CaseRule(name="a", reason="b", due_hours=1), "something"),
        (CaseRule(name="a", reason="b", due_hours=1, score_most=3), "measure"),
        (CaseRule(name="a", reason="B!", due_hours=1, churn_least=0.5), "reason"),
        (CaseRule(name="a", reason="b", due_hours=0, churn_least=0.5), "due_hours"),
        (CaseRule(name="a", reason="b", due_hours=1, churn_least=2), "churn_least"),
        (CaseRule(name="a", reason="b", due_hours=1, churn_least=0.5, unit="nowhere"), "unit"),
        (CaseRule(name="a", reason="b", due_hours=1, churn_least=0.5, owner="x@example.com"), "owner"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: CaseRule, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        actions.save_rule(rule=rule, viewer=SYSTEM)


def test_rules_are_changed_by_who_has_the_right() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_rule(rule=ANGRY, viewer=AGENT)
    actions.save_rule(rule=ANGRY, viewer=SYSTEM)
    assert queries.rules(viewer=SYSTEM) == (ANGRY,)
    actions.delete_rule(name="angry", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.delete_rule(name="angry", viewer=SYSTEM)
