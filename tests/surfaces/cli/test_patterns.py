"""Path patterns over HTTP and on the command line, as a question and as a filter."""

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
SINCE = "2026-01-01T00:00:00Z"
WRONG = "Searched -> [^Paid* -> Left"
POINTED = ["  Searched -> [^Paid* -> Left", "                    ^"]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    load(
        [
            event(person, name, 10 * place)
            for person in range(100, 160)
            for place, name in enumerate(["Searched", "Paid" if person % 3 else "Looked", "Left"])
        ]
    )


def test_a_pattern_is_answered_with_intervals() -> None:
    answer = asker().get("/api/v1/patterns", {"pattern": "Searched -> [^Paid]* -> Left", "since": SINCE}).json()
    assert (answer["customers"], answer["matches"], answer["share"]["n"]) == (20, 20, 60)
    assert answer["median"] == {"value": 1_200.0, "low": 1_200.0, "high": 1_200.0, "n": 20}


def test_a_pattern_filters_the_graph() -> None:
    answer = asker().get("/api/v1/graph", {"having_pattern": "Searched -> Looked", "since": SINCE}).json()
    assert answer["coverage"]["customers"] == 20
    assert "Paid" not in {step["name"] for step in answer["steps"]}


@pytest.mark.parametrize("asked", [{"pattern": WRONG}, {"pattern": "Left", "having_pattern": WRONG}])
def test_a_mistake_is_a_problem_that_points_at_the_character(asked: dict[str, str]) -> None:
    answer = asker().get("/api/v1/patterns", asked)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "bad_pattern")
    assert problem["detail"].split("\n")[1:] == POINTED


def test_the_command_shows_customers_matches_and_times(sojourn: Command) -> None:
    done = sojourn("patterns", "Searched ->> Left within 1h", "--since", "2026-01-01")
    assert (done.code, done.err) == (0, "")
    assert "60" in done.out
    assert "20 min" in done.out
    found = json.loads(sojourn("patterns", "Paid$ | Left$", "--json", "--since", "2026-01-01").out)
    assert (found["customers"], found["share"]["value"]) == (60, 1.0)


def test_the_command_filters_by_a_pattern_and_points_at_a_mistake(sojourn: Command) -> None:
    done = sojourn("variants", "--having-pattern", "Searched -> Looked", "--json", "--since", "2026-01-01")
    assert json.loads(done.out)["coverage"]["customers"] == 20
    done = sojourn("variants", "--having-pattern", WRONG)
    assert done.code == 1
    assert [line for line in done.err.splitlines() if line.startswith("  ")] == POINTED
