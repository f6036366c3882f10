"""An erased identifier does not come back, by no way in, until its tombstone is lifted."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.db import router, transaction

from domains.identity.test_resolving import said, stored
from sojourn.domains.identity import actions
from sojourn.domains.identity.models import Identifier, Text, Tombstone, Trait
from sojourn.engine.stream.claims import Alias
from sojourn.engine.stream.claims import Text as ClaimedText
from sojourn.engine.stream.claims import Trait as ClaimedTrait
from sojourn.kit.errors import InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")


def mail(row: int, address: str) -> ClaimedTrait:
    return ClaimedTrait(row, "email", json.dumps(address).encode(), 1)


def name(row: int, text: str) -> ClaimedTrait:
    return ClaimedTrait(row, "name", json.dumps(text).encode(), 1)


def erased(*persons: int) -> None:
    """Bury persons and forget them, as an erasure does."""
    actions.bury(persons=persons, erasure=7)
    with transaction.atomic(using=router.db_for_write(Identifier)):
        actions.forget(persons)


def test_events_of_an_erased_identifier_are_gone_and_leave_nothing() -> None:
    ana = int(stored(said(("ana", None), traits=[mail(0, "ana@example.com")])).person[0])
    erased(ana)
    text = ClaimedText(9, 0, "comment", b'"hello"')
    back = said(
        ("ana", None),
        ("bob", None),
        case=["c1", None],
        traits=[mail(0, "ana@example.com"), name(1, "Bob")],
        texts=[text],
    )

    resolved = stored(back)

    assert resolved.gone.tolist() == [True, False]
    assert resolved.person[0] == 0 < resolved.person[1]
    assert sorted(Identifier.objects.values_list("kind", flat=True)) == ["user"], "neither ana nor her case"
    assert list(Trait.objects.values_list("name", flat=True)) == ["name"]
    assert not Text.objects.exists()


def test_who_signs_in_on_an_erased_device_is_let_in_without_it() -> None:
    resolved = stored(said(("ana", "device")))
    device = int(stored(said((None, "device"))).person[0])
    erased(int(resolved.person[0]), device)

    later = stored(said(("bob", "device"), (None, "device")))

    assert later.gone.tolist() == [False, True]
    assert Identifier.objects.count() == 1


def test_an_alias_to_an_erased_person_joins_nothing() -> None:
    erased(int(stored(said(("ana", None))).person[0]))
    stored(said(("bob", None), aliases=[Alias(0, "ana")]))
    assert Identifier.objects.count() == 1, "ana is not known anew as somebody anonymous"


def test_somebody_new_with_an_erased_mail_comes_without_any_attribute() -> None:
    erased(int(stored(said(("ana", None), traits=[mail(0, "ana@example.com")])).person[0]))

    resolved = stored(said(("crm-17", None), traits=[mail(0, " ANA@example.com"), name(0, "Ana")]))

    assert resolved.person[0] > 0
    assert not resolved.gone.any()
    assert not Trait.objects.exists()


def test_somebody_known_who_takes_over_an_erased_mail_loses_only_that() -> None:
    bob = stored(said(("bob", None), traits=[name(0, "Bob")])).person[0]
    erased(int(stored(said(("ana", None), traits=[mail(0, "home@example.com")])).person[0]))

    stored(said(("bob", None), traits=[mail(0, "home@example.com"), ClaimedTrait(0, "city", b'"Ghent"', 1)]))

    assert sorted(Trait.objects.filter(person=bob).values_list("name", flat=True)) == ["city", "name"]


def test_a_mail_that_somebody_else_shares_gets_no_tombstone() -> None:
    both = stored(said(("ana", None), ("bob", None), traits=[mail(0, "home@example.com"), mail(1, "home@example.com")]))
    erased(int(both.person[0]))
    assert list(Tombstone.objects.values_list("kind", flat=True)) == ["user"]


def test_a_lifted_tombstone_lets_its_identifier_in_again_and_no_other() -> None:
    ana = int(stored(said(("ana", None), traits=[mail(0, "ana@example.com")])).person[0])
    erased(ana)

    actions.lift_tombstone(kind="user", value="ana")

    resolved = stored(said(("ana", None), traits=[mail(0, "ana@example.com")]))
    assert resolved.person[0] not in (0, ana), "a new random number"
    assert not Trait.objects.exists(), "the mail is still erased"
    actions.lift_tombstone(kind="email", value="Ana@Example.com")
    stored(said(("ana", None), traits=[mail(0, "ana@example.com")]))
    assert Trait.objects.count() == 1
    with pytest.raises(NotFoundError):
        actions.lift_tombstone(kind="user", value="ana")
    with pytest.raises(InvalidError):
        actions.lift_tombstone(kind="agent", value="a7")


def test_a_tombstone_is_no_blind_index() -> None:
    ana = stored(said(("ana", None)))
    blinds = {bytes(each) for each in Identifier.objects.values_list("blind", flat=True)}
    erased(int(ana.person[0]))
    assert not blinds & {bytes(each) for each in Tombstone.objects.values_list("digest", flat=True)}


def test_a_file_is_told_which_identifiers_were_erased() -> None:
    erased(int(stored(said(("ana", None))).person[0]))
    tokens, _ = actions.resolver().tokens("user", ["ana", "bob"])
    assert np.sign(tokens).tolist() == [-1, 1]
