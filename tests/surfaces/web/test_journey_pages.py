"""Named journeys and the explorer's words, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from surfaces.web.bank import Served


@pytest.fixture
def analyst(served: Served) -> Iterator[httpx.Client]:
    with served.client("analyst") as client:
        yield client


def post(client: httpx.Client, address: str, **data: str) -> httpx.Response:
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(address, data={**token, **data}, follow_redirects=True)


def test_a_deleted_journey_comes_back_whole(analyst: httpx.Client) -> None:
    before = analyst.get("/journeys/complaint/change").text
    page = post(analyst, "/journeys/complaint/delete").text
    assert "The journey Complaint is deleted. Its events stay." in page
    assert "/journeys/complaint/change" not in page
    signed = re.search(r'name="signed" value="([^"]+)"', page)
    assert signed
    assert "is back" in post(analyst, "/journeys/restore", signed=unescape(signed[1])).text
    after = analyst.get("/journeys/complaint/change").text
    assert fields(before) == fields(after)
    assert "is deleted" not in analyst.get("/journeys/").text


def test_nothing_is_restored_that_was_not_deleted_here(analyst: httpx.Client) -> None:
    answer = post(analyst, "/journeys/restore", signed="eyJuYW1lIjoiWCJ9:made:up")
    assert answer.status_code == 422
    assert "cannot be brought back" in answer.text


def test_a_viewer_neither_sees_the_delete_button_nor_may_use_it(served: Served) -> None:
    with served.client("viewer") as viewer:
        assert "/delete" not in viewer.get("/journeys/").text
        assert post(viewer, "/journeys/complaint/delete").status_code == 403


def test_the_explorer_leaves_out_who_somebody_is_and_shows_it_on_demand(analyst: httpx.Client) -> None:
    usual = analyst.get("/journeys/explorer?period=all&steps=60").text
    assert '"id":"Identified"' not in usual
    assert "Show them too" in usual
    assert '"id":"Identified"' in analyst.get("/journeys/explorer?period=all&steps=60&identity=1").text


def test_a_filter_that_hides_events_says_which(analyst: httpx.Client) -> None:
    page = analyst.get("/journeys/explorer?period=all&journey=card-dispute&channel=app").text
    assert "never say" not in page
    page = analyst.get("/journeys/explorer?period=all&journey=card-dispute&app_version=6.2.0").text
    assert "Dispute Approved, Dispute Declined, Dispute Withdrawn never say App version" in page


def test_a_pattern_narrows_the_explorer_and_a_mistake_is_shown_at_its_character(analyst: httpx.Client) -> None:
    def customers(pattern: str) -> int:
        page = analyst.get("/journeys/explorer", params={"period": "all", "having_pattern": pattern}).text
        found = re.search(r"([\d,]+) customers · ", page)
        assert found
        return int(found[1].replace(",", ""))

    assert 0 < customers('"Signed In" ->> "Transfer Made" within 1h') < customers('"Signed In"') < customers("")
    page = analyst.get("/journeys/explorer", params={"having_pattern": '"Signed In" -> Opend'}).text
    assert "The pattern is not applied. At character 16: No event is called" in page
    assert "<mark>Opend</mark>" in page


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/?now", "WITH asked AS"),
        ("/measures/kpis/nps", "name = &#x27;Survey Answered&#x27;"),
        ("/measures/kpis/completion_rate?journey=card-dispute", "kernel: CompletionFold"),
        ("/journeys/", "goals: &quot;Dispute Approved&quot;"),
        ("/journeys/explorer?f=Signed+In&f=Balance+Viewed", "steps in order: (&quot;Signed In&quot;), "),
    ],
)
def test_a_figure_shows_the_question_behind_it(address: str, asked: str, analyst: httpx.Client) -> None:
    assert asked in analyst.get(address).text


def fields(page: str) -> list[str]:
    return re.findall(r'<(?:input|textarea)[^>]*name="(?:name|slug|start|goals|outcomes|steps|window_days)".*', page)
