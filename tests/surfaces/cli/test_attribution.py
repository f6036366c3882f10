"""Attribution over HTTP and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
DAY_MINUTES = 24 * 60


@pytest.fixture
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    ways = [("Mailed", "mail"), ("Visited", "web"), ("Paid", "web")]
    load(
        [
            event(person, name, DAY_MINUTES * place, channel=channel, value="2.50", currency="EUR")
            for person in range(100, 160)
            for place, (name, channel) in enumerate(ways[person % 2 :])
        ]
    )


@pytest.mark.usefixtures("shop")
def test_credits_are_answered_with_intervals() -> None:
    asked = {"outcome": "Paid", "by": "channel", "currency": "EUR", "since": "2026-01-01T00:00:00Z"}
    answer = asker().get("/api/v1/attribution", asked).json()
    assert (answer["conversions"], answer["value"], answer["window_s"]) == (60, 150.0, 30 * 86_400)
    web, mail = answer["touchpoints"]
    assert (web["name"], web["touched"], mail["name"], mail["touched"]) == ("web", 60, "mail", 30)
    assert web["credits"]["first"]["conversions"] == 30
    assert web["credits"]["linear"]["share"]["n"] == 60
    assert mail["credits"]["first"]["value"] == 75.0
    assert set(web["credits"]) == set(answer["models"])
    rules = asker().get("/api/v1/attribution", asked | {"model": ["last", "first"]}).json()
    assert (rules["models"], rules["paths"]) == (["first", "last"], None)
    assert rules["touchpoints"][0]["credits"]["first"] == web["credits"]["first"]
    assert asker().get("/api/v1/attribution", asked | {"model": "frist"}).status_code == 422


@pytest.mark.usefixtures("shop")
def test_an_unknown_outcome_is_a_problem() -> None:
    answer = asker().get("/api/v1/attribution", {"outcome": "Payed"})
    assert answer.status_code == 422
    assert "Payed" in answer.json()["detail"]


@pytest.mark.usefixtures("shop")
def test_the_command_shows_the_models_side_by_side(sojourn: Command) -> None:
    span = ("--since", "2026-01-01")
    done = sojourn("attribution", "Paid", *span, "--model", "first", "--model", "last", "--currency", "EUR")
    assert done.code == 0, done.err
    assert "60 conversions of 60 customers credited, 0 without a touch before them\n" in done.out
    assert "150.00 EUR in them" in done.out
    assert "0 paths without a conversion, 0 still open" in sojourn("attribution", "Paid", *span).out
    found = json.loads(sojourn("attribution", "Paid", *span, "--by", "channel", "--json").out)
    assert [row["name"] for row in found["touchpoints"]] == ["web", "mail"]
    assert sojourn("attribution", "Paid", *span, "--by", "colour").code == 1
