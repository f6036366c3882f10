"""Shared devices, shared addresses, blocked values, limits: who is joined in real time, and who is not."""

from __future__ import annotations

from typing import Any

import pytest

from domains.identity.claiming import customers, said, stored
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import Refusal
from sojourn.domains.identity.models import Edge, Identifier, RuleSet
from sojourn.domains.identity.rulebook import RulesError, document, of_document, read, write
from sojourn.domains.identity.ruleset import DEFAULT
from sojourn.engine.stream.claims import External
from sojourn.engine.stream.claims import Trait as ClaimedTrait

pytestmark = pytest.mark.django_db(databases="__all__")


def told(user: str | None, device: str | None, **traits: str) -> int:
    """Let somebody tell traits, and give their person."""
    claimed = [ClaimedTrait(0, name, f'"{value}"'.encode(), 1, None, "web") for name, value in traits.items()]
    return int(stored(said((user, device), traits=claimed)).person[0])


def ruled(**changed: Any) -> None:
    """Let other rules hold from now on."""
    RuleSet.objects.create(
        version=RuleSet.objects.count() + 1,
        text=write(of_document(document(DEFAULT) | changed)),
        saved_at="2026-01-01T00:00:00Z",
        saved_by="test",
    )
    actions.resolver().forget()


def test_what_the_second_user_of_a_device_does_without_signing_in_is_theirs() -> None:
    rows = (("ana", "kiosk"), (None, "kiosk"), ("bob", "kiosk"), (None, "kiosk"), ("ana", "kiosk"), (None, "kiosk"))
    ana, of_ana, bob, of_bob, _, again = (int(each) for each in stored(said(*rows)).person)
    assert of_ana == again != of_bob
    assert customers(ana, of_ana, bob, of_bob) == [ana, ana, bob, bob]


def test_who_is_signed_in_on_a_shared_device_is_known_after_a_restart() -> None:
    ana, bob, of_bob = (int(each) for each in stored(said(("ana", "kiosk"), ("bob", "kiosk"), (None, "kiosk"))).person)
    actions.resolver().forget()
    assert int(stored(said((None, "kiosk"))).person[0]) == of_bob
    actions.resolver().forget()
    rows = stored(said(("cem", "kiosk"), (None, "kiosk"), ("ana", "kiosk"), (None, "kiosk"))).person
    assert customers(*rows) == [int(rows[0]), int(rows[0]), ana, ana]
    assert Identifier.objects.filter(kind="stay").count() == 2
    assert bob != of_bob


def test_the_owner_of_a_device_is_known_after_a_restart() -> None:
    ana = int(stored(said(("ana", "phone"))).person[0])
    actions.resolver().forget()
    bob, of_bob = (int(each) for each in stored(said(("bob", "phone"), (None, "phone"))).person)
    assert customers(of_bob, ana) == [bob, ana]


def test_a_mail_address_joins_a_visitor_to_the_one_customer_number_that_has_it() -> None:
    ana = told("ana", None, email="Ana@Example.com")
    visitor = told(None, "visitor", email="ana@example.com ")
    assert customers(visitor) == [ana]


def test_a_mail_address_of_two_numbers_joins_nobody_and_lets_go_of_whom_it_had_joined() -> None:
    ana = told("ana", None, email="home@example.com")
    visitor = told(None, "visitor", email="home@example.com")
    assert customers(visitor) == [ana]
    ben = told("ben", None, email="home@example.com")
    assert customers(ana, visitor, ben) == [ana, visitor, ben]
    graph = queries.why(customer=ana)
    assert [each.refusal for each in graph.edges] == [Refusal.SHARED]
    assert graph.shared == (graph.edges[0].other,)


def test_of_a_shared_address_those_who_proved_it_are_joined() -> None:
    ruled(verified_by=["web"])
    ana = told("ana", None, email="home@example.com")
    stored(
        said(
            ("ana", None),
            traits=[
                ClaimedTrait(0, "email", b'"home@example.com"', 2, None, "web"),
                ClaimedTrait(0, "emailVerified", b"true", 2, None, "web"),
            ],
        )
    )
    ben = told("ben", None, email="home@example.com")
    visitor = stored(
        said(
            (None, "visitor"),
            traits=[
                ClaimedTrait(0, "email", b'"home@example.com"', 2, None, "web"),
                ClaimedTrait(0, "email_verified", b"true", 2, None, "web"),
            ],
        )
    ).person[0]
    assert customers(ana, ben, visitor) == [ana, ben, ana]


def test_phone_numbers_meet_however_they_are_written(settings: Any) -> None:
    ana = told("ana", None, phone="+49 (0)151 2345678")
    assert customers(told(None, "visitor", phone="+491512345678")) == [ana]


def test_a_visitor_with_the_addresses_of_two_customers_joins_the_one_of_the_kind_that_comes_first() -> None:
    ana, ben = told("ana", None, email="ana@example.com"), told("ben", None, phone="+491512345678")
    visitor = told(None, "visitor", phone="+491512345678", email="ana@example.com")
    assert customers(ana, ben, visitor) == [ana, ben, ana]


@pytest.mark.parametrize("value", ["null", "0000-0000", "-1", "Anonymous", "undefined"])
def test_a_blocked_value_is_nobody_s(value: str) -> None:
    person = stored(said((value, "a"), (value, "b"), (value, None), (None, "a"))).person.tolist()
    assert person[0] == person[3]
    assert len({*person, *customers(*person)}) == 3
    assert not Edge.objects.exists()


def test_a_blocked_mail_address_joins_nobody() -> None:
    ruled(blocked=["noreply@example.com"])
    ana, ben = told(None, "a", email="noreply@example.com"), told(None, "b", email="NoReply@example.com")
    assert customers(ana, ben) == [ana, ben]


def test_devices_beyond_the_limit_of_a_week_stay_their_own() -> None:
    ruled(devices={"count": 2, "span": "weekly"})
    day = 86_400_000_000
    rows = [(("ana", f"d{at}"), at * day) for at in (0, 1, 2, 9)]
    devices = []
    for row, at in rows:
        stored(said(row, at_us=[at + day]))
        devices.append(int(stored(said((None, row[1]))).person[0]))
    ana = int(stored(said(("ana", None))).person[0])
    assert customers(*devices) == [ana, ana, devices[2], ana]


def test_an_address_that_more_persons_hold_than_allowed_joins_nobody() -> None:
    ruled(holders_max=2)
    first, second = told(None, "a", email="office@example.com"), told(None, "b", email="office@example.com")
    assert len(set(customers(first, second))) == 1
    third = told(None, "c", email="office@example.com")
    assert customers(first, second, third) == [first, second, third]


def test_further_kinds_come_from_external_ids_and_traits() -> None:
    ruled(kinds=[{"name": "card", "traits": ["loyalty_card"], "external": ["card"]}])
    ana = int(stored(said(("ana", None), external=[External(0, "card", "77"), External(0, "other", "77")])).person[0])
    assert customers(told(None, "visitor", loyalty_card="77")) == [ana]
    assert Identifier.objects.filter(kind="card").count() == 1


def test_an_alias_of_a_device_that_somebody_owns_does_not_take_it_away() -> None:
    ana, phone = (int(each) for each in stored(said(("ana", "phone"), (None, "phone"))).person)
    actions.link(aliases=[(phone, told("bob", None))])
    assert customers(phone) == [ana]


@pytest.mark.parametrize(
    "changed",
    [
        {"blocked": ["(a+)+"]},
        {"blocked": ["a*b*c*"]},
        {"blocked": [7]},
        {"kinds": [{"name": "user"}]},
        {"kinds": [{"name": "a"}, {"name": "a"}]},
        {"kinds": [{"name": "a", "limit": {"count": 0}}]},
        {"kinds": "email"},
        {"devices": {"count": 3, "span": "daily"}},
        {"holders_max": True},
        {"colour": "red"},
    ],
)
def test_rules_that_mean_nothing_are_refused_by_name(changed: dict[str, Any]) -> None:
    with pytest.raises(RulesError, match=next(iter(changed))):
        of_document(changed)


def test_rules_are_read_as_they_were_written() -> None:
    assert read(write(DEFAULT)) == DEFAULT
    with pytest.raises(RulesError):
        read("kinds: [")
