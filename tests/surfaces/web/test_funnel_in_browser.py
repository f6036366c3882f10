"""The explorer's funnel in a real browser: settings in the address, steps by keyboard and by dragging."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from surfaces.web.bank import Served
from surfaces.web.browsing import Visitor, violations, visiting

pytestmark = pytest.mark.browser
STEPS = ("Signed In", "Balance Viewed", "Transfer Made")
ROWS = ".funnel tbody tr"


@pytest.fixture(scope="module")
def visitor(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["analyst"])
        yield made


@pytest.fixture
def funnel(visitor: Visitor) -> Iterator[Page]:
    visitor.complaints.clear()
    page = visitor.page()
    query = urlencode([("period", "all"), ("window", "30"), *(("f", step) for step in STEPS)])
    page.goto(f"{visitor.url}/journeys/explorer?{query}")
    page.wait_for_selector("#picture svg")
    yield page
    page.close()
    assert visitor.complaints == []


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def chosen(page: Page, name: str, value: str) -> None:
    """Choose in a select and wait for the address to say so."""
    page.select_option(f"#{name}", value)
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get(name) == [value])


def entered(page: Page) -> int:
    return int(page.locator(f"{ROWS} strong").first.inner_text().replace(",", ""))


def test_every_setting_stands_in_the_address_and_is_answered(funnel: Page) -> None:
    customers = entered(funnel)
    chosen(funnel, "fcount", "entries")
    expect(funnel.locator(ROWS).first).to_contain_text("customers")
    assert entered(funnel) > customers
    chosen(funnel, "fby", "channel")
    expect(funnel.locator("#funnel-parts tbody tr").first).to_be_visible()
    chosen(funnel, "ftrend", "month")
    expect(funnel.locator("#funnel-trend figcaption")).to_be_visible()
    chosen(funnel, "forder", "strict")
    expect(funnel.locator("#funnel-name")).to_contain_text("directly one after the other")
    found = asked(funnel)
    assert [found[name] for name in ("fcount", "fby", "ftrend", "forder")] == [
        ["entries"], ["channel"], ["month"], ["strict"],
    ]  # fmt: skip
    funnel.reload()
    expect(funnel.locator("#funnel-trend figcaption")).to_be_visible()
    expect(funnel.locator("#forder")).to_have_value("strict")
    assert violations(funnel) == []


def test_an_exclusion_is_added_between_two_steps_and_taken_back(funnel: Page) -> None:
    funnel.click("#funnel-breaker summary")
    funnel.fill("#fxe", "Screen Viewed")
    funnel.select_option("#fxat", "1-2")
    funnel.click("#funnel-breaker button")
    chip = funnel.locator("#funnel .pill", has_text="no Screen Viewed between 1 and 2")
    expect(chip).to_be_visible()
    chip.locator("a").click()
    expect(chip).to_have_count(0)
    assert "fx" not in asked(funnel)


def test_an_exclusion_of_nothing_known_is_refused_with_a_way_back(funnel: Page) -> None:
    funnel.click("#funnel-breaker summary")
    funnel.fill("#fxe", "Nothing Like This")
    funnel.keyboard.press("Enter")
    expect(funnel.locator("#funnel [role=alert]")).to_contain_text("No event is called Nothing Like This")
    funnel.click("#funnel [role=alert] a")
    expect(funnel.locator(ROWS)).to_have_count(3)


def test_steps_are_dragged_and_moved_by_keyboard(funnel: Page) -> None:
    funnel.locator(f"{ROWS} th").nth(2).drag_to(funnel.locator(f"{ROWS} th").nth(0))
    expect(funnel.locator(ROWS).first).to_contain_text(STEPS[2])
    assert asked(funnel)["f"] == [STEPS[2], STEPS[0], STEPS[1]]
    funnel.locator(f"{ROWS} a").first.focus()
    funnel.keyboard.press("Alt+ArrowDown")
    expect(funnel.locator(ROWS).first).to_contain_text(STEPS[0])
    assert asked(funnel)["f"] == [STEPS[0], STEPS[2], STEPS[1]]
    assert asked(funnel)["window"] == ["30"]


def test_times_to_convert_are_shown_for_each_step(funnel: Page) -> None:
    funnel.click("#funnel details.how summary >> nth=0")
    expect(funnel.locator(".funnel-times tbody tr").first).to_be_visible()
    chosen(funnel, "ftime", "1")
    expect(funnel.locator(".funnel-times tbody tr").first).to_be_visible()
