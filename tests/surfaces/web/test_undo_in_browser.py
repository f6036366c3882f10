"""Undo, redo and saved questions in a real browser: changes come and go, and nothing typed or chosen is lost."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from surfaces.web.bank import Served
from surfaces.web.browsing import Visitor, violations, visiting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visitor(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["analyst"])
        yield made


@pytest.fixture
def tab(visitor: Visitor) -> Iterator[Page]:
    visitor.complaints.clear()
    page = visitor.page()
    yield page
    page.close()
    assert visitor.complaints == []


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_changes_in_the_explorer_are_undone_and_redone_one_by_one(visitor: Visitor, tab: Page) -> None:
    tab.goto(f"{visitor.url}/journeys/")
    tab.goto(f"{visitor.url}/journeys/explorer?period=all&steps=9")
    tab.wait_for_selector("#picture svg")
    undo, redo = tab.locator("[data-undo]"), tab.locator("[data-redo]")
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    tab.focus("#steps")
    for _ in range(3):  # one move of the slider
        tab.evaluate("{ const s = document.getElementById('steps'); s.value--; "
                     "s.dispatchEvent(new Event('input', {bubbles: true})); }")  # fmt: skip
    tab.evaluate("document.getElementById('steps').dispatchEvent(new Event('change', {bubbles: true}))")
    tab.wait_for_url("**steps=6*")
    tab.check("#colour-drop", force=True)
    tab.wait_for_url("**colour=drop*")
    undo.click()
    expect(tab.locator("#colour-time")).to_be_checked()
    tab.focus("#steps")
    tab.keyboard.press("Control+z")
    expect(tab.locator("#steps")).to_have_value("9")
    expect(undo).to_be_disabled()
    tab.keyboard.press("Control+z")  # nothing is left to undo: the page stays
    assert asked(tab)["steps"] == ["9"]
    tab.keyboard.press("Control+Shift+z")
    expect(tab.locator("#steps")).to_have_value("6")
    tab.keyboard.press("Control+y")
    expect(tab.locator("#colour-drop")).to_be_checked()
    expect(redo).to_be_disabled()
    undo.click()
    tab.select_option("#period", "90")
    tab.wait_for_url("**period=90*")
    expect(redo).to_be_disabled()  # a new change begins a new way
    assert asked(tab)["steps"] == ["6"]
    assert "drop" not in tab.url  # though the controls still said so when the period was chosen


def test_changes_of_other_analyses_are_undone_too_and_typing_keeps_its_own_undo(visitor: Visitor, tab: Page) -> None:
    tab.goto(f"{visitor.url}/journeys/")
    tab.goto(f"{visitor.url}/journeys/retention")
    expect(tab.locator("[data-undo]")).to_be_disabled()
    tab.select_option("#by", "month")
    tab.wait_for_url("**by=month*")
    tab.locator(".heat [data-cell]").first.click()
    tab.wait_for_url("**cell=*")
    tab.click("[data-undo]")
    tab.wait_for_url(lambda url: "cell" not in url)
    tab.keyboard.press("Control+z")
    tab.wait_for_url(lambda url: "by=month" not in url)
    expect(tab.locator("#by")).to_have_value("week")
    expect(tab.locator("[data-undo]")).to_be_disabled()
    tab.click("[data-redo]")
    tab.wait_for_url("**by=month*")
    tab.focus("#brackets")
    tab.keyboard.type("0, 1-3")
    tab.keyboard.press("Control+z")  # of the text, not of the page
    assert asked(tab)["by"] == ["month"]


def test_a_question_is_saved_changed_pinned_and_stands_on_home(visitor: Visitor, tab: Page) -> None:
    tab.goto(f"{visitor.url}/journeys/explorer?period=all&f=Signed+In&f=Balance+Viewed")
    tab.wait_for_selector("#picture svg")
    tab.click("text=Save this question")
    expect(tab.locator("#id_name")).to_have_value("Signed In to Balance Viewed")
    assert violations(tab) == []
    tab.click("main button[type=submit]")
    tab.wait_for_selector("#picture svg")
    expect(tab.locator("h1")).to_have_text("Signed In to Balance Viewed")
    strip = tab.locator(".saved-strip")
    expect(strip).to_contain_text("as it was saved")
    tab.check("#colour-drop", force=True)
    expect(strip).to_contain_text("changed since saved")
    assert violations(tab) == []
    tab.click("[data-undo]")
    expect(strip).to_contain_text("as it was saved")
    tab.click("text=Pin to Home")
    tab.wait_for_selector("text=Take off Home")
    tab.goto(f"{visitor.url}/")
    card = tab.locator(".pinned .card").filter(has_text="Signed In to Balance Viewed")
    expect(card.locator(".figure-value")).to_contain_text("n ")
    assert violations(tab) == []
    card.locator("a").click()
    tab.wait_for_selector("#picture svg")
    expect(tab.locator("h1")).to_have_text("Signed In to Balance Viewed")
