"""The page of cases, over HTTP and with the keyboard in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from playwright.sync_api import expect

from surfaces.web.bank import Served
from surfaces.web.browsing import visiting

CASES = "/journeys/cases?period=365"
COMPLAINTS = f"{CASES}&of=card-application&start=Complaint+Received&goal=Complaint+Upheld&ending=Complaint+Rejected"


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client("analyst") as made:
        yield made


def page(client: httpx.Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_a_named_journey_fills_the_controls_in(client: httpx.Client) -> None:
    shown = page(client, f"{CASES}&journey=card-application")
    for part in ('value="Card Application Started"', "Goal: Card Application Approved", "Declined", "Withdrawn",
                 "How long cases stay in each stage", "Identity Checked", "Given up there"):  # fmt: skip
        assert part in shown
    assert "Only the events that are named here" in shown
    every = page(client, f"{CASES}&journey=card-application&counted=all")
    assert "All that the customer did meanwhile counts" in every
    other = page(client, f"{CASES}&journey=card-dispute&of=card-application&start=Card+Application+Started")
    assert 'value="Card Application Started"' not in other.split("</form>")[0], "another journey fills them in anew"


def test_what_is_chosen_is_answered_and_kept(client: httpx.Client) -> None:
    shown = page(client, f"{COMPLAINTS}&within=60&counted=all&stage=Complaint+Received&by=channel&trend=month&idle=40")
    for part in ("Complaint Rejected", "By where they begin", "Completed, by when the case began",
                 "Hand-offs from channel to channel", "All that the customer did meanwhile counts",
                 'name="within" min="1" max="3650" value="60"', "without an event: 40"):  # fmt: skip
        assert part in shown
    assert "begin with friction" in shown


def test_cases_without_a_start_ask_for_one_and_nonsense_is_refused(client: httpx.Client) -> None:
    complained = f"{CASES}&of=card-application&start=Complained&goal=x"
    assert "No event is called Complained" in page(client, complained)
    assert "What does a journey take" in page(client, f"{CASES}&of=card-application&start=Complaint+Received")
    for wrong in ("within=x", "soon=-1", "trend=year"):
        answer = client.get(f"{COMPLAINTS}&{wrong}")
        assert answer.status_code == 422
        assert wrong.split("=")[0] in answer.text


def test_no_case_and_an_event_that_never_happened_are_told(client: httpx.Client) -> None:
    shown = page(client, f"{COMPLAINTS}&goal=Complaint+Solved")
    assert "These never happened and count for nothing: Complaint Solved." in shown
    none = page(client, "/journeys/cases?period=custom&since=2001-01-01&until=2001-01-02")
    assert "No case began here" in none


@pytest.mark.browser
def test_another_goal_is_chosen_with_the_keyboard(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as visitor:
        visitor.sign_in(*served.sign_ins["viewer"])
        tab = visitor.page()
        tab.goto(f"{visitor.url}{COMPLAINTS}")
        tab.locator("#choice-ending summary").focus()
        tab.keyboard.press("Enter")
        box = tab.get_by_role("checkbox", name="Complaint Withdrawn")
        box.focus()
        with tab.expect_navigation():
            tab.keyboard.press("Space")
        expect(tab.locator("#choice-ending summary")).to_contain_text("2 events")
        expect(tab.get_by_text("Complaint Withdrawn").first).to_be_attached()
        assert visitor.complaints == []
