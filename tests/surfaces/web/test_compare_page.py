"""The page of comparisons: the two sides stand in the address, every answer has its n, refusals keep the controls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from surfaces.web.bank import Served
from surfaces.web.browsing import visiting

CHANNELS = "/journeys/compare?period=365&against=channel&a=web&b=app"


@pytest.fixture(scope="module")
def viewer(served: Served) -> Iterator[httpx.Client]:
    with served.client("viewer") as client:
        yield client


def page(client: httpx.Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_without_anything_said_a_period_is_compared_with_the_one_before(viewer: httpx.Client) -> None:
    text = page(viewer, "/journeys/compare")
    assert "On both sides" in text and "safe to look at every day" in text
    assert "Benjamini-Hochberg" in text and "confidence sequence" in text


def test_two_values_stand_in_the_address_and_differ_in_the_picture(viewer: httpx.Client) -> None:
    text = page(viewer, CHANNELS + "&looks=once")
    assert "Channel web" in text and "Channel app" in text and "looked at once" in text
    found = re.search(r'<script type="application/json" id="drawn">(.*?)</script>', text)
    assert found
    drawn = json.loads(found[1])
    assert drawn["nodes"] and {each["look"] for each in drawn["nodes"]} <= {"more", "less", "same"}
    drawn_names = {each["id"] for each in drawn["nodes"]}
    assert all(edge["from"] in drawn_names and edge["to"] in drawn_names for edge in drawn["edges"])
    assert "What differs most" in text and "▲" in text


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (CHANNELS + "&show=sides", "Side by side"),
        (CHANNELS + "&show=funnel&f=Signed+In&f=Balance+Viewed", "whose window is still open"),
        (CHANNELS + "&show=variants", "Which ways through are more frequent"),
        (CHANNELS + "&show=funnel&forder=strict&fx=Called&f=Signed+In&f=Balance+Viewed", "nothing in between"),
        ("/journeys/compare?against=patterns", "Write a path pattern for each side"),
        ("/journeys/compare?against=patterns&a_pattern=Signed+&b_pattern=x", "side-a"),
        (CHANNELS + "&show=funnel", "Add steps, or choose a journey"),
        ("/journeys/compare?journey=card-application&show=endings", "How the journey ends"),
        ("/journeys/compare?show=endings", "Choose a journey above"),
        ("/journeys/compare?period=365&journey=card-application&show=success&soon=24", "not what causes what"),
        ("/journeys/compare?show=success", "Choose a journey above"),
        ("/journeys/compare?against=dates&a_since=2020-01-01&a_until=2020-01-31", "Too few customers"),
    ],
)
def test_each_way_of_looking_answers(address: str, says: str, viewer: httpx.Client) -> None:
    assert says in page(viewer, address)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/journeys/compare?period=all", "only a period with a beginning and an end"),
        ("/journeys/compare?against=dates", "Choose the first and the last day of side A"),
        ("/journeys/compare?against=dates&a_since=2026-02-01&a_until=2026-01-01", "ends before it begins"),
        ("/journeys/compare?against=channel&a=web&b=web", "both sides are the same"),
        (CHANNELS + "&show=funnel&f=Nothing+So+Called", "No event is called"),
        ("/journeys/compare?journey=card-application&show=success&soon=often", "must be a whole number"),
    ],
)
def test_what_cannot_be_compared_is_said_and_the_controls_stay(address: str, says: str, viewer: httpx.Client) -> None:
    text = page(viewer, address)
    assert says in text
    assert 'id="against"' in text


@pytest.mark.browser
def test_a_step_of_the_picture_leads_by_keyboard_to_its_line(
    served: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["viewer"])
        tab = made.page()
        tab.goto(served.url + CHANNELS)
        tab.locator("#picture [data-at]").first.focus()
        name = tab.evaluate("document.activeElement.dataset.at")
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.dataset.line") == name
        assert tab.locator("#all-differences details").get_attribute("open") is not None
        tab.select_option("#side-a", "phone")
        tab.wait_for_url(lambda url: "a=phone" in url)
