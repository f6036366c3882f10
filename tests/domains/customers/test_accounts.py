"""Accounts, households and companies: saved, imported, told by events, seen by whom, forgotten with whom."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from django.conf import settings
from django.db import router, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domains.customers.people import AGENT, ANALYST, known
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import hooks
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    Account,
    AccountGiven,
    AccountKind,
    AccountsAsked,
    CustomerState,
    MemberGiven,
    MemberRole,
    PanelAsked,
    PeopleAsked,
    ProspectRule,
)
from sojourn.domains.customers.models import AccountRow, MemberRow
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity.models import Trait
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.stream.claims import Claims
from sojourn.engine.stream.claims import Trait as Claimed
from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:1", role=Role.AGENT, scopes=frozenset(Scope), units=frozenset({"north"}))
CURRENT = AccountGiven(kind=AccountKind.ACCOUNT, key="DE89 3704", product="current-account", name="Main")


def holds(*users: str, account: AccountGiven = CURRENT, viewer: Viewer = AGENT) -> Account:
    return actions.save_account(given=account, members=[MemberGiven(user_id=each) for each in users], viewer=viewer)


def shown(customer: int, viewer: Viewer = AGENT) -> list[tuple[str, str, str]]:
    looking = PanelAsked(customer=customer, purpose=Purpose.SERVICE, viewer=viewer)
    panels = (queries.holds_panel(looking), queries.household_panel(looking), queries.company_panel(looking))
    return [(panel.key, line.label, line.value) for panel in panels if panel for line in panel.lines]


def test_an_account_is_saved_by_kind_and_number_and_the_same_again_changes_nothing() -> None:
    ana = known("K-1", name="Ana Keller")
    first = holds("K-1")
    rows = list(AccountRow.objects.values()), list(MemberRow.objects.values())
    assert holds("K-1", account=AccountGiven(kind=AccountKind.ACCOUNT, key="de893704")).id == first.id
    assert (list(AccountRow.objects.values()), list(MemberRow.objects.values())) == rows
    assert (first.key, first.name, first.people, first.is_joint) == ("DE89 3704", "Main", 1, False)
    assert [(each.customer, each.name, each.role) for each in first.members] == [(ana, "Ana Keller", MemberRole.HOLDER)]
    assert [each.id for each in actions.find_accounts(key=" de 8937 04", viewer=AGENT)] == [first.id]
    entries = AuditRow.objects.filter(what__startswith="account.")
    assert {each.what for each in entries} == {"account.save", "account.find"}
    assert "3704" not in str([(each.object, each.detail) for each in entries])


def test_what_is_not_given_stays_and_what_is_cleared_goes() -> None:
    known("K-1")
    opened = AccountGiven(kind=AccountKind.ACCOUNT, key="1", product="card", opened_on=date(2020, 1, 1))
    holds("K-1", account=opened)
    kept = holds(account=AccountGiven(kind=AccountKind.ACCOUNT, key="1", closed_on=date(2021, 1, 1)))
    assert (kept.product, kept.opened_on, kept.closed_on) == ("card", date(2020, 1, 1), date(2021, 1, 1))
    gone = holds(account=AccountGiven(kind=AccountKind.ACCOUNT, key="1", cleared=frozenset({"closed_on"})))
    assert (gone.opened_on, gone.closed_on) == (date(2020, 1, 1), None)


def test_what_cannot_be_is_refused_with_its_field() -> None:
    known("K-1")
    household = AccountGiven(kind=AccountKind.HOUSEHOLD, key="H")
    holder = MemberGiven(user_id="K-1", role=MemberRole.HOLDER)
    for account, member, word in (
        (AccountGiven(kind=AccountKind.ACCOUNT, key=" "), None, "key"),
        (AccountGiven(kind=AccountKind.HOUSEHOLD, key="H", product="card"), None, "product"),
        (household, holder, "role"),
        (household, MemberGiven(user_id="K-2"), "no such customer"),
        (household, MemberGiven(), "one of the three"),
        (household, MemberGiven(user_id="K-1", since=date(2021, 1, 1), until=date(2020, 1, 1)), "until"),
    ):
        with pytest.raises(InvalidError, match=word):
            actions.save_account(given=account, members=[member] if member else [], viewer=AGENT)
    holds("K-1", account=AccountGiven(kind=AccountKind.ACCOUNT, key="1", opened_on=date(2020, 1, 1)))
    with pytest.raises(InvalidError, match="closed_on: lies before opened_on"):
        holds(account=AccountGiven(kind=AccountKind.ACCOUNT, key="1", closed_on=date(2019, 1, 1)))
    assert AccountRow.objects.count() == 1


def test_who_may_not_read_customers_sees_no_account() -> None:
    known("K-1")
    number = holds("K-1").id
    for look in (
        lambda: actions.view_account(number=number, viewer=ANALYST),
        lambda: actions.list_accounts(asked=AccountsAsked(), viewer=ANALYST),
        lambda: actions.find_accounts(key="DE893704", viewer=ANALYST),
        lambda: holds("K-1", viewer=ANALYST),
        lambda: actions.import_accounts(text="key\n1", kind=AccountKind.ACCOUNT, viewer=ANALYST),
        lambda: actions.delete_account(number=number, viewer=ANALYST),
    ):
        with pytest.raises(ForbiddenError):
            look()


def test_a_joint_holder_out_of_scope_is_counted_and_not_shown() -> None:
    ana, ben = known("K-1", name="Ana Keller"), known("K-2", name="Ben Keller")
    load([event(ana, "Opened", 0, unit="north"), event(ben, "Opened", 0, unit="south")])
    joint, home = holds("K-1", "K-2"), AccountGiven(kind=AccountKind.HOUSEHOLD, key="H-1", name="Ana and Ben")
    holds("K-1", "K-2", account=home)
    seen = actions.view_account(number=joint.id, viewer=NORTH)
    assert (seen.people, seen.hidden, seen.is_joint, seen.name) == (2, 1, True, "")
    assert [each.customer for each in seen.members] == [ana]
    assert actions.view_account(number=joint.id, viewer=AGENT).hidden == 0
    assert "Ben" not in str(shown(ana, NORTH))
    assert "1 not shown to you" in str(shown(ana, NORTH))
    assert "with Ben Keller" in str(shown(ana, AGENT))
    with pytest.raises(ForbiddenError):
        actions.delete_account(number=joint.id, viewer=NORTH)


def test_an_account_of_another_unit_is_as_one_that_does_not_exist() -> None:
    ben = known("K-2", name="Ben")
    load([event(ben, "Opened", 0, unit="south")])
    theirs = holds("K-2")
    with pytest.raises(NotFoundError) as hidden:
        actions.view_account(number=theirs.id, viewer=NORTH)
    with pytest.raises(NotFoundError) as missing:
        actions.view_account(number=theirs.id + 1, viewer=NORTH)
    assert hidden.value.message == missing.value.message
    assert actions.list_accounts(asked=AccountsAsked(), viewer=NORTH).rows == ()
    assert actions.find_accounts(key="DE893704", viewer=NORTH) == ()
    with pytest.raises(ForbiddenError):
        holds(viewer=NORTH)
    with pytest.raises(InvalidError, match="in no part"):
        holds(account=AccountGiven(kind=AccountKind.COMPANY, key="new"), viewer=NORTH)


def test_accounts_are_listed_by_filters_page_by_page() -> None:
    for place in range(5):
        known(f"K-{place}")
        given = AccountGiven(kind=AccountKind.ACCOUNT, key=str(place), product="card" if place % 2 else "loan")
        holds(f"K-{place}", account=given)
    holds("K-0", "K-1", account=AccountGiven(kind=AccountKind.ACCOUNT, key="joint", closed_on=date(2020, 1, 1)))

    def listed(**asked: object) -> list[str]:
        page = actions.list_accounts(asked=AccountsAsked(**asked), viewer=AGENT)  # type: ignore[arg-type]
        return [each.key for each in page.rows]

    assert listed(product="card") == ["1", "3"]
    assert listed(is_joint=True) == ["joint"] == listed(is_open=False)
    assert listed(is_joint=False, is_open=True) == [str(place) for place in range(5)]
    assert listed(kind=AccountKind.COMPANY) == []
    first = actions.list_accounts(asked=AccountsAsked(), viewer=AGENT, limit=4)
    assert first.after is not None
    rest = actions.list_accounts(asked=AccountsAsked(), viewer=AGENT, limit=4, after=first.after)
    assert [each.key for each in (*first.rows, *rest.rows)] == ["0", "1", "2", "3", "4", "joint"]
    assert rest.after is None


FILE = """kind,account_number,product,user_id,role,opened_on,name
account,1,card,K-1,,2020-01-01,
account,1,,K-2,joint holder,,
account,2,card,K-9,,,
household,H,,K-1,,,The Kellers
household,H,card,K-1,,,
account,3,loan,K-1,owner,,
thing,4,,K-1,,,
account,,,K-1,,,
account,5,,K-1,,2020-13-01,
company,Acme,,,,,Acme Ltd
"""


def test_a_file_is_taken_row_by_row_and_again_without_a_change() -> None:
    known("K-1"), known("K-2")
    done = actions.import_accounts(text=FILE, viewer=AGENT)
    assert (done.rows, done.taken, [each.line for each in done.refused]) == (10, 4, [4, 6, 7, 8, 9, 10])
    assert [each.reason.partition(":")[0] for each in done.refused] == [
        "There is no such customer.", "product", "role", "kind", "key", "opened_on",
    ]  # fmt: skip
    rows = list(AccountRow.objects.values()), list(MemberRow.objects.values())
    assert actions.import_accounts(text=FILE, viewer=AGENT).taken == 4
    assert (list(AccountRow.objects.values()), list(MemberRow.objects.values())) == rows
    joint = actions.find_accounts(key="1", viewer=AGENT)[0]
    assert (joint.product, joint.is_joint, joint.opened_on) == ("card", True, date(2020, 1, 1))
    actions.import_accounts(text="kind,key,product\naccount,1,\n", viewer=AGENT, blank="clear")
    assert actions.find_accounts(key="1", viewer=AGENT)[0].product == ""
    with pytest.raises(InvalidError, match="which account"):
        actions.import_accounts(text="kind,name\naccount,x\n", viewer=AGENT)


def test_a_file_of_a_viewer_of_one_unit_reaches_their_customers_only() -> None:
    ana, ben = known("K-1"), known("K-2")
    load([event(ana, "Opened", 0, unit="north"), event(ben, "Opened", 0, unit="south")])
    holds("K-2", account=AccountGiven(kind=AccountKind.ACCOUNT, key="2"))
    text = "key,user_id,product\n1,K-1,card\n2,K-1,card\n3,K-2,card\n4,,card\n"
    done = actions.import_accounts(text=text, kind=AccountKind.ACCOUNT, viewer=NORTH)
    assert [each.line for each in done.refused] == [3, 4, 5]


def grouped(*, user: str, group: str, number: int, **traits: str) -> int:
    """Let a `group` call in, as the loader does."""
    sealing.sealer(settings.SOJOURN)  # makes the key before there are segments
    claims = Claims(
        user=[user], anonymous=[None], agent=[None], case=[None], groups=[group],
        traits=[Claimed(0, name, f'"{text}"'.encode(), 1, group, "crm") for name, text in traits.items()],
    )  # fmt: skip
    resolved = identity.resolve(claims)
    with transaction.atomic(using=router.db_for_write(Trait)):
        resolved.write()
    at = pa.array([1_767_225_600_000_000], pa.timestamp("us"))
    table = pa.table(
        {
            "event_id": [event_id(ORIGIN_DELIVERY, number, 0)],
            "message": [f"{number:032x}"],
            "person": [int(resolved.person[0])],
            "kind": ["group"],
            "name": ["Grouped"],
            "occurred_at": at,
            "received_at": at,
            "properties": [f'{{"$group": "{int(resolved.groups[0])}"}}'],
        }
    )
    collection.commit_tables(tables=[table], source="crm", delivery=number, replaces=None, received_us=1)
    return int(resolved.person[0])


def test_a_group_call_puts_a_customer_into_a_company() -> None:
    ana = grouped(user="K-1", group="acme-7", number=1, name="Acme Ltd")
    ben = grouped(user="K-2", group="acme-7", number=2)
    collection.run_tail()
    collection.run_tail()
    [company] = actions.list_accounts(asked=AccountsAsked(kind=AccountKind.COMPANY), viewer=AGENT).rows
    assert (company.key, company.name, company.source, company.people) == ("acme-7", "Acme Ltd", "crm", 2)
    assert {each.customer for each in company.members} == {ana, ben}
    assert shown(ana)[-1][:2] == ("company", "Acme Ltd")


def test_an_erased_person_is_forgotten_with_what_nobody_else_holds() -> None:
    ana, ben = known("K-1", name="Ana"), known("K-2", name="Ben")
    holds("K-1", account=AccountGiven(kind=AccountKind.ACCOUNT, key="own"))
    holds("K-1", "K-2")
    holds("K-1", account=AccountGiven(kind=AccountKind.COMPANY, key="acme"))
    for each in hooks.erase_persons:
        with transaction.atomic(using=router.db_for_write(Trait)):
            each((ana,))
    left = actions.list_accounts(asked=AccountsAsked(), viewer=AGENT).rows
    assert [(each.key, each.people) for each in left] == [("DE89 3704", 1), ("acme", 0)]
    assert MemberRow.objects.filter(person=ben).count() == 1


def test_an_access_package_tells_what_somebody_holds_and_nothing_of_others() -> None:
    ana = known("K-1", name="Ana")
    known("K-2", name="Ben")
    holds("K-1", "K-2", account=AccountGiven(kind=AccountKind.HOUSEHOLD, key="H-1", name="Ana and Ben"))
    told = [held for each in hooks.about_persons for held in each((ana,)) if held.heading.startswith("Products")]
    [record] = [dict(each) for held in told for each in held.records]
    assert (record["kind"], record["number"], record["role"]) == ("household", "H-1", "member")
    assert "Ben" not in str(record)


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        (ProspectRule(), ["customer", "customer", "prospect", "anonymous"]),
        (ProspectRule(by_number=False), ["customer", "prospect", "prospect", "anonymous"]),
        (ProspectRule(by_number=False, products=("loan",)), ["prospect", "prospect", "prospect", "anonymous"]),
        (ProspectRule(by_account=False), ["customer", "customer", "prospect", "anonymous"]),
    ],
)
def test_prospects_are_kept_apart_by_a_rule_on_page_and_list(rule: ProspectRule, states: list[str]) -> None:
    people = [known("K-1"), known("K-2"), known(device="d-1", email="a@b.de"), known(device="d-2")]
    holds("K-1")
    load([event(each, "Opened", 0) for each in people])
    assert actions.save_prospect_rule(rule=rule, viewer=SYSTEM) == queries.prospect_rule() == rule
    assert [actions.view_customer(customer=each, viewer=AGENT).state.value for each in people] == states
    for state in CustomerState:
        listed = actions.people(asked=PeopleAsked(state=state), viewer=SYSTEM)
        assert listed.total == states.count(state.value)


def test_a_list_keeps_who_holds_a_product_or_belongs_to_a_company() -> None:
    people = [known(f"K-{place}") for place in range(4)]
    load([event(each, "Opened", 0) for each in people])
    holds("K-0", "K-1", account=AccountGiven(kind=AccountKind.ACCOUNT, key="1", product="card"))
    today = timezone.now().date()
    holds("K-2", account=AccountGiven(kind=AccountKind.ACCOUNT, key="2", product="card", closed_on=today))
    holds("K-3", account=AccountGiven(kind=AccountKind.COMPANY, key="c"))
    assert actions.people(asked=PeopleAsked(holds="card"), viewer=SYSTEM).total == 2
    assert actions.people(asked=PeopleAsked(belongs_to=AccountKind.COMPANY), viewer=SYSTEM).total == 1
    assert actions.people(asked=PeopleAsked(belongs_to=AccountKind.HOUSEHOLD), viewer=SYSTEM).total == 0


def test_a_rule_by_which_nobody_is_a_customer_is_refused() -> None:
    for rule in (ProspectRule(by_number=False, by_account=False), ProspectRule(by_account=False, products=("card",))):
        with pytest.raises(InvalidError):
            actions.save_prospect_rule(rule=rule, viewer=SYSTEM)
    with pytest.raises(ForbiddenError):
        actions.save_prospect_rule(rule=ProspectRule(), viewer=AGENT)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("join"), st.integers(0, 3), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=8,
)


def standing() -> dict[str, list[tuple[int, ...]]]:
    """Say of each account which customers belong to it."""
    rows = actions.list_accounts(asked=AccountsAsked(), viewer=AGENT).rows
    return {each.key: sorted((member.customer,) for member in each.members) for each in rows}


def check_inverse(steps: list[tuple[str, int, int]]) -> None:
    """Do some merges and joinings, undo the merges: what was joined meanwhile stays with whom it was joined to."""
    people = [known(f"K-{place}") for place in range(4)]
    decisions, expected = [], dict[str, set[tuple[int, ...]]]()
    for verb, one, other in steps:
        if verb == "join":
            holds(f"K-{one}", account=AccountGiven(kind=AccountKind.ACCOUNT, key=str(other)))
            expected.setdefault(str(other), set()).add((people[one],))
        elif one != other:
            try:
                decisions.append(identity.merge(customers=[people[one], people[other]], by="person:1", why="same"))
            except ConflictError:  # they are one already
                continue
    rows = list(MemberRow.objects.order_by("pk").values_list("account_id", "person"))
    for decision in reversed(decisions):
        identity.unmerge(decision=decision, by="person:1", why="not so")
    assert list(MemberRow.objects.order_by("pk").values_list("account_id", "person")) == rows
    assert standing() == {key: sorted(found) for key, found in expected.items()}


class UndoneError(Exception):
    """Rolls a history back."""


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
def test_memberships_are_after_unmerging_as_if_nothing_had_been_merged(steps: list[tuple[str, int, int]]) -> None:
    with pytest.raises(UndoneError), transaction.atomic("default"), transaction.atomic(router.db_for_write(Trait)):
        identity.resolver().forget()
        privacy.forget_persons()
        check_inverse(steps)
        raise UndoneError
    identity.resolver().forget()
    privacy.forget_persons()


def test_a_trial_says_what_would_come_of_a_file_and_changes_nothing() -> None:
    tried = actions.import_accounts(text=FILE, viewer=AGENT, is_trial=True)
    assert (tried.is_trial, tried.columns["key"]) == (True, "account_number")
    assert not AccountRow.objects.exists()
    done = actions.import_accounts(text=FILE, viewer=AGENT)
    assert (tried.rows, tried.taken, tried.refused) == (done.rows, done.taken, done.refused)
