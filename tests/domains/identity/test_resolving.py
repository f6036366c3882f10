"""Identifiers become random tokens; persons become customers; nobody reads a value without the key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import router, transaction

from domains.identity.claiming import customers, said, stored
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import ProposalSource
from sojourn.domains.identity.models import Identifier, Proposed, Text, Trait
from sojourn.engine.stream.claims import Alias
from sojourn.engine.stream.claims import Text as ClaimedText
from sojourn.engine.stream.claims import Trait as ClaimedTrait
from sojourn.kit import sealing

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_same_identifier_always_gives_the_same_token_and_another_kind_another() -> None:
    first = stored(said(("ana", None), (None, "ana"), ("bob", None))).person
    actions.resolver().forget()
    again = stored(said(("ana", None), (None, "ana"), ("bob", None))).person
    assert first.tolist() == again.tolist()
    assert len(set(first.tolist())) == 3
    assert Identifier.objects.count() == 3


def test_tokens_of_agents_and_cases_are_random_too() -> None:
    resolved = stored(said(("ana", None), ("bob", None), agent=["a7", None], case=["c1", "c1"]))
    assert resolved.agent[0] > 0
    assert resolved.agent[1] == 0
    assert resolved.case[0] == resolved.case[1] > 0


def test_an_event_that_names_both_ids_makes_them_one_customer_and_belongs_to_the_user() -> None:
    alone = stored(said((None, "device-1"))).person[0]
    both = stored(said(("ana", "device-1"))).person[0]
    assert alone != both
    assert customers(alone, both) == [both, both]
    assert queries.persons_of(customer=int(both)) == tuple(sorted((int(alone), int(both))))


def test_an_alias_of_two_customer_numbers_merges_nobody_and_is_proposed() -> None:
    old = stored(said(("old", "device-1"))).person[0]
    new = stored(said(("new", "device-2"))).person[0]
    stored(said(("new", None), aliases=[Alias(0, "old")]))
    devices = stored(said((None, "device-1"), (None, "device-2"))).person
    assert customers(old, new, *devices) == [old, new, old, new]
    assert Proposed.objects.get().source == ProposalSource.RULE


def test_an_alias_of_an_anonymous_id_brings_everything_that_was_its() -> None:
    visitor = stored(said((None, "visitor-1"))).person[0]
    stored(said((None, "visitor-2"), aliases=[Alias(0, "visitor-1")]))
    user = stored(said(("ana", "visitor-2"))).person[0]
    assert customers(visitor) == [user]


def test_an_alias_to_an_unknown_id_waits_for_it() -> None:
    user = stored(said(("ana", None), aliases=[Alias(0, "visitor-9")])).person[0]
    visitor = stored(said((None, "visitor-9"))).person[0]
    assert customers(visitor) == [user]


def test_an_alias_of_oneself_and_a_circle_of_aliases_change_nothing() -> None:
    stored(said((None, "a"), aliases=[Alias(0, "a")]))
    stored(said((None, "b"), aliases=[Alias(0, "a")]))
    stored(said((None, "a"), aliases=[Alias(0, "b")]))
    person = stored(said((None, "a"), (None, "b"))).person
    assert len(set(customers(*person))) == 1


def test_changes_tell_who_moved_from_where_since_a_version() -> None:
    before = queries.map_version()
    device = stored(said((None, "device-1"))).person[0]
    assert queries.map_version() == before
    ana = stored(said(("ana", "device-1"))).person[0]
    moves = queries.changes(before)
    assert (moves.person.tolist(), moves.before.tolist(), moves.customer.tolist()) == ([device], [device], [ana])
    assert queries.changes(moves.version).person.tolist() == []


def test_of_a_trait_the_newest_by_occurrence_wins_whatever_arrives_last() -> None:
    row = said(("ana", None), traits=[ClaimedTrait(0, "email", b'"new@example.com"', 20)])
    person = int(stored(row).person[0])
    stored(said(("ana", None), traits=[ClaimedTrait(0, "email", b'"old@example.com"', 10)]))
    kept = Trait.objects.get(person=person, name="email")
    sealer = sealing.sealer(settings.SOJOURN)
    assert json.loads(sealer.open(bytes(kept.sealed), use="trait")) == "new@example.com"
    assert bytes(kept.blind or b"") == sealer.blind("email", "new@example.com")


def test_a_group_s_traits_belong_to_the_group() -> None:
    group = [ClaimedTrait(0, "name", b'"Acme"', 5, "acme")]
    resolved = stored(said(("ana", None), groups=["acme"], traits=group))
    assert Trait.objects.get().person == resolved.groups[0] != resolved.person[0]


def test_nothing_is_readable_in_the_tables() -> None:
    stored(
        said(
            ("ana@example.com", "device-77"),
            traits=[ClaimedTrait(0, "phone", b'"+49 151 2345678"', 5)],
            texts=[ClaimedText(9, 0, "comment", b'{"comment": "call me, Ana"}')],
        )
    )
    rows: list[Any] = [*Identifier.objects.values_list(), *Trait.objects.values_list(), *Text.objects.values_list()]
    held = b"|".join(
        bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for row in rows for each in row
    )
    for secret in (b"ana@example.com", b"device-77", b"2345678", b"call me"):
        assert secret not in held


def test_forgetting_a_person_makes_the_next_event_somebody_else() -> None:
    old = int(stored(said(("ana", "device-1"), traits=[ClaimedTrait(0, "email", b'"a@b.de"', 1)])).person[0])
    with transaction.atomic(using=router.db_for_write(Identifier)):
        actions.forget((old,))
    assert Trait.objects.count() == 0
    assert stored(said(("ana", None))).person[0] != old


def wrote(who: tuple[str | None, str | None], text: str, **more: Any) -> str:
    """Let somebody write a comment and give it as it is kept."""
    Text.objects.all().delete()
    comment = ClaimedText(7, 0, "comment", json.dumps({"comment": text}).encode())
    person = int(stored(said(who, texts=[comment], **more)).person[0])
    return str(queries.texts_of([7], persons=[person])[7]["comment"])


def test_a_person_s_own_names_are_masked_in_what_they_write_as_told_now_or_before() -> None:
    name = ClaimedTrait(0, "name", b'"Ana Silva-Oliveira"', 1)
    assert wrote(("ana", "device-1"), "Ana Oliveira here; banana", traits=[name]) == ":name :name here; banana"
    assert wrote(("ana", None), "Call Mrs. SILVA-Oliveira's office") == "Call Mrs. :name-:name's office", "told before"
    assert wrote((None, "device-1"), "Ana, again") == ":name, again", "their device is the same customer"
    assert wrote(("bob", None), "Ana Silva was kind") == "Ana Silva was kind", "no list of names is asked"
