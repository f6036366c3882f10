"""Saved questions on the command line: saved from a page's address, found, asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command

pytestmark = pytest.mark.django_db(databases="__all__")
DAYS = "period=custom&since=2026-01-01&until=2026-01-02"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    load(
        [
            event(person, name, 10 * place, channel="web" if person % 2 else "app")
            for person in range(100, 160)
            for place, name in enumerate(["Searched", "Paid" if person % 3 else "Looked", "Left"])
        ]
        + [event(100, "Left", 5 * 24 * 60)]  # the first days have passed
    )


def saved(sojourn: Command, address: str, *options: str) -> dict[str, Any]:
    done = sojourn("questions", "save", "Payers", address, "--json", *options)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_question_is_saved_listed_changed_removed_and_restored(sojourn: Command) -> None:
    made = saved(sojourn, "https://cx.example.com/journeys/explorer?f=Searched&f=Paid&at=Paid")["id"]
    assert "Payers" in sojourn("questions", "list", "payers", "--page", "explorer").out
    shown = sojourn("questions", "show", made).out
    assert "/journeys/explorer?period=90&f=Searched&f=Paid" in shown and "everyone" in shown
    assert "owner" in sojourn("questions", "change", made, "--private", "--description", "Weekly").out
    assert "brings it back" in sojourn("questions", "remove", made).out
    assert "No saved questions" in sojourn("questions", "list").out
    assert "Weekly" in sojourn("questions", "restore", made).out


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (f"/journeys/explorer?{DAYS}&f=Searched&f=Paid", {"graph": "Paid", "variants": "Searched", "funnel": "66.7%"}),
        (f"/journeys/paths?{DAYS}&root=Searched", {"paths": "Looked", "sessions": "60"}),
        (f"/journeys/process?{DAYS}&covers=100", {"process": "60"}),
        (f"/journeys/retention?{DAYS}&by=day", {"retention": "distance", "lifecycle": "2026-01-01"}),
        (f"/journeys/attribution?{DAYS}&outcome=Left", {"attribution": "Searched"}),
        (f"/journeys/compare?{DAYS}&against=channel&a=web&b=app", {"compare/graph": "a: 30 customers"}),
        (f"/journeys/cases?{DAYS}&start=Searched&goal=Paid", {"cases": "abandoned"}),
        (f"/journeys/patterns?{DAYS}&match=Searched+-%3E%3E+Paid", {"patterns": "per customer"}),
    ],
)
def test_a_question_is_asked_again(address: str, parts: dict[str, str], sojourn: Command) -> None:
    made = saved(sojourn, address, "--private")["id"]
    done = sojourn("questions", "run", made)
    assert (done.code, done.err) == (0, "")
    tables = dict(zip(parts, done.out.split(":\n")[1:], strict=True))
    assert {name: word in tables[name] for name, word in parts.items()} == dict.fromkeys(parts, True)
    found = json.loads(sojourn("questions", "run", made, "--json").out)
    assert set(found["answers"]) == set(parts)
