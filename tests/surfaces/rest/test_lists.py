"""Lists of customers and computed traits over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from sojourn.domains.access.contracts import Role, Scope
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
PREFIX = "/api/v1"


@pytest.fixture
def client() -> Client:
    return asker(Role.ADMINISTRATOR, *Scope)


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.put(f"{PREFIX}{path}", json.dumps(body), content_type="application/json")


def test_a_computed_trait_is_saved_listed_and_deleted(client: Client) -> None:
    made = put(client, "/traits/visits", {"name": "Visits", "how": "count", "events": ["Opened"], "window_days": 30})
    assert made.status_code == 200, made.content
    items = client.get(f"{PREFIX}/traits").json()["items"]
    assert [(each["slug"], each["how"], each["events"]) for each in items] == [("visits", "count", ["Opened"])]
    assert client.delete(f"{PREFIX}/traits/visits").status_code == 204
    assert client.delete(f"{PREFIX}/traits/visits").status_code == 404


def test_an_empty_list_is_a_list_and_a_file(client: Client) -> None:
    put(client, "/traits/visits", {"name": "Visits", "how": "count"})
    answer = client.get(f"{PREFIX}/customers?trait=visits&when=visits>=2&sort=visits")
    assert (answer.status_code, answer.json()["items"], answer.json()["total"]) == (200, [], 0)
    file = client.get(f"{PREFIX}/customers/export?trait=visits")
    assert b"".join(file.streaming_content) == b"customer,events,first_at,last_at,visits\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("when=visits", 422, "write trait>=number"),
        ("when=visits>=many", 422, "a number stands behind >="),
        ("when=visits>=NaN", 422, "a number stands behind >="),
        ("sort=nothing", 404, "There is no such computed trait."),
        ("trait=nothing", 404, "There is no such computed trait."),
    ],
)
def test_a_list_that_cannot_be_made_says_why(client: Client, query: str, status: int, said: str) -> None:
    answer = client.get(f"{PREFIX}/customers?{query}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_no_ticket_is_a_file_of_its_columns_and_an_unknown_shape_says_which_there_are(client: Client) -> None:
    file = client.get(f"{PREFIX}/export/zendesk-tickets?days=30")
    assert (file.status_code, file["X-Cases"], file["X-Customers"]) == (200, "0", "0")
    assert b"".join(file.streaming_content).startswith(b"Id,Requester external id,")  # type: ignore[attr-defined]
    refused = client.get(f"{PREFIX}/export/jira-tickets")
    assert refused.status_code == 422 and "shape: one of dynamics-cases" in refused.json()["detail"]
