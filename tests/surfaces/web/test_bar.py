"""The left bar and the breadcrumb say where a page is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.access.models import Account
from sojourn.surfaces.web.shell import Line, bar


def here(role: Role, path: str, page: str) -> str:
    """Name the entry of the left bar that a page stands under."""
    lines: list[Line] = [part for line in bar(Viewer(name="person:1", role=role), path, page) for part in line.parts]
    return " ".join(str(each.entry.label) for each in lines if each.is_here)


def test_a_customers_page_lies_below_the_search_for_those_who_may_search() -> None:
    assert here(Role.AGENT, "/customers/12", "customer") == "Find"
    assert here(Role.AGENT_MANAGER, "/customers/12/identity", "customer-identity") == "Find"
    assert here(Role.MARKETER, "/customers/12", "customer") == "People"
    assert here(Role.AGENT_MANAGER, "/customers/", "people-list") == "People"
    assert here(Role.AGENT_MANAGER, "/customers/lists/new", "saved-list-new") == "People"


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    ("address", "crumbs"),
    [
        ("/settings/webhooks/new", ["Settings", "Webhooks", "New webhook"]),
        ("/privacy/purposes/new", ["Privacy", "Purposes", "New purpose"]),
        ("/measures/extracts/new", ["Measures", "Extracts", "New extract"]),
        ("/settings/roles/save", ["Settings", "Roles", "New role"]),
    ],
)
def test_the_breadcrumb_of_a_form_begins_with_its_section(address: str, crumbs: list[str]) -> None:
    who = access.create_person(email="chief@example.com", role=Role.ADMINISTRATOR.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    said = client.get(address).content.decode()
    place = said.partition('class="crumbs"')[2].partition("</ol>")[0]
    assert re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", place) == crumbs
