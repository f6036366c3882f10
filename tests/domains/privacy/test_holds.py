"""A legal hold keeps everything of a customer, whoever they are joined to, until its day or its release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from domains.privacy.bank import event, load
from domains.privacy.test_erasing import MAIL, ana
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.models import Link
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Duty, Hold, RetentionRule
from sojourn.domains.privacy.models import Restriction, RetentionRow
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
OFFICER = Viewer(name="person:9", role=Role.PRIVACY_OFFICER, scopes=SYSTEM.scopes)
AUDITOR = Viewer(name="person:5", role=Role.AUDITOR, scopes=SYSTEM.scopes)
VIEWS = RetentionRule(name="page-views", title="Page views", events=("Page Viewed",), field="", days=30)


@pytest.fixture(autouse=True)
def _rooms(place: Path) -> Iterator[None]:
    autodiscover_modules("plugins", "tasks")
    yield


@pytest.fixture
def person() -> int:
    token, _ = ana()
    load([event(token, "Page Viewed", 1), event(5, "Page Viewed", 3)])
    return token


def placed(customer: int, *, days: int = 90, reason: str = "Case 7 O 31/26") -> Hold:
    return actions.place_hold(customer=customer, reason=reason, until=today() + timedelta(days), viewer=OFFICER)


def today() -> date:
    return timezone.now().date()


def test_a_hold_is_listed_by_the_numbers_of_today_and_its_release_by_its_reason(person: int) -> None:
    first, second = placed(person), placed(person, days=30)
    assert [each.id for each in queries.holds(viewer=AUDITOR)] == [second.id, first.id]
    assert first.customers == (person,)

    released = actions.release_hold(number=second.id, reason="Settled out of court", viewer=OFFICER)

    assert (released.is_active, released.released_by) == (False, OFFICER.name)
    assert [each.id for each in queries.holds(viewer=AUDITOR)] == [first.id, second.id]
    told = [(each.what, each.object, each.detail) for each in access.audit_log(viewer=SYSTEM)]
    assert ("hold.release", f"customer:{person}", {"hold": str(second.id)}) in told
    with pytest.raises(ConflictError, match="ended"):
        actions.release_hold(number=second.id, reason="Again", viewer=OFFICER)


def test_a_hold_stays_with_its_human_through_a_merge(person: int) -> None:
    hold = placed(person)
    Link.objects.get_or_create(person=5, defaults={"customer": 5})
    merged = identity.merge(customers=[person, 5], by="person:1", why="told")
    told = queries.holds(viewer=OFFICER)[0]
    assert len(told.customers) == 1
    assert merged
    assert actions.release_hold(number=hold.id, reason="Settled", viewer=OFFICER).released_why == "Settled"


def test_retention_spares_whom_a_hold_keeps_and_says_which_duty_it_would_break(person: int) -> None:
    hold = placed(person)
    duty = Duty(name="views", title="Views", law="A law", events=("Page Viewed",), traits=(), ends=(), months=60)
    actions.save_duty(duty=duty, viewer=OFFICER)
    told = queries.retention_preview(rule=VIEWS, viewer=OFFICER)
    assert (told.rows, told.customers, told.spared, told.duties) == (1, 1, 1, ("Views",))
    actions.save_retention(rule=VIEWS, viewer=OFFICER)
    RetentionRow.objects.update(starts_on=today())

    night()
    assert [row.customer for row in queries.events(viewer=SYSTEM).rows if row.name == "Page Viewed"] == [person]

    actions.release_hold(number=hold.id, reason="Settled", viewer=OFFICER)
    night()
    assert not [row for row in queries.events(viewer=SYSTEM).rows if row.name == "Page Viewed"]


def test_a_second_hold_prolongs_the_lock_and_keeps_customers_apart(person: int) -> None:
    first, _ = placed(person), placed(person, days=200)
    from sojourn.domains.privacy.rights import restricting

    restricting.hold(persons=[person], until=today() + timedelta(90), request=7)
    actions.release_hold(number=first.id, reason="Settled", viewer=OFFICER)
    actions.keep_data_rights(now=timezone.now())
    locked = Restriction.objects.get(person=person)
    assert (locked.request, locked.until) == (7, today() + timedelta(200))


@pytest.mark.parametrize("reason", ["", "x" * 301, f"Dispute of {MAIL}"])
def test_a_reason_that_cannot_be_or_names_somebody_is_refused(person: int, reason: str) -> None:
    with pytest.raises(InvalidError, match="reason"):
        placed(person, reason=reason)
    hold = placed(person)
    with pytest.raises(InvalidError, match="reason"):
        actions.release_hold(number=hold.id, reason=reason, viewer=OFFICER)


def test_who_may_not_is_refused_and_nobody_is_not_found(person: int) -> None:
    hold = placed(person)
    analyst = Viewer(name="person:3", role=Role.ANALYST, scopes=SYSTEM.scopes)
    with pytest.raises(ForbiddenError):
        queries.holds(viewer=analyst)
    with pytest.raises(ForbiddenError):
        actions.release_hold(number=hold.id, reason="Settled", viewer=AUDITOR)
    with pytest.raises(NotFoundError):
        placed(12_345)
    with pytest.raises(NotFoundError):
        actions.release_hold(number=12_345, reason="Settled", viewer=OFFICER)
    with pytest.raises(InvalidError, match="until"):
        placed(person, days=0)


def night() -> None:
    actions.keep_data_rights(now=timezone.now())
    collection.run_commands()
    actions.finish_erasures()
