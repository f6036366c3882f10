"""Who is asked: once, with rest between, where the purpose covers them; who is not is counted with the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domains.customers.people import known
from domains.feedback.asked import LEAD, VIEWER, document, live
from sojourn.domains.collection import hooks
from sojourn.domains.collection.actions import waiting
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Invitations, ResponseState, Sent
from sojourn.domains.feedback.models import InvitationRow, SparedRow
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import ForbiddenError, InvalidError

pytestmark = pytest.mark.django_db(databases="__all__")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def invite(*customers: int, slug: str = "visit", days: int = 0, anyone: int = 0) -> Invitations:
    now = AT + timedelta(days=days)
    return actions.invite(slug=slug, customers=customers, anyone=anyone, viewer=LEAD, now=now)


def test_somebody_is_asked_once_and_then_rests_from_every_survey() -> None:
    ana, ben = known("K-1", name="Ana"), known("K-2", name="Ben")
    live()
    live("other")
    assert [each.customer for each in invite(ana).invited] == [ana]
    again = invite(ana, ben, slug="other", days=29)
    assert ([each.customer for each in again.invited], again.spared) == ([ben], {"resting": 1})
    assert invite(ana, slug="other", days=31).spared == {}
    assert queries.spared("other", viewer=VIEWER) == {"resting": 1}


def test_an_invitation_that_stands_is_not_repeated() -> None:
    ana = known("K-1")
    live(survey=document(expires_days=90))
    invite(ana)
    assert invite(ana, days=60).spared == {"asked": 1}


def test_who_refused_the_purpose_or_is_not_there_is_not_asked() -> None:
    ana, ben = known("K-1"), known("K-2")
    live()
    privacy.record_consent(customer=ana, purpose=Purpose.IMPROVEMENT, allowed=False, at=AT)
    found = invite(ana, ben, 77)
    assert ([each.customer for each in found.invited], found.spared) == ([ben], {"basis": 2})
    assert not SparedRow.objects.exclude(person=None).exists(), "whom we may not know is counted without a number"


def test_a_personal_link_takes_one_answer_of_its_customer_and_goes_on_where_they_stopped() -> None:
    ana = known("K-1", first_name="Ana")
    questions = [
        {"id": "q", "kind": "csat", "text": {"en": "Dear {{trait:first_name|you}}, how?", "ar": "-"}},
        {"id": "why", "kind": "text", "when": [{"question": "q", "at_most": 3}], "text": {"en": "Why?", "ar": "-"}},
        {"id": "may", "kind": "consent", "purpose": "marketing", "text": {"en": "May we?", "ar": "-"}},
    ]
    live(survey=document(questions=questions))
    [link] = invite(ana, days=0).invited
    found = queries.visit(link.token, now=AT)
    first = queries.begin_visit(found)
    assert first.traits == {"first_name": "Ana"}
    shown = tuple(each.id for each in first.page)
    sent = Sent(response=first.response, started_at=AT, shown=shown, values={"q": 2}, language="en")
    assert [each.id for each in actions.take(found, sent, now=AT).page] == ["why", "may"]
    again = queries.begin_visit(queries.visit(link.token, now=AT))
    assert ([each.id for each in again.page], again.response) == (["why", "may"], first.response)
    last = Sent(response=1, started_at=AT, shown=("why", "may"), values={"may": "yes"}, language="en")
    assert actions.take(found, last, now=AT).state is ResponseState.COMPLETE
    assert queries.begin_visit(queries.visit(link.token, now=AT + timedelta(days=99))).page == ()
    [frame, *_] = [frame for _, frame in waiting(9)]
    assert f'"person":{ana}'.encode() in frame.items[0]
    assert [each.answered for each in queries.opportunities("visit", viewer=VIEWER)] == [1]


def test_a_single_link_is_for_whoever_gets_it_and_ends() -> None:
    live()
    one, two = invite(anyone=2).invited
    assert (one.customer, one.token != two.token) == (None, True)
    assert queries.visit(one.token, now=AT).person is None
    with pytest.raises(actions.EndedError):
        queries.visit(one.token, now=AT + timedelta(days=15))


def test_an_erased_customer_takes_along_that_they_were_asked_or_spared() -> None:
    ana = known("K-1")
    live()
    invite(ana)
    invite(ana, days=1)
    [held] = queries.told_of_surveys((ana,))
    assert [sorted(each) for each in held.records] == [
        ["asked_at", "channel", "survey"], ["not_asked_at", "reason", "survey"],
    ]  # fmt: skip
    for each in hooks.erase_persons:
        each((ana,))
    assert not InvitationRow.objects.exists() and not SparedRow.objects.exists()


def test_too_many_nobody_and_who_may_not_are_refused() -> None:
    live()
    for wrong in ({}, {"anyone": 1_001}, {"anyone": -1}):
        with pytest.raises(InvalidError):
            actions.invite(slug="visit", viewer=LEAD, **wrong)
    with pytest.raises(ForbiddenError):
        actions.invite(slug="visit", anyone=1, viewer=VIEWER)
