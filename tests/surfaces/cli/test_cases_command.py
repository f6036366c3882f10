"""Cases on the command line, and the answers of the API below it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")
DAY = 1_440


@pytest.fixture(autouse=True)
def insurance(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    load([
        *(event(person, "Claimed", 0, channel="web") for person in range(100, 180)),
        *(event(person, "Asked", 10, channel="phone") for person in range(100, 140)),
        *(event(person, "Asked", 20, channel="phone") for person in range(100, 140)),
        *(event(person, "Paid", 60, channel="web") for person in range(100, 150)),
        event(900, "Other", 40 * DAY, channel="web"),
    ])  # fmt: skip


def test_cases_are_a_line_an_ending_below_what_they_took(sojourn: Command) -> None:
    done = sojourn("cases", "--start", "Claimed", "--goal", "Paid", "--goal", "Payed", "--since", "2026-01-01")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "80 closed cases of 80 customers, 0 more still open"
    assert lines[1].startswith("events a case: 2.62 (")
    assert "No event is called Payed: it counted for nothing." in lines
    assert "completed     50  62.5% (51.5%–72.3%)  1 h     1 h" in done.out
    assert "purpose analytics" in lines[-1]


@pytest.mark.parametrize(
    ("show", "said"),
    [
        ("friction", "hand-offs 2 40 100.0%"),
        ("rework", "Asked 40 100.0% (91.2%–100.0%) 40 40 0 0"),
        ("handoffs", "phone web 40 40 40"),
        ("stages", "Claimed 80 37.5% (27.7%–48.5%)"),
    ],
)
def test_each_table_can_be_shown(show: str, said: str, sojourn: Command) -> None:
    asked = ["cases", "--start", "Claimed", "--goal", "Paid", "--stage", "Claimed", "--since", "2026-01-01"]
    assert said in plain(sojourn(*asked, "--show", show).out)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_a_breakdown_is_shown_where_it_is_asked_for(sojourn: Command) -> None:
    asked = ["cases", "--start", "Claimed", "--goal", "Paid", "--since", "2026-01-01"]
    assert "web 80 62.5%" in plain(sojourn(*asked, "--by", "channel").out)
    assert "2026-01-01 80 62.5%" in plain(sojourn(*asked, "--trend", "day").out)


def test_a_named_journey_says_where_cases_begin_and_end(sojourn: Command) -> None:
    saving = [
        "journeys",
        "save",
        "claim",
        "--start",
        "Claimed",
        "--goal",
        "Paid",
        "--step",
        "Claimed",
        "--step",
        "Asked",
    ]
    assert sojourn(*saving).code == 0
    found = json.loads(sojourn("cases", "--journey", "claim", "--since", "2026-01-01", "--json").out)
    assert (found["asked"]["only_named"], [each["name"] for each in found["stages"]]) == (True, ["Claimed", "Asked"])
    wider = sojourn("cases", "--journey", "claim", "--all-events", "--window", "5", "--since", "2026-01-01", "--json")
    asked = json.loads(wider.out)["asked"]
    assert (asked["only_named"], asked["window_days"], asked["goals"]) == (False, 5, ["Paid"])
    assert sojourn("cases", "--journey", "nothing").code == 1


def test_what_cannot_be_asked_is_refused(sojourn: Command) -> None:
    for wrong, said in (
        (["--goal", "Paid"], "start: "), (["--start", "Claimed"], "goals: "),
        (["--start", "Claimd", "--goal", "Paid"], "Claimd"),
        (["--start", "Claimed", "--goal", "Paid", "--outcome", "refused"], "outcome: "),
    ):  # fmt: skip
        done = sojourn("cases", *wrong)
        assert (done.code, done.out) == (1, "")
        assert said in done.err
