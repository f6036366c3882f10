"""Attribution's page, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from surfaces.web.bank import Served

OUTCOME = "outcome=Transfer+Made&period=all"


@pytest.fixture
def viewer(served: Served) -> Iterator[httpx.Client]:
    with served.client("viewer") as client:
        yield client


def test_every_model_stands_beside_the_others_with_a_warning(viewer: httpx.Client) -> None:
    page = viewer.get(f"/journeys/attribution?{OUTCOME}&by=channel").text
    for model in ("First touch", "Last touch", "Linear", "Time decay", "Position", "Markov", "Shapley, rates"):
        assert f">{model}</th>" in page
    assert "Credit is not cause." in page
    assert "kernel: AttributedFold" in page
    assert 'class="whisker"' in page


def test_models_may_be_chosen(viewer: httpx.Client) -> None:
    page = viewer.get(f"/journeys/attribution?{OUTCOME}&by=channel&model=last").text
    assert ">Last touch</th>" in page and "Shares of the credit by Last touch." in page
    assert ">Markov</th>" not in page and ">Estimated from paths</th>" not in page
    assert "Paths without a conversion" not in page, "rules do not look at them"
    page = viewer.get(f"/journeys/attribution?{OUTCOME}&by=channel&model=markov").text
    assert ">Markov</th>" in page and ">Rules</th>" not in page and "Paths without a conversion" in page


def test_without_an_outcome_the_first_named_journey_s_goal_is_credited(viewer: httpx.Client) -> None:
    assert "Conversions credited" in viewer.get("/journeys/attribution?period=all").text


def test_what_does_not_fit_keeps_the_controls(viewer: httpx.Client) -> None:
    page = viewer.get(f"/journeys/attribution?{OUTCOME}&by=channel&touch=Fax")
    assert page.status_code == 200
    assert "no event has the channel Fax" in page.text
    assert 'id="lookback"' in page.text
    assert viewer.get(f"/journeys/attribution?{OUTCOME}&lookback=x").status_code == 422
