"""The page of paths and sessions, over HTTP and with the keyboard in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from playwright.sync_api import Page, expect

from surfaces.web.bank import Served
from surfaces.web.browsing import visiting

PATHS = "/journeys/paths?period=365&root=Signed+In"


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client("viewer") as made:
        yield made


def link(page: str, words: str) -> str:
    """Give the address of the link with these words."""
    found = re.search(rf'href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?\s*{re.escape(words)}<', page)
    assert found, words
    return unescape(found[1])


def test_a_step_opens_with_numbers_and_leads_onward(client: httpx.Client) -> None:
    page = client.get(PATHS).text
    assert "What comes after Signed In" in page
    opened = client.get(f"/journeys/paths{link(page, 'Balance Viewed')}").text
    assert 'aria-selected="true"' in opened
    assert "Of the line before" in opened
    onward = client.get(f"/journeys/paths{link(opened, 'What comes after it')}").text
    assert "What comes after Balance Viewed" in onward
    backward = client.get(f"/journeys/paths{link(opened, 'What led to it')}").text
    assert "What led to Balance Viewed" in backward
    assert "just before" in backward
    funnel = client.get(link(opened, "This way as a funnel")).text
    assert "Funnel, in order" in funnel
    assert "reach Signed In" in unescape(funnel)


def test_filters_and_limits_stay_while_one_looks_around(client: httpx.Client) -> None:
    page = client.get(f"{PATHS}&channel=app&depth=2&every=1&pause=60&timeout=10").text
    address = link(page, "Balance Viewed")
    for part in ("period=365", "channel=app", "depth=2", "every=1", "pause=60", "timeout=10"):
        assert part in address
    assert "Times" in page


def test_a_step_or_an_event_that_was_never_seen_leaves_the_rest_of_the_page(client: httpx.Client) -> None:
    page = unescape(client.get("/journeys/paths?root=Signed+Inn").text)
    assert "No event is called Signed Inn" in page
    assert "They begin with" in page
    page = unescape(client.get(f"{PATHS}&begun=Nothing").text)
    assert "No event is called Nothing" in page
    assert "What comes after" in page


@pytest.mark.parametrize("wrong", ["depth=x", "pause=-1", "timeout=1.5"])
def test_what_is_no_number_is_refused(client: httpx.Client, wrong: str) -> None:
    answer = client.get(f"{PATHS}&{wrong}")
    assert answer.status_code == 422
    assert "must be a whole number" in answer.text


@pytest.mark.browser
def test_the_tree_follows_the_arrow_keys(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as visitor:
        visitor.sign_in(*served.sign_ins["viewer"])
        tab = visitor.page()
        tab.goto(f"{visitor.url}{PATHS}")
        rows = tab.locator("[role=treegrid] tbody tr")
        first, second = rows.nth(0), rows.nth(1)
        first.focus()
        tab.keyboard.press("ArrowLeft")
        expect(first).to_have_attribute("aria-expanded", "false")
        expect(second).to_be_hidden()
        tab.keyboard.press("ArrowRight")
        expect(second).to_be_visible()
        tab.keyboard.press("ArrowRight")
        expect(second).to_be_focused()
        tab.keyboard.press("ArrowLeft")
        tab.keyboard.press("ArrowLeft")
        expect(first).to_be_focused()
        tab.keyboard.press("End")
        expect(rows.locator("visible=true").last).to_be_focused()
        folds(tab)
        first.focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("complementary", name="Details")).to_be_visible()
        assert visitor.complaints == []


def folds(tab: Page) -> None:
    rows = tab.locator("[role=treegrid] tbody tr").locator("visible=true")
    tab.get_by_role("button", name="Fold all", exact=True).click()
    expect(rows).to_have_count(1)
    tab.get_by_role("button", name="Unfold all").click()
    expect(tab.locator("[role=treegrid] tbody tr").last).to_be_visible()
