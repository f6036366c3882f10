"""Groups of events as pages: suggested, saved, changed, taken apart and brought back; analyses at a level."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from surfaces.web.bank import Served

LEVEL = "/journeys/explorer?level=groups"


@pytest.fixture
def analyst(served: Served) -> Iterator[httpx.Client]:
    with served.client("analyst") as client:
        yield client


def post(client: httpx.Client, address: str, **data: str) -> str:
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    answer = client.post(address, data={**token, **data}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_suggested_group_is_saved_seen_everywhere_and_taken_apart_again(analyst: httpx.Client) -> None:
    assert "<code>Mortgage *</code>" in analyst.get("/settings/plan/groups/").text
    page = post(analyst, "/settings/plan/groups/save", events="Mortgage *", name="Mortgage steps")
    assert "The group Mortgage steps is saved." in page and "<code>Mortgage *</code></th>" not in page
    for page_asked in (
        "explorer?level=groups&steps=60&period=all&at=Mortgage+steps",
        "paths?level=groups&period=all&root=Mortgage+Enquired",
        "process?level=groups",
        "retention?level=groups",
        "attribution?level=groups&once=1",
        "compare?level=groups&journey=card-application&show=endings&period=90",
    ):
        address = f"/journeys/{page_asked}"
        answer = analyst.get(address)
        assert answer.status_code == 200, address
        assert 'value="groups" selected' in answer.text
    picture = analyst.get(f"{LEVEL}&steps=60&period=all&at=Mortgage+steps").text
    assert "It stands for" in picture and "Mortgage Enquired" in picture
    opened = analyst.get(f"{LEVEL}&steps=60&period=all&expand=Mortgage+steps").text
    assert "Mortgage steps by its events" in opened
    changed = post(
        analyst, "/settings/plan/groups/save?name=Mortgage+steps", name="Mortgage", events="Mortgage *", kind="Lending"
    )
    assert "Lending" in changed and "Mortgage steps</summary>" not in changed
    gone = post(analyst, "/settings/plan/groups/delete", name="Mortgage")
    assert "The group Mortgage is taken apart." in gone
    signed = re.search(r'name="signed" value="([^"]+)"', gone)
    assert signed
    assert "The group Mortgage is back." in post(analyst, "/settings/plan/groups/restore", signed=signed[1])
    post(analyst, "/settings/plan/groups/delete", name="Mortgage")


def test_a_group_that_cannot_be_is_refused_and_kept_in_the_form(analyst: httpx.Client) -> None:
    page = post(analyst, "/settings/plan/groups/save", name="All", events="*")
    assert 'value="All"' in page and 'role="alert"' in page


def test_a_group_nobody_saved_is_not_there(analyst: httpx.Client) -> None:
    assert analyst.get("/settings/plan/groups/save?name=Nothing").status_code == 404
