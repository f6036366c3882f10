"""A customer's page for roles that list customers and do not read them: nobody is named in it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.module_loading import autodiscover_modules

from domains.customers.people import known
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account, AuditRow
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Purpose
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
SECRETS = ("Zelda", "Quint", "zelda@example.com", "4915112345678", "K-77", "Zq street", "hushed", "gold-plan", "9.99")


@pytest.fixture
def customer(tmp_path: Path, settings: Any) -> int:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data", buckets=4, reserve_bytes=1_024)
    (tmp_path / "data").mkdir()
    autodiscover_modules("plugins", "tasks")
    person = known(
        "K-77",
        name="Zelda Quint",
        email="zelda@example.com",
        phone="+4915112345678",
        address={"street": "Zq street"},
        plan="gold-plan",
        texts={5: {"comment": "hushed words"}},
    )
    said = '{"comment_id": "0000000000000005", "mood": "hushed"}'
    load([event(person, "Opened", 1, channel="app"), event(person, "Told", 2, properties=said, value="9.99")])
    privacy.refresh_timeline()
    return person


def signed_in(role: Role) -> Client:
    who = access.create_person(email=f"{role.value}@example.com", role=role.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MARKETER, Role.CX_LEAD])
def test_who_lists_customers_sees_one_masked(customer: int, role: Role) -> None:
    page = signed_in(role).get(f"/customers/{customer}")
    api = asker(role).get(f"/api/v1/customers/{customer}/masked")
    assert (page.status_code, api.status_code) == (200, 200)
    for told in (page.content.decode(), api.content.decode()):
        assert [each for each in SECRETS if each in told] == []
        assert "Told" in told
        assert "plan" in told.lower()
    assert api.json()["events"][0].keys() == {"name", "channel", "occurred_at"}
    assert AuditRow.objects.filter(what="customer.view-masked", object=f"customer:{customer}").count() == 2
    assert asker(role).get(f"/api/v1/customers/{customer}").status_code == 403


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_sees_no_individuals_sees_none_masked_either(customer: int, role: Role) -> None:
    assert signed_in(role).get(f"/customers/{customer}").status_code == 403
    assert asker(role).get(f"/api/v1/customers/{customer}/masked").status_code == 403


def test_who_reads_customers_sees_the_whole_page(customer: int) -> None:
    assert "Zelda Quint" in signed_in(Role.AGENT).get(f"/customers/{customer}").content.decode()


def test_who_refuses_to_be_analysed_is_not_there(customer: int) -> None:
    privacy.record_consent(customer=customer, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert signed_in(Role.ANALYST).get(f"/customers/{customer}").status_code == 404
    assert asker(Role.ANALYST).get(f"/api/v1/customers/{customer}/masked").status_code == 404
