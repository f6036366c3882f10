"""Retention and lifecycle on the command line, and the answers of the API below it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")
MONDAY, WEEK = 4 * 1_440, 7 * 1_440  # minutes from the year's first day


@pytest.fixture(autouse=True)
def club(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    load([
        *(event(person, "Joined", MONDAY) for person in range(100, 180)),
        *(event(person, "Came", MONDAY + WEEK) for person in range(100, 140)),
        event(900, "Other", MONDAY + 2 * WEEK),
    ])  # fmt: skip


def test_retention_is_a_line_a_cohort_and_the_pooled_curve_below(sojourn: Command) -> None:
    done = sojourn("retention", "--start", "Joined", "--return", "Came", "--columns", "3", "--since", "2026-01-01")
    assert done.code == 0
    assert done.out.splitlines()[0].split("  ")[0] == "week"
    assert done.out.splitlines()[1].split() == ["2026-01-05", "80", "0.0%", "50.0%", "open"]
    assert "2026-01-19 (open)" in done.out
    assert "week 1: 50.0% (39.3%–60.7%) of 80 customers in 1 cohort\n" in done.out
    assert "purpose analytics" in done.out


def test_brackets_are_days_and_zones_have_names(sojourn: Command) -> None:
    asked = ["retention", "--start", "Joined", "--return", "Came", "--brackets", "0, 1-7", "--unit", "day", "--json"]
    found = json.loads(sojourn(*asked, "--zone", "Europe/Berlin", "--days", "30").out)
    cohort = next(each for each in found["cohorts"] if each["customers"])
    assert cohort["since"] == "2026-01-04T23:00:00Z"
    assert [cell["returned"] for cell in cohort["cells"]] == [0, 40]
    assert [(each["first"], each["last"]) for each in found["columns"]] == [(0, 0), (1, 7)]
    assert found["distance_unit"] == "day"
    for wrong, said in (("--brackets", "4-2"), ("--zone", "Atlantis"), ("--start", "Joinned")):
        refused = sojourn("retention", wrong, said)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("Error: ")


def test_a_lifecycle_is_a_line_a_week(sojourn: Command) -> None:
    done = sojourn("lifecycle", "--active", "Joined", "--active", "Came", "--since", "2026-01-05")
    assert done.out.splitlines()[1].split() == ["2026-01-05", "80", "80", "0", "0", "0", "n", "=", "0,", "too", "few",
                                                "to", "say"]  # fmt: skip
    assert done.out.splitlines()[2].split()[:6] == ["2026-01-12", "40", "0", "40", "0", "40"]
    assert "50.0% (39.3%–60.7%)" in done.out
