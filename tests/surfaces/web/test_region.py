"""A manager of region North finds nothing of region South: not in lists, figures, vocabulary or search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from surfaces.web.bank import Served

MANAGER = "agent_manager HB-N"
SOUTH = {f"BR-{number}" for number in range(17, 25)} | {"CC-2", "HB-S"}
NORTH = {f"BR-{number:02d}" for number in range(1, 9)} | {"HB-N"}
ALWAYS = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def everybody(served: Served) -> Iterator[httpx.Client]:
    with served.client("administrator") as client:
        yield client


@pytest.fixture(scope="module")
def north(served: Served) -> Iterator[httpx.Client]:
    with served.client(MANAGER) as client:
        yield client


def asked(client: httpx.Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params={**ALWAYS, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def customers(client: httpx.Client, **params: Any) -> set[int]:
    found, cursor = set(), ""
    while True:
        page = asked(client, "/events", limit=1_000, cursor=cursor, **params)
        found |= {each["customer"] for each in page["items"]}
        cursor = page["next"]
        if not cursor:
            return found


def units(client: httpx.Client) -> set[str]:
    return {term["name"] for term in asked(client, "/vocabulary")["dimensions"]["unit"]}


def test_only_units_of_the_region_are_in_the_vocabulary(north: httpx.Client, everybody: httpx.Client) -> None:
    assert units(north) <= NORTH and units(north)
    assert units(everybody) > units(north) | {"BR-17"}


def test_events_are_of_the_region(north: httpx.Client) -> None:
    page = asked(north, "/events", limit=1_000)
    assert page["items"] and {each["unit"] for each in page["items"]} <= NORTH
    for unit in SOUTH:
        assert asked(north, "/events", where=f"unit:{unit}")["items"] == []


def test_a_region_is_its_branches_for_who_sees_the_whole(north: httpx.Client, everybody: httpx.Client) -> None:
    mine, narrowed = asked(north, "/graph"), asked(everybody, "/graph", where="unit:HB-N")
    assert mine["coverage"]["customers"] == narrowed["coverage"]["customers"] > 0
    assert mine["steps"] == narrowed["steps"]
    assert asked(north, "/stream")["customers"] == mine["coverage"]["customers"]


def test_a_customer_of_the_south_is_nobody(north: httpx.Client, everybody: httpx.Client) -> None:
    mine = customers(north)
    strangers = sorted(customers(everybody, where="unit:HB-S") - mine)[:3]
    assert strangers and mine
    for customer in strangers:
        theirs = everybody.get(f"/api/v1/customers/{customer}")
        assert theirs.status_code == 200, theirs.text
        nobody, unknown = (north.get(f"/api/v1/customers/{number}") for number in (customer, 12_345))
        assert nobody.status_code == unknown.status_code == 404
        assert nobody.json()["detail"] == unknown.json()["detail"]
        event = asked(everybody, "/events", where="unit:HB-S")["items"][0]["event_id"]
        assert north.get(f"/api/v1/events/{event}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/flow", "/flow/totals", "/freshness", "/quarantine", "/deliveries", "/plan/discovered"]
)
def test_figures_of_the_whole_are_not_for_a_region(path: str, north: httpx.Client) -> None:
    assert north.get(f"/api/v1{path}").status_code == 403


def test_pages_name_no_branch_of_the_south(north: httpx.Client) -> None:
    for page in ("/", "/?now=1", "/journeys/explorer?period=all", "/journeys/cases?period=all", "/measures/kpis/"):
        answer = north.get(page)
        assert answer.status_code == 200, page
        assert not [unit for unit in SOUTH if unit in answer.text], page
    bar = north.get("/").text.partition('<aside id="bar"')[2].partition("</aside>")[0]
    assert "/journeys/" in bar and "/settings/" not in bar
