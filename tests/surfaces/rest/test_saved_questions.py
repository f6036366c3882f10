"""Saved questions through the API: whose they are, how they are read and listed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sojourn.domains.access.contracts import Role
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
PLACE = "/api/v1/questions"


def save(client: Client, status: int = 201, **given: Any) -> dict[str, Any]:
    body = {"name": "Weekly", "address": "/journeys/retention?by=week"} | given
    answer = client.post(PLACE, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_private_question_is_invisible_to_others_and_a_shared_one_is_not_theirs_to_change() -> None:
    anna, ben = asker(Role.ANALYST), asker(Role.ANALYST)
    private, shared = save(anna), save(anna, is_shared=True)
    assert [each["id"] for each in ben.get(PLACE).json()["items"]] == [shared["id"]]
    for method in ("get", "patch", "delete"):
        answer = getattr(ben, method)(f"{PLACE}/{private['id']}", {}, content_type="application/json")
        assert answer.status_code == 404
    assert ben.get(f"{PLACE}/{private['id']}/answers").status_code == 404
    assert ben.patch(f"{PLACE}/{shared['id']}", {"name": "Mine"}, content_type="application/json").status_code == 403
    assert ben.delete(f"{PLACE}/{shared['id']}").status_code == 403
    assert ben.put(f"{PLACE}/{shared['id']}/pin").status_code == 204
    assert ben.get(f"{PLACE}/{shared['id']}").json()["is_pinned"]
    assert not anna.get(f"{PLACE}/{shared['id']}").json()["is_pinned"]


def test_an_address_from_the_browser_is_taken_and_others_are_refused() -> None:
    client = asker()
    made = save(client, address="https://cx.example.com/journeys/compare?show=funnel&f=&at=Open&saved=abc")
    assert made["address"] == "/journeys/compare?period=90&show=funnel"
    for address in ("", "/settings/people/", "/journeys/", "https://[", "/journeys/explorer?customer=4711"):
        assert save(client, 422, address=address)["detail"].startswith("address: ")


def test_a_question_is_changed_deleted_and_brought_back() -> None:
    client = asker()
    made = save(client)
    place = f"{PLACE}/{made['id']}"
    change = {"description": "each Monday", "address": "/journeys/paths?way=to", "is_shared": True}
    changed = client.patch(place, change, content_type="application/json").json()
    assert (changed["name"], changed["address"]) == ("Weekly", "/journeys/paths?period=90&way=to")
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert client.post(f"{place}/restore").json() == changed


def test_lists_are_cut_into_pages_and_narrowed() -> None:
    client = asker()
    made = [save(client, name=f"Weekly {each}")["id"] for each in range(3)]
    save(client, name="Other", address="/journeys/process")
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = client.get(PLACE, {"text": "weekly", "limit": 2, "cursor": cursor, "owner": "me"}).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert found == made[::-1]
    assert [each["name"] for each in client.get(PLACE, {"page": "process"}).json()["items"]] == ["Other"]
    assert client.get(PLACE, {"owner": "person:1"}).json()["items"] == []
    assert client.get(PLACE, {"cursor": "WzEsMl0"}).status_code == 422


def test_a_question_says_where_it_is_answered() -> None:
    client = asker()
    made = save(client)
    items = client.get(f"{PLACE}/{made['id']}/answers").json()["items"]
    assert [each["address"] for each in items] == [
        "/api/v1/retention?days=90&unit=week&zone=UTC",
        "/api/v1/lifecycle?days=90&unit=week&zone=UTC",
    ]
    asked = save(client, address="/journeys/compare?show=success")
    assert client.get(f"{PLACE}/{asked['id']}/answers").status_code == 422
