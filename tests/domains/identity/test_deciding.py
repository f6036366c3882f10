"""Merging and taking apart are exact inverses, and every edge says why it is there."""

from __future__ import annotations

import pytest
from django.db import router, transaction

from domains.identity.claiming import customers, said, stored
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.access.trail import audit_log
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import EdgeKind, Refusal
from sojourn.domains.identity.models import Decision, Edge, Identifier, Link
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")


def two() -> tuple[int, int, int, int]:
    """Make two customers with a device each."""
    rows = (("ana", "phone"), ("bob", "tablet"), (None, "phone"), (None, "tablet"))
    ana, bob, phone, tablet = (int(each) for each in stored(said(*rows)).person)
    return ana, bob, phone, tablet


def merged(*numbers: int) -> int:
    """Merge and give the decision."""
    return actions.merge(customers=numbers, by="person:1", why="They wrote to us.")


def test_a_merge_joins_everything_of_both_and_undoing_it_leaves_no_trace_in_the_map() -> None:
    persons = two()
    before = customers(*persons), sorted(Link.objects.values_list())
    decision = merged(persons[1], persons[0])
    assert set(customers(*persons)) == {min(persons[:2])}
    actions.unmerge(decision=decision, by="person:1")
    assert (customers(*persons), sorted(Link.objects.values_list())) == before


def test_what_came_since_the_merge_is_where_it_belongs_after_it_is_undone() -> None:
    ana, bob, *_ = two()
    decision = merged(ana, bob)
    watch, kiosk = (
        int(each)
        for each in stored(said(("bob", "watch"), ("ana", "kiosk"), (None, "watch"), (None, "kiosk"))).person[2:]
    )
    assert len(set(customers(ana, bob, watch, kiosk))) == 1
    actions.unmerge(decision=decision, by="person:1")
    assert customers(ana, bob, watch, kiosk) == [ana, bob, bob, ana]


def test_undoing_the_undoing_merges_again() -> None:
    ana, bob, *_ = two()
    undo = actions.unmerge(decision=merged(ana, bob), by="person:1")
    actions.unmerge(decision=undo, by="person:1")
    assert len(set(customers(ana, bob))) == 1
    assert [each.is_in_force for each in queries.decisions()] == [True, False, True]


def test_an_edge_that_somebody_took_out_does_not_come_back_when_it_is_seen_again() -> None:
    ana, _, phone, _ = two()
    edge = Edge.objects.get(person=ana, other=phone)
    separate = actions.unmerge(edges=[edge.pk], by="person:1", why="It was her daughter's phone.")
    stored(said(("ana", "phone")))
    assert customers(phone) == [phone]
    actions.unmerge(decision=separate, by="person:1")
    assert customers(phone) == [ana]


def test_a_person_is_taken_out_with_all_that_joins_it() -> None:
    ana, bob, phone, tablet = two()
    merged(ana, bob)
    actions.unmerge(person=bob, by="person:1")
    assert customers(ana, bob, phone, tablet) == [ana, bob, ana, tablet]


def test_every_edge_tells_the_event_or_the_decision_that_made_it() -> None:
    ana, bob, _, tablet = two()
    stored(said(("ana", "watch"), event_ids=[77], at_us=[1_000_000]))
    decision = merged(ana, bob)
    told = queries.why(customer=tablet)
    assert told.customer == min(ana, bob)
    assert {kind for _, kind in told.persons} == {"user", "anonymous"}
    assert [(each.kind, each.event_id, each.decision) for each in told.edges] == [
        (EdgeKind.SIGN_IN, 0, 0),
        (EdgeKind.SIGN_IN, 0, 0),
        (EdgeKind.SIGN_IN, 77, 0),
        (EdgeKind.DECISION, 0, decision),
    ]
    assert told.edges[2].at.second == 1
    assert [(each.verb, each.why, each.by) for each in told.decisions] == [("merge", "They wrote to us.", "person:1")]
    actions.unmerge(decision=decision, by="person:1")
    assert [each.refusal for each in queries.why(customer=ana).edges] == [None, None, Refusal.RETRACTED]


def test_nonsense_is_refused_and_changes_nothing() -> None:
    ana, bob, *_ = two()
    with pytest.raises(InvalidError):
        merged(ana, ana)
    with pytest.raises(NotFoundError):
        merged(ana, 99)
    decision = merged(ana, bob)
    with pytest.raises(ConflictError):
        merged(ana, bob)
    with pytest.raises(InvalidError):
        actions.unmerge(by="person:1")
    with pytest.raises(NotFoundError):
        actions.unmerge(decision=decision + 1, by="person:1")
    with pytest.raises(InvalidError):
        actions.unmerge(edges=[Edge.objects.get(decision=decision).pk], by="person:1")
    actions.unmerge(decision=decision, by="person:1")
    with pytest.raises(ConflictError):
        actions.unmerge(decision=decision, by="person:1")
    with pytest.raises(NotFoundError):
        queries.why(customer=99)
    assert [each.what for each in audit_log(viewer=SYSTEM)] == ["identity.undo", "identity.merge"]


def test_an_erased_person_leaves_no_edge_and_no_reason() -> None:
    ana, bob, phone, _ = two()
    merged(ana, bob)
    with transaction.atomic(using=router.db_for_write(Identifier)):
        actions.forget((ana, phone))
    assert not Decision.objects.exists()
    assert customers(bob) == [bob]
    assert set(Edge.objects.values_list("person", flat=True)) == {bob}
