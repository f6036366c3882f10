"""Customers by what a plain trait of theirs is, and catching up with what older versions did not write."""

from __future__ import annotations

from typing import Any

import pytest

from domains.identity.claiming import said, stored
from sojourn.domains.collection import queries as collection
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.models import Edge, MapCounter, Trait
from sojourn.engine.stream.claims import Trait as Claimed

pytestmark = pytest.mark.django_db(databases="__all__")


def told(user: str, at_us: int = 1, group: str | None = None, **traits: str) -> int:
    """Let somebody tell traits (JSON), and give their person."""
    claimed = [Claimed(0, name, value.encode(), at_us, group, "web") for name, value in traits.items()]
    return int(stored(said((user, None), traits=claimed, groups=[group])).person[0])


def having(name: str, value: str) -> list[int]:
    return queries.customers_with(name, value).tolist()


@pytest.mark.parametrize(
    ("value", "asked", "found"),
    [
        ('"Premium"', "premium", True),
        ('"Premium"', " PREMIUM ", True),
        ('"Premium"', "prem", False),
        ("true", "true", True),
        ("3", "3", True),
        ("3.0", "3", True),
        ('{"name": "Acme"}', "acme", True),
        ("null", "null", False),
        ('"call +49 151 2345678"', "call +49 151 2345678", False),
    ],
)
def test_a_plain_trait_is_compared_as_text_without_case(value: str, asked: str, found: bool) -> None:
    ana = told("ana", plan=value)
    assert having("plan", asked) == ([ana] if found else [])


@pytest.mark.parametrize("name", ["email", "name", "first_name", "phone", "birthday", "address", "workPhone", "iban"])
def test_nobody_is_listed_by_a_trait_that_names_people(name: str) -> None:
    told("ana", **{name: '"ana"'})
    assert having(name, "ana") == []
    assert not queries.is_plain(name)


def test_the_newest_word_among_a_customer_s_persons_counts() -> None:
    old, new = told("k-1", 10, plan='"basic"'), told("k-2", 20, plan='"premium"')
    alone = told("k-3", 5, plan='"basic"')
    actions.link(pairs=[(old, new)])
    customer = queries.customers_of([old])[old]
    assert having("plan", "basic") == [alone]
    assert having("plan", "premium") == [customer]
    told("k-1", 30, plan='"basic"')
    assert having("plan", "basic") == sorted([alone, customer])
    assert having("plan", "premium") == []


def test_a_changed_cleared_or_erased_trait_lists_nobody_any_more() -> None:
    ana, ben = told("ana", plan='"gold"'), told("ben", plan='"gold"')
    told("ana", 2, plan="null")
    assert having("plan", "gold") == [ben]
    actions.forget((ben,))
    assert having("plan", "gold") == []
    assert ana


def test_traits_of_older_versions_get_digests_and_holders_once() -> None:
    ana = told("ana", email='"ana@example.com"', plan='"gold"')
    told("ben", group="acme", email='"office@example.com"')
    edges = list(Edge.objects.order_by("person", "kind").values_list("person", "other", "kind"))
    assert edges
    Edge.objects.all().delete()
    Trait.objects.filter(name="plan").update(blind=None)
    MapCounter.objects.filter(name__in=("contacts", "values")).delete()
    assert queries.behind() == ("contacts", "values")
    assert _traits_check() is False
    assert actions.catch_up()
    assert queries.behind() == ()
    assert _traits_check() is True
    assert having("plan", "gold") == [ana]
    assert list(Edge.objects.order_by("person", "kind").values_list("person", "other", "kind")) == edges


def _traits_check() -> Any:
    return next(each.ok for each in collection.doctor() if each.name == "traits")
