"""A graph of many steps stays readable: bounded, honest about what is hidden, zoomed, searched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from sojourn.surfaces.web.questions import MOST_PATHS, MOST_STEPS
from surfaces.web.bank import Served
from surfaces.web.browsing import Visitor, violations, visiting

pytestmark = pytest.mark.browser
ADDRESS = "/journeys/explorer?period=all&steps=60&paths=100"


@pytest.fixture(scope="module")
def visitor(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["viewer"])
        yield made


@pytest.fixture(scope="module")
def tab(visitor: Visitor) -> Page:
    page = visitor.page()
    page.set_default_timeout(60_000)
    page.goto(visitor.url + ADDRESS)
    page.wait_for_selector("#picture.is-large svg")
    return page


def test_the_picture_is_bounded_and_says_what_it_hides(tab: Page) -> None:
    steps = tab.locator("#picture .node").count()
    assert steps <= MOST_STEPS
    paths = tab.locator("#picture .edge[data-from]").count()
    assert paths <= MOST_PATHS + 2 * steps
    expect(tab.locator("[data-region=hidden]")).to_contain_text("not shown")
    assert violations(tab) == []


def test_it_is_zoomed_without_a_new_layout(tab: Page) -> None:
    svg = tab.locator("#picture svg")
    before = svg.bounding_box()
    tab.click("[data-zoom=whole]")
    whole, place = svg.bounding_box(), tab.locator("#picture").bounding_box()
    assert before and whole and place
    assert whole["width"] <= place["width"] and whole["height"] <= place["height"] < before["height"]
    tab.click("[data-zoom=in]")
    larger = svg.bounding_box()
    assert larger and larger["height"] == pytest.approx(1.25 * whole["height"], rel=0.02)


def test_a_step_is_found_by_its_letters_and_opened_by_enter(tab: Page) -> None:
    tab.fill("#find-step", "no step is called so")
    expect(tab.locator(".graph-tools output")).to_have_text("No step shown has these letters.")
    tab.fill("#find-step", "balance")
    expect(tab.locator(".node.is-found").first).to_be_visible()
    tab.locator(".node.is-found").first.hover()
    expect(tab.locator("#picture svg")).to_have_class("is-searched has-near")
    tab.press("#find-step", "Enter")
    expect(tab.locator("#panel h2").first).to_contain_text("Balance")
    expect(tab.locator(".node.is-chosen")).to_have_count(1)
