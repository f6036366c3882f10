"""Funnels on the command line, and the answers of the API below it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")
DAY = 1_440  # minutes
STEPS = ("Opened", "Asked", "Paid")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    load(
        [
            event(person, name, first + 10 * place, channel=channel)
            for first, channel, persons, names in (
                (0, "web", range(100, 160), STEPS),
                (9 * DAY, "web", range(100, 160), STEPS),
                (0, "branch", range(200, 240), ("Opened", "Left", "Asked", "Paid")),
                (40 * DAY, "phone", range(300, 301), ("Opened",)),
            )
            for person in persons
            for place, name in enumerate(names)
        ]
    )


def test_a_funnel_is_a_line_a_step_with_its_times_below(sojourn: Command) -> None:
    done = sojourn("funnel", *STEPS, "--since", "2026-01-01", "--window", "1")
    assert done.code == 0
    assert done.out.splitlines()[1].split()[:2] == ["Opened", "101"]
    assert "median from first to last: 20 min" in done.out
    assert "  10 min to 1 h: 100" in done.out
    assert "purpose analytics" in done.out


def test_options_say_how_it_is_counted(sojourn: Command) -> None:
    asked = ("funnel", *STEPS, "--since", "2026-01-01", "--until", "2026-01-31", "--window", "1")
    counted = sojourn(*asked, "--count", "entries", "--by", "channel", "--trend", "month", "--exclude", "1-2:Left")
    assert counted.out.splitlines()[0].split("  ")[0] == "step"
    assert "entries" in counted.out.splitlines()[0]
    assert "channel web: 100.0% (94.0%–100.0%) of 120, median 20 min" in counted.out
    assert "channel branch: 0.0% (0.0%–8.8%) of 40, median –" in counted.out
    assert "from 2026-01-01: 75.0%" in counted.out
    found = json.loads(sojourn(*asked, "--order", "strict", "--json").out)
    assert [step["times"] for step in found["steps"]] == [100, 60, 60]
    assert found["options"]["order"] == "strict"
    anyhow = json.loads(sojourn(*asked, "--order", "any", "--exclude", "Left", "--json").out)
    assert [step["times"] for step in anyhow["steps"]] == [100, 100, 60]


def test_what_cannot_be_a_funnel_is_refused_in_words(sojourn: Command) -> None:
    for wrong, said in (
        (("--exclude", "2-9:Left"), "exclude: 2-9:Left names no two of the 3 steps"),
        (("--exclude", "Lefft"), "No event is called Lefft"),
        (("--by", "colour"), "there is no dimension colour"),
        (("--trend", "day", "--zone", "Atlantis"), "there is no time zone Atlantis"),
        (("--order", "any", "--exclude", "1-2:Left"), "in any order"),
    ):
        refused = sojourn("funnel", *STEPS, *wrong)
        assert (refused.code, refused.out) == (1, "")
        assert said in refused.err
