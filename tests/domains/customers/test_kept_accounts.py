"""An erasure in part leaves which accounts a duty keeps, seen by nobody, and lets go of them when the duty ends."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from domains.customers.people import AGENT, known
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions as collection
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    AccountGiven,
    AccountKind,
    AccountsAsked,
    MemberGiven,
    PanelAsked,
    PeopleAsked,
    Per,
)
from sojourn.domains.customers.models import AccountRow, MemberRow
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import hooks
from sojourn.domains.privacy import queries as asked_of
from sojourn.domains.privacy.contracts import (
    Aggregate,
    Channel,
    Contact,
    Duty,
    ErasureState,
    Measure,
    Outcome,
    Purpose,
    Request,
    RequestKind,
)
from sojourn.domains.privacy.models import ErasureRow, Restriction
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
DUTY = Duty(
    name="bank-records",
    title="Records of a bank",
    law="AMLD art. 40",
    events=(),
    traits=(),
    ends=("Account Closed",),
    months=60,
    accounts=(AccountKind.ACCOUNT,),
)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def held(kind: AccountKind, key: str, *users: str, **more: Any) -> int:
    members = [MemberGiven(user_id=each) for each in users]
    return actions.save_account(given=AccountGiven(kind=kind, key=key, **more), members=members, viewer=AGENT).id


@pytest.fixture
def ana() -> int:
    person = known("K-1001", name="Ana Keller")
    load([event(person, "Page Viewed", 1)])
    return person


def erased(customer: int) -> Request:
    contact = Contact(name="Ana Keller", email="ana@example.com")
    made = privacy.open_request(
        kind=RequestKind.ERASURE, regulation="gdpr", contact=contact, channel=Channel.PAGE, by="customer"
    )
    privacy.verify_request(number=made.id, customer=customer, how="document", viewer=SYSTEM)
    privacy.begin_request(number=made.id, viewer=SYSTEM)
    worked()
    return asked_of.request(made.id, viewer=SYSTEM)


def worked() -> None:
    collection.run_commands()
    privacy.finish_erasures()


def memberships() -> set[tuple[str, int]]:
    return set(MemberRow.objects.values_list("account__kind", "person"))


def test_a_duty_that_names_only_accounts_keeps_them_and_nothing_else(ana: int, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")
    held(AccountKind.ACCOUNT, "DE89 3704", "K-1001", product="card")
    held(AccountKind.HOUSEHOLD, "HH-1", "K-1001")
    privacy.save_duty(duty=DUTY, viewer=SYSTEM)

    done = erased(ana)

    assert done.outcome is Outcome.IN_PART
    assert memberships() == {("account", ana)}
    assert AccountRow.objects.get().product == "card"
    assert not asked_of.events(purpose=Purpose.REGULATORY, viewer=SYSTEM).rows
    assert done.erasure is not None
    (kept,) = asked_of.erasure(done.erasure).kept
    assert kept.accounts == (AccountKind.ACCOUNT,)
    told: Any = asked_of.erasure_certificate(done.erasure, viewer=SYSTEM)
    assert told.content["kept"][0]["accounts"] == ["account"]
    assert told.is_genuine
    assert "which products you held with us" in mail.outbox[-1].body
    assert "household" not in mail.outbox[-1].body


def test_what_is_kept_is_seen_by_nobody_and_goes_by_itself(ana: int) -> None:
    number = held(AccountKind.ACCOUNT, "DE89 3704", "K-1001", product="card")
    privacy.save_duty(duty=DUTY, viewer=SYSTEM)
    erased(ana)

    for viewer in (AGENT, SYSTEM):
        assert not actions.find_accounts(key="DE89 3704", viewer=viewer)
        assert not actions.list_accounts(asked=AccountsAsked(), viewer=viewer).rows
        with pytest.raises(NotFoundError):
            actions.view_account(number=number, viewer=viewer)
        with pytest.raises(NotFoundError):
            queries.holds_panel(PanelAsked(customer=ana, purpose=Purpose.SERVICE, viewer=viewer))
        for purpose in (Purpose.SERVICE, Purpose.ANALYTICS, Purpose.MARKETING):
            asked = PeopleAsked(holds="card", purpose=purpose)
            assert actions.people(asked=asked, viewer=SYSTEM).total == 0
    with pytest.raises(ForbiddenError):
        held(AccountKind.ACCOUNT, "DE89 3704")
    assert actions.import_accounts(text="kind,key,user_id\naccount,DE89 3704,K-1001\n", viewer=SYSTEM).taken == 0
    assert memberships() == {("account", ana)}

    privacy.delete_duty(name=DUTY.name, viewer=SYSTEM)
    privacy.keep_data_rights(now=LATER)
    assert Restriction.objects.get().until is None, "locked until the erasure that was just asked for is done"
    assert not actions.list_accounts(asked=AccountsAsked(), viewer=SYSTEM).rows
    privacy.keep_data_rights(now=LATER)
    assert ErasureRow.objects.count() == 2, "it is asked for once"
    worked()
    assert (AccountRow.objects.count(), MemberRow.objects.count(), Restriction.objects.count()) == (0, 0, 0)
    assert asked_of.erasures(viewer=SYSTEM)[0].state is ErasureState.PROVEN


def test_who_shares_an_account_sees_it_without_the_erased_one(ana: int) -> None:
    ben = known("K-1002", name="Ben Keller")
    number = held(AccountKind.ACCOUNT, "1", "K-1001", "K-1002", name="Ana and Ben Keller", product="card")
    privacy.save_duty(duty=DUTY, viewer=SYSTEM)
    assert actions.view_account(number=number, viewer=AGENT).is_joint
    erased(ana)

    found = actions.view_account(number=number, viewer=AGENT)
    assert (found.people, found.hidden, found.is_joint, found.name) == (1, 0, False, "")
    assert [each.customer for each in found.members] == [ben]
    assert not actions.list_accounts(asked=AccountsAsked(is_joint=True), viewer=AGENT).rows
    panel = queries.holds_panel(PanelAsked(customer=ben, purpose=Purpose.SERVICE, viewer=AGENT))
    assert panel is not None
    assert panel.lines[0].value == "holder"
    with pytest.raises(ConflictError, match="legal duty"):
        actions.delete_account(number=number, viewer=SYSTEM)
    assert memberships() == {("account", ana), ("account", ben)}


def test_figures_per_household_do_not_count_who_is_kept(ana: int) -> None:
    ben = known("K-1002")
    load([event(ana, "Page Viewed", 1), event(ben, "Page Viewed", 2)], number=2)
    held(AccountKind.HOUSEHOLD, "HH-1", "K-1001")
    held(AccountKind.HOUSEHOLD, "HH-2", "K-1002")
    privacy.save_duty(
        duty=dataclasses.replace(DUTY, events=("Page Viewed",), accounts=(AccountKind.HOUSEHOLD,)), viewer=SYSTEM
    )
    erased(ana)
    groups = queries.groups(Per.HOUSEHOLD)
    assert groups is not None
    assert set(groups.person.tolist()) == {ana, ben}
    with asked_of.reading(event="Page Viewed", fields=(), period=Period(), groups=groups, viewer=SYSTEM) as read:
        (row,) = read.sums(Measure(event="Page Viewed", aggregate=Aggregate.CUSTOMERS), Period())
    assert (row.customers, row.in_groups) == (1, 1)


@pytest.mark.parametrize("is_closed", [True, False])
def test_without_an_event_a_duty_counts_from_the_day_on_which_the_last_account_was_closed(
    ana: int, is_closed: bool
) -> None:
    today = timezone.now().date()
    held(AccountKind.ACCOUNT, "1", "K-1001", closed_on=date(today.year - 7, 1, 1))
    held(AccountKind.ACCOUNT, "2", "K-1001", closed_on=date(today.year - 6, 1, 1) if is_closed else None)
    privacy.save_duty(duty=DUTY, viewer=SYSTEM)

    done = erased(ana)

    assert done.outcome is (Outcome.DONE if is_closed else Outcome.IN_PART)
    assert MemberRow.objects.count() == (0 if is_closed else 2)


def test_an_account_that_closes_later_or_was_left_is_told_so(ana: int) -> None:
    today = timezone.now().date()
    held(AccountKind.ACCOUNT, "1", "K-1001", closed_on=today + timedelta(days=9))
    held(AccountKind.HOUSEHOLD, "HH-1", "K-1001")
    MemberRow.objects.filter(account__kind="household").update(until=date(2020, 1, 1))
    (which,) = hooks.accounts
    assert which((ana,)) == {AccountKind.ACCOUNT: None, AccountKind.HOUSEHOLD: date(2020, 1, 1)}


def test_a_hold_keeps_accounts_out_of_sight_until_it_is_released(ana: int) -> None:
    held(AccountKind.ACCOUNT, "1", "K-1001")
    until = timezone.now().date() + timedelta(days=90)
    hold = privacy.place_hold(customer=ana, reason="Case 7 O 31/26", until=until, viewer=SYSTEM)
    assert actions.list_accounts(asked=AccountsAsked(), viewer=SYSTEM).rows

    erased(ana)
    assert memberships() == {("account", ana)}
    assert not actions.list_accounts(asked=AccountsAsked(), viewer=SYSTEM).rows

    privacy.release_hold(number=hold.id, reason="Settled", viewer=SYSTEM)
    privacy.keep_data_rights(now=timezone.now())
    worked()
    assert not memberships()


def test_a_duty_that_keeps_nothing_is_refused() -> None:
    with pytest.raises(InvalidError, match="kind of account"):
        privacy.save_duty(duty=dataclasses.replace(DUTY, accounts=()), viewer=SYSTEM)
