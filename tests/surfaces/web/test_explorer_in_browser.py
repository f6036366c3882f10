"""The explorer in a real browser: by keyboard alone, with every state in its address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from surfaces.web.bank import Served
from surfaces.web.browsing import Visitor, visiting

pytestmark = pytest.mark.browser

FIRST_VISIT_MAX_BYTES = 600_000


@pytest.fixture(scope="module")
def visitor(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["analyst"])
        yield made


@pytest.fixture
def explorer(visitor: Visitor) -> Iterator[Page]:
    visitor.complaints.clear()
    page = visitor.page()
    page.goto(f"{visitor.url}/journeys/explorer?period=all")
    page.wait_for_selector("#picture svg")
    yield page
    page.close()
    assert visitor.complaints == []


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_first_visit_is_small(visitor: Visitor) -> None:
    page = visitor.page()
    session = visitor.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(f"{visitor.url}/journeys/explorer", wait_until="load")
    page.wait_for_selector("#picture svg")
    page.close()
    assert len(sizes) > 5
    assert 20_000 < sum(sizes) < FIRST_VISIT_MAX_BYTES


def test_no_label_lies_on_a_step_and_no_step_on_another(explorer: Page) -> None:
    overlaps = explorer.evaluate(
        """() => {
          const boxes = (selector) => [...document.querySelectorAll(selector)].map((each) => each.getBBox());
          const meet = (a, b) => a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1
            && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1;
          const steps = boxes(".node .box"), labels = boxes(".label rect");
          const pairs = (some, others) => some.filter((one, at) =>
            others.some((other, there) => (some !== others || there > at) && meet(one, other))).length;
          const met = [pairs(labels, steps), pairs(labels, labels), pairs(steps, steps)];
          return [steps.length > 3, labels.length > 3, ...met];
        }"""
    )
    assert overlaps == [True, True, 0, 0, 0]


def test_the_graph_is_walked_opened_and_turned_into_a_funnel_by_keyboard(explorer: Page) -> None:
    explorer.focus("[data-zoom=in]")
    explorer.keyboard.press("Tab")
    first = explorer.evaluate("document.activeElement.dataset.at")
    assert first, "the graph is the next stop after its controls"
    explorer.keyboard.press("ArrowRight")
    assert explorer.evaluate("document.activeElement.classList.contains('edge')")
    explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press("Enter")
    expect(explorer.locator("#panel h2")).to_be_visible()
    opened = asked(explorer)["at"][0]
    expect(explorer.locator("#panel h2")).to_have_text(opened)
    assert explorer.evaluate("document.activeElement.dataset.at") == opened, "focus stays on the step"
    explorer.keyboard.press("a")
    expect(explorer.locator(".funnel tbody tr")).to_have_count(1)
    explorer.keyboard.press("ArrowLeft")
    explorer.keyboard.press("ArrowLeft")
    explorer.keyboard.press("a")
    expect(explorer.locator(".funnel tbody tr")).to_have_count(2)
    before = asked(explorer)["f"]
    explorer.locator(".funnel tbody tr").nth(1).locator(".step-tools a[data-soft]").first.focus()
    explorer.keyboard.press("Enter")
    expect(explorer.locator(".funnel tbody tr").first).to_contain_text(before[1])
    assert asked(explorer)["f"] == before[::-1]
    explorer.go_back()
    expect(explorer.locator(".funnel tbody tr").first).to_contain_text(before[0])


def test_the_slider_mines_again_and_stands_in_the_address(explorer: Page) -> None:
    shown = explorer.locator(".node").count()
    explorer.focus("#steps")
    for _ in range(4):
        explorer.keyboard.press("ArrowLeft")
    expect(explorer.locator(".node")).to_have_count(shown - 4)
    assert asked(explorer)["steps"] == [str(shown - 4)]
    explorer.reload()
    expect(explorer.locator(".node")).to_have_count(shown - 4)


def test_a_filter_narrows_the_answer_and_back_takes_it_away(explorer: Page) -> None:
    before = explorer.inner_text("[data-region=coverage]")
    explorer.click("#choice-channel summary")
    explorer.check("#choice-channel input[value=app]")
    expect(explorer.locator("#choice-channel summary")).to_contain_text("Channel is app")
    assert asked(explorer)["channel"] == ["app"]
    assert explorer.inner_text("[data-region=coverage]").split(" customers")[0] != before.split(" customers")[0]
    explorer.go_back()
    expect(explorer.locator("#choice-channel summary")).not_to_contain_text(" is ")
    assert not explorer.is_checked("#choice-channel input[value=app]")


def test_the_colours_switch_to_drop_off(explorer: Page) -> None:
    explorer.focus("#colour-time")
    explorer.keyboard.press("ArrowRight")
    expect(explorer.locator(".graph-legend")).to_contain_text("stop here")
    assert asked(explorer)["colour"] == ["drop"]


def test_a_step_that_never_was_is_refused_with_a_way_back(explorer: Page) -> None:
    explorer.fill("#add-step", "Nothing Like This")
    explorer.keyboard.press("Enter")
    expect(explorer.locator("#funnel [role=alert]")).to_contain_text("No event is called Nothing Like This")
    explorer.click("#funnel [role=alert] a")
    expect(explorer.locator("#funnel [role=alert]")).to_have_count(0)


def test_the_palette_finds_a_kpi_by_keyboard(explorer: Page) -> None:
    explorer.keyboard.press("Control+k")
    expect(explorer.locator("#palette")).to_be_visible()
    explorer.keyboard.type("net promoter")
    expect(explorer.locator("#palette-list li").first).to_contain_text("Net Promoter Score")
    explorer.keyboard.press("Enter")
    explorer.wait_for_url("**/measures/kpis/nps")


def test_the_theme_is_switched_and_remembered(explorer: Page) -> None:
    explorer.click("[data-switch-theme]")
    explorer.click("[data-switch-theme]")
    assert explorer.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    explorer.reload()
    assert explorer.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    explorer.click("[data-switch-theme]")
