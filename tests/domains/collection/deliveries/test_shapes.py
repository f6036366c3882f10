"""Customers written in a tool's columns and read again by its preset are the same customers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domains.collection.deliveries.handing import deliver
from domains.customers.people import known
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import PeopleAsked
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.models import Trait
from sojourn.domains.privacy import actions as privacy
from sojourn.engine.stream.files.shapes import PEOPLE_OF

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
Write = Callable[[str, str | bytes], Path]
AT_US = int(datetime(2026, 3, 2, 10, 30, tzinfo=UTC).timestamp()) * 1_000_000
TOLD: dict[str, dict[str, Any]] = {
    "K-1": {"first_name": "Ana", "last_name": "Keller", "email": "ana@example.org", "phone": "+493012345678",
            "company": "Keller & Co", "title": "Treasurer", "plan": "gold"},
    "K-2": {"name": "Ben, \"B\" Okoro", "email": "ben@example.org", "plan": "basic"},
}  # fmt: skip
MARKETER = Viewer(name="person:3", role=Role.MARKETER, scopes=frozenset(Scope))


def people() -> list[int]:
    made = [known(number, at_us=AT_US, **traits) for number, traits in TOLD.items()]
    load([event(person, "Opened", at) for at, person in enumerate(made)])
    privacy.refresh_timeline()
    return made


def written(tool: str, viewer: Viewer) -> str:
    return b"".join(actions.export_people(asked=PeopleAsked(), viewer=viewer, shape=tool).pieces).decode()


@pytest.fixture(autouse=True)
def floor(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=2, time_zone="UTC")


@pytest.mark.parametrize("tool", queries.SHAPES)
def test_what_leaves_in_a_tool_s_shape_comes_back_the_same(tool: str, write: Write) -> None:
    made = people()
    file = write(f"{tool}.csv", written(tool, SYSTEM))
    Trait.objects.all().delete()
    done = deliver(file)
    assert (done.preset.partition("-")[0], done.rows_good, done.rows_refused) == (tool, 2, 0)
    for person, traits in zip(made, TOLD.values(), strict=True):
        persons = identity.persons_of(customer=identity.customers_of([person])[person])
        found = {each.name: each.value for each in identity.traits_of(persons) if each.value != ""}
        carried = set(PEOPLE_OF[tool].mapping.trait_names.values())
        assert found == {name: value for name, value in traits.items() if name in carried}
        assert found.keys() & {"email", "name", "first_name"}


@pytest.mark.parametrize("tool", queries.SHAPES)
def test_who_may_not_read_customers_gets_nobody_s_name_or_contact(tool: str) -> None:
    people()
    told = written(tool, MARKETER)
    for secret in ("Ana", "Keller", "Okoro", "example.org", "493012345678", "K-1"):
        assert secret not in told, secret
    assert AuditRow.objects.filter(what="customers.export", detail__shape=tool).count() == 1
