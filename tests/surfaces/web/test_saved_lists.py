"""Lists under a name, on the page and over HTTP."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role, Scope
from sojourn.domains.access.models import Account
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def page(tmp_path: Any, settings: Any) -> Client:
    who = access.create_person(email="who@example.com", role=Role.MARKETER.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_a_list_is_saved_opened_renamed_replaced_deleted_and_brought_back_on_the_page(page: Client) -> None:
    said = {"called": "Premium", "plain": "plan", "value": "premium", "sort": "events", "up": "1", "channel": "app"}
    made = page.post("/customers/lists/new", said)
    opened = made["location"]
    shown = body(page, opened)
    assert "<h1" in shown
    assert re.search(r"<h1[^>]*>\s*Premium\s*</h1>", shown)
    for control in ('value="plan"', 'value="premium"', 'value="app"', 'name="up" value="1" checked'):
        assert control in shown, control
    saved = opened.rpartition("=")[2]
    page.post(f"/customers/lists/{saved}", {"called": "Gold", "shared": "1"})
    assert "Gold" in body(page, "/customers/")
    page.post(f"/customers/lists/{saved}", {"what": "replace", "state": "customer"})
    assert '<option value="customer" selected>' in body(page, opened)
    page.post(f"/customers/lists/{saved}/delete")
    assert "The list Gold is deleted." in body(page, "/customers/")
    assert page.get(opened).status_code == 404
    page.post(f"/customers/lists/{saved}/restore")
    assert "Gold" in body(page, opened)
    page.post("/customers/lists/new", {"called": "", "state": "customer"})
    assert "name: 1 to 100 characters." in body(page, "/customers/")


def test_a_list_saved_over_http_asks_on_the_page_for_just_the_same(page: Client) -> None:
    client = asker(Role.MARKETER, *Scope)
    query = "where=product:card&when=a>=1&known=plan=premium&holds=card"
    given = {"name": "Both", "query": query, "is_shared": True}
    refused = client.post("/api/v1/lists", json.dumps(given), content_type="application/json")
    assert (refused.status_code, refused.json()["detail"]) == (404, "There is no such computed trait.")
    given["query"] = query.replace("&when=a>=1", "")
    made = client.post("/api/v1/lists", json.dumps(given), content_type="application/json").json()
    assert made["address"] == "/api/v1/customers?where=product%3Acard&known=plan%3Dpremium&holds=card"
    assert client.get(f"/api/v1/customers?saved={made['id']}").json()["total"] == 0
    shown = body(page, f"/customers/?saved={made['id']}")
    assert "Both" in shown
    assert "Rename or share" not in shown, "it is not this person's"
    page.post("/customers/lists/new", {"called": "Copy", "of": made["id"]})
    copies = asker(Role.ADMINISTRATOR, *Scope).get("/api/v1/lists").json()["items"]
    assert [each["name"] for each in copies] == ["Both"], "a copy is private"
    personal = {"name": "Ana", "query": "known=email=ana@example.com"}
    answer = client.post("/api/v1/lists", json.dumps(personal), content_type="application/json")
    assert answer.status_code == 422
