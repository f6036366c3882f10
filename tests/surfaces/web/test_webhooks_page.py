"""A webhook is made, tried, rotated, changed, switched off and on, and deleted on its pages."""

from __future__ import annotations

import re

import httpx

from surfaces.web.bank import Served

ADDRESS = "/settings/webhooks/"


def post(client: httpx.Client, address: str, **data: str) -> str:
    said = {"csrfmiddlewaretoken": client.cookies["csrftoken"], **data}
    return client.post(ADDRESS + address, data=said, follow_redirects=True).text


def secret_of(page: str) -> str:
    found = re.search(r'<code id="secret">(whsec_[A-Za-z0-9+/]{43}=)</code>', page)
    assert found, page[:2_000]
    return found[1]


def test_a_webhook_from_its_making_to_its_end(served: Served) -> None:
    with served.client("administrator") as client:
        assert "No webhook yet" in client.get(ADDRESS).text
        terms = {"name": "crm", "url": "https://10.0.0.1/", "events": "Signed In\nCard Blocked", "purpose": "service"}
        assert "Leads to a private address." in post(client, "new", **terms)
        made = secret_of(post(client, "new", **{**terms, "url": "https://hooks.example.invalid/in"}))
        page = client.get(f"{ADDRESS}of/crm").text
        assert "come in so far: Card Blocked. Names count" in page  # "Signed In" has come in
        assert made not in page and "No message yet." in page and "Card Blocked, Signed In" in page
        assert secret_of(post(client, "of/crm/change", what="rotate")) != made
        assert "Old secret signs until" in client.get(f"{ADDRESS}of/crm").text
        assert "A test message is on its way." in post(client, "of/crm/change", what="test")
        assert "msg_" in client.get(f"{ADDRESS}of/crm?state=waiting").text
        assert "No message in this state." in client.get(f"{ADDRESS}of/crm?state=dead").text
        assert "0 messages are sent again." in post(client, "of/crm/change", what="replay")
        assert "The webhook is off." in post(client, "of/crm/change", what="off")
        assert "switch it on first" in post(client, "of/crm/change", what="test")
        assert "The webhook is on." in post(client, "of/crm/change", what="on")
        changed = post(client, "of/crm/edit", url="https://other.example.invalid/", events="*")
        assert "The webhook is changed." in changed and "other.example.invalid" in changed
        assert "The webhook is gone." in post(client, "of/crm/change", what="delete")
        assert client.get(f"{ADDRESS}of/crm").status_code == 404
