"""Traits are opened with source and time; people are found by identifiers and by whole words of their names."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import router, transaction

from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import FoundBy
from sojourn.domains.identity.models import MapCounter, TraitWord
from sojourn.engine.stream.claims import Claims
from sojourn.engine.stream.claims import Trait as Claimed

pytestmark = pytest.mark.django_db(databases="__all__")


def stored(*users: str, **more: Any) -> list[int]:
    """Store what some signed-in users say, and give their persons."""
    nothing: list[str | None] = [None] * len(users)
    columns = {"anonymous": nothing, "agent": nothing, "case": nothing, "groups": nothing} | more
    resolved = actions.resolve(Claims(user=list(users), **columns))
    with transaction.atomic(using=router.db_for_write(TraitWord)):
        resolved.write()
    return [int(each) for each in resolved.person]


def named(row: int, name: str, value: str, at_us: int = 1, source: str = "shop") -> Claimed:
    """Make a trait of a row; `value` is JSON."""
    return Claimed(row, name, value.encode(), at_us, None, source)


def found(text: str) -> list[int]:
    return [person for person, _ in queries.find(text).persons]


def test_traits_are_opened_with_source_and_time() -> None:
    (ana,) = stored("ana", traits=[named(0, "name", '"Ana Keller"', 5), named(0, "vip", "true", 6, "crm")])
    traits = {each.name: (each.value, each.source, each.occurred_at.microsecond) for each in queries.traits_of([ana])}
    assert traits == {"name": ("Ana Keller", "shop", 5), "vip": (True, "crm", 6)}
    assert [(each.kind, each.value) for each in queries.identifiers_of([ana])] == [("user", "ana")]


def test_people_are_found_by_each_whole_word_whatever_case_and_accents() -> None:
    ana, zoe = stored(
        "a1",
        "z2",
        traits=[named(0, "name", '"Ana Müller"'), named(1, "first_name", '"Zoë"'), named(1, "last_name", '"MULLER"')],
    )
    assert sorted(found("muller")) == sorted([ana, zoe])
    assert found("Muller, Zoe") == [zoe]
    assert found("Mull") == [] == found("Ana Zoe") == found("") == found("  ,")


def test_people_are_found_by_number_device_mail_phone_town_and_company() -> None:
    (ana,) = stored(
        "K-77",
        anonymous=["device-9"],
        traits=[
            named(0, "email", '"Ana@Example.com"'),
            named(0, "phone", '"+49 151 2345678"'),
            named(0, "address", '{"city": "Bonn", "postalCode": "53111", "street": "Markt 1"}'),
            named(0, "company", '{"name": "Acme"}'),
        ],
    )
    by = {
        text: dict(queries.find(text).persons) for text in ("K-77", "ana@example.com ", "+49 (151) 234-5678", "53111")
    }
    assert by == {
        "K-77": {ana: FoundBy.NUMBER},
        "ana@example.com ": {ana: FoundBy.MAIL},
        "+49 (151) 234-5678": {ana: FoundBy.PHONE},
        "53111": {ana: FoundBy.WORDS},
    }
    assert found("bonn acme") == [ana]
    assert found("Markt") == []
    assert [by for _, by in queries.find("device-9").persons] == [FoundBy.DEVICE]


def test_words_may_stand_with_several_persons_of_a_customer() -> None:
    ana, other = stored("ana", "old", traits=[named(0, "name", '"Ana"'), named(1, "city", '"Bonn"')])
    assert found("ana bonn") == []
    actions.merge(customers=[ana, other], by="person:1", why="")
    assert len(found("ana bonn")) == 1


def test_a_new_name_takes_the_old_words_away_and_an_older_one_that_comes_late_changes_nothing() -> None:
    (ana,) = stored("ana", traits=[named(0, "name", '"Ana Keller"', 10)])
    stored("ana", traits=[named(0, "name", '"Ana Vogt"', 20)])
    stored("ana", traits=[named(0, "name", '"Ana Früh"', 5)])
    assert found("vogt") == [ana]
    assert found("keller") == found("früh") == []


def test_a_case_s_number_gives_its_token() -> None:
    stored("ana", case=["C-1"])
    assert len(queries.find("C-1").cases) == 1
    assert queries.find("C-1").persons == ()


def test_forgotten_persons_are_not_found() -> None:
    (ana,) = stored("ana", traits=[named(0, "name", '"Ana"'), named(0, "email", '"a@b.de"')])
    actions.forget((ana,))
    assert found("ana") == found("a@b.de") == []
    assert TraitWord.objects.count() == 0


def test_traits_of_before_get_their_words_once() -> None:
    (ana,) = stored("k1", traits=[named(0, "name", '"Ana Keller"')])
    TraitWord.objects.all().delete()
    assert actions.index_words()
    assert found("keller") == [ana]
    assert MapCounter.objects.get(name="words").value == -1
    TraitWord.objects.all().delete()
    assert actions.index_words()
    assert found("keller") == []
