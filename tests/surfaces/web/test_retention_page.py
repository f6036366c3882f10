"""Retention: the question stands in the address, a refusal keeps the controls, a cell opens at the side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from surfaces.web.bank import Served
from surfaces.web.browsing import visiting

ADDRESS = "/journeys/retention"


@pytest.fixture
def viewer(served: Served) -> Iterator[httpx.Client]:
    with served.client("viewer") as client:
        yield client


def test_the_page_says_what_was_asked(viewer: httpx.Client) -> None:
    page = viewer.get(f"{ADDRESS}?starts=Signed+In&by=month&cohorts=each&period=all").text
    assert "kernel: RetentionFold" in page
    assert "start: &quot;Signed In&quot;" in page
    assert "cohorts by month" in page
    assert "kernel: LifecycleFold" in page
    assert re.search(r'name="starts" value="Signed In" checked', page)
    assert "Starts with: Signed In" in page


def test_what_has_not_passed_is_open(viewer: httpx.Client) -> None:
    page = viewer.get(f"{ADDRESS}?by=day&period=7").text
    assert "running" in page
    assert '<span class="quiet open">open</span>' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("brackets=4-2", "brackets"),
        ("brackets=x", "no span of days"),
        ("by=year", "by: one of"),
        ("starts=Nope", "Nope"),
    ],
)
def test_a_refusal_keeps_the_controls(wrong: str, said: str, viewer: httpx.Client) -> None:
    answer = viewer.get(f"{ADDRESS}?{wrong}")
    assert answer.status_code == 200
    assert re.search(rf'role="alert">[^<]*{said}', answer.text)
    assert 'name="brackets"' in answer.text


def test_a_cell_that_is_not_there_opens_nothing(viewer: httpx.Client) -> None:
    for cell in ("all.99", "all.", "1999-01-04.1", "x", "all.²"):
        page = viewer.get(ADDRESS, params={"cell": cell}).text
        assert "Close details" not in page, cell


@pytest.mark.browser
def test_a_cell_opens_in_numbers_at_the_side_and_back_closes_it(served: Served, tmp_path: Path) -> None:
    with visiting(served.url, tmp_path) as visitor:
        visitor.sign_in(*served.sign_ins["viewer"])
        tab = visitor.page()
        tab.goto(f"{served.url}{ADDRESS}?period=365&by=month")
        tab.click(".heat .pooled [data-cell]")
        tab.wait_for_selector("#detail .facts")
        assert "cell=all.0" in tab.url
        assert "Cohorts counted" in tab.inner_text("#detail")
        assert tab.get_attribute(".heat .pooled [data-cell]", "aria-current") == "true"
        tab.go_back()
        tab.wait_for_selector("#detail.is-closed", state="attached")
        assert "cell=" not in tab.url
        assert visitor.complaints == []
