"""Who may not open a page reads in words what it takes, and whom to ask."""

from __future__ import annotations

import pytest
from django.test import Client

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.organisation import actions as organisation

pytestmark = pytest.mark.django_db(databases="__all__")


def signed_in(email: str, *, role: Role, unit: str | None = None) -> Client:
    who = access.create_person(email=email, role=role.value, unit=unit, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def test_a_page_that_is_not_open_says_what_it_takes_and_whom_to_ask() -> None:
    signed_in("chief@example.com", role=Role.ADMINISTRATOR)
    gone = access.create_person(email="gone@example.com", role=Role.ADMINISTRATOR.value, viewer=SYSTEM)
    Account.objects.filter(pk=gone.id).update(is_active=False)
    answer = signed_in("viewer@example.com", role=Role.VIEWER).get("/customers/search")
    said = answer.content.decode()
    assert answer.status_code == 403
    assert "“Find and read a customer”" in said
    assert "chief@example.com" in said
    assert "gone@example.com" not in said
    assert "customers.read" not in said


def test_a_page_of_the_whole_says_so_to_those_of_a_part() -> None:
    organisation.save_units_text("- code: N\n  name: North\n  kind: region\n", by="system")
    answer = signed_in("north@example.com", role=Role.ANALYST, unit="N").get("/settings/flow")
    assert answer.status_code == 403
    assert "in the whole organisation: “See figures”. You may in a part of it." in answer.content.decode()
