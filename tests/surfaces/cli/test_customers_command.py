"""The customers behind a number over HTTP and on the command line: as many as the number, and no names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import Role, Scope
from surfaces.cli.conftest import Command
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
SINCE = "2026-01-01T00:00:00Z"
DAY = ("--since", "2026-01-01")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=5)
    load(
        [
            event(person, name, 10 * place, channel="web" if person % 2 else "phone")
            for person in range(100, 160)
            for place, name in enumerate(["Searched", "Paid" if person % 3 else "Looked", "Left"])
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (("step", "Paid"), 40),
        (("step", "Searched", "--first"), 60),
        (("step", "Searched", "--last"), 0),
        (("path", "Looked", "Left"), 20),
        (("variant", "Searched", "Paid", "Left"), 40),
        (("pattern", "Searched ->> Left within 20min"), 60),
        (("paths", "Searched", "Paid"), 40),
        (("paths", "Left", "Looked", "--to"), 20),
        (("paths", "Searched", "Paid", "Left", "--end"), 40),
        (("paths", "Searched", "--others", "--breadth", "1"), 20),
        (("funnel", "Searched", "Paid", "Left"), 40),
        (("funnel", "Searched", "Paid", "--lost", "1"), 20),
        (("funnel", "Searched", "Paid", "--by", "channel", "--part", "web", "--reached", "2"), 20),
        (("retention", "--cohort", "2026-01-01", "--start", "Searched"), 60),
        (("retention", "--cohort", "2026-01-01", "--unit", "day", "--column", "0"), 60),
    ],
)
def test_the_command_lists_whom_a_number_counts(sojourn: Command, arguments: tuple[str, ...], number: int) -> None:
    load([event(900, "Came", 3 * 1_440)], number=2)  # so that the first day has passed
    done = sojourn("customers", *arguments, *DAY, "--limit", "100", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["total"] == len(found["rows"]) == number


def test_the_command_shows_what_each_did_and_leads_on(sojourn: Command) -> None:
    done = sojourn("customers", "path", "Searched", "Paid", *DAY, "--limit", "2")
    assert "[Searched] > [Paid] > Left" in done.out
    assert "1 to 2 of 40 customers" in done.out
    after = done.out.split("--after ")[1].split()[0]
    assert (
        "3 to 4 of 40 customers"
        in sojourn("customers", "path", "Searched", "Paid", *DAY, "--limit", "2", "--after", after).out
    )


def test_the_command_says_when_there_are_too_few(sojourn: Command) -> None:
    load([event(900, "Odd", 10)], number=2)
    done = sojourn("customers", "step", "Odd", *DAY)
    assert done.code == 0
    assert "Fewer customers than the privacy minimum" in done.out
    assert "900" not in done.out


def test_a_funnel_is_asked_for_one_side_only(sojourn: Command) -> None:
    done = sojourn("customers", "funnel", "Searched", "Paid", "--lost", "1", "--reached", "1")
    assert done.code == 2
    assert "not both" in done.err


def test_the_list_tells_no_more_than_numbers_names_and_times() -> None:
    answer = asker().get("/api/v1/graph/path/customers", {"source": "Looked", "target": "Left", "since": SINCE}).json()
    row = answer["rows"][0]
    assert set(row) == {"customer", "token", "events", "first_at", "last_at", "strip", "earlier", "later"}
    assert (row["customer"], row["events"], len(row["token"])) == ("102", 3, 9)
    assert [(each["name"], each["offset_s"], each["is_chosen"]) for each in row["strip"]] == [
        ("Searched", -600.0, False), ("Looked", 0.0, True), ("Left", 600.0, True),
    ]  # fmt: skip
    assert (answer["total"], answer["before"], answer["next"], answer["pattern"]) == (20, 0, None, '"Looked" -> "Left"')


def test_a_viewer_and_a_wrong_place_are_refused() -> None:
    asked = {"step": "Paid", "since": SINCE}
    viewer = asker(Role.VIEWER, Scope.READ).get("/api/v1/graph/step/customers", asked)
    assert (viewer.status_code, viewer.json()["code"]) == (403, "forbidden")
    for after in ("x", "9999999999999999999"):
        assert asker().get("/api/v1/graph/step/customers", asked | {"after": after}).status_code == 422


def test_a_step_and_a_pattern_tell_what_is_around_them() -> None:
    step = asker().get("/api/v1/graph/step", {"step": "Paid", "since": SINCE}).json()
    assert (step["step"]["customers"], step["before"]["median_s"], step["after"]["n"]) == (40, 600.0, 40)
    around = asker().get("/api/v1/patterns/around", {"pattern": "Paid", "since": SINCE, "unit": "day"}).json()
    assert [(each["kind"], each["name"], each["customers"]) for each in around["after"]] == [("step", "Left", 40)]
    assert [(each["customers"], each["matched"]) for each in around["spans"]] == [(60, 40)]
