"""Groups of events and levels of abstraction, over HTTP and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.catalogue.contracts import BatchObservation, SeenEvents
from surfaces.cli.conftest import Command
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
SINCE = "2026-01-01T00:00:00Z"
NAMES = ("login_web", "login_app", "card.shown", "card.ordered", "card.paid", "left")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    load([event(person, name, 10 * place) for person in range(100, 130) for place, name in enumerate(NAMES)])
    seen = tuple(SeenEvents(event=name, source="core", count=30, first_us=1, last_us=2) for name in NAMES)
    catalogue.note(BatchObservation(batch=9, received_us=2, events=seen))


def test_groups_are_suggested_saved_and_taken_apart(sojourn: Command) -> None:
    suggested = sojourn("plan", "groups", "--suggest").out
    assert "card.*" in suggested and "90" in suggested and "login" not in suggested.split("Card")[0]
    assert sojourn("plan", "group", "Card steps/all", "card.*", "--kind", "Sales").out == (
        "The plan is version 1: Card steps/all is a group.\n"
    )
    listed = json.loads(sojourn("plan", "groups", "--json").out)
    assert listed == [
        {
            "group": {"name": "Card steps/all", "events": ["card.*"], "kind": "Sales"},
            "members": ["card.ordered", "card.paid", "card.shown"],
            "count": 90,
        }
    ]
    assert sojourn("plan", "ungroup", "Card steps/all").code == 0
    assert "No groups yet" in sojourn("plan", "groups").out
    refused = sojourn("plan", "ungroup", "Card steps/all")
    assert (refused.code, refused.err) == (1, "Error: There is no group of this name.\n")


def test_every_question_is_asked_at_a_level(sojourn: Command) -> None:
    sojourn("plan", "group", "Login", "login_web", "login_app")
    sojourn("plan", "group", "Cards", "card.*", "--kind", "Sales")
    seen = ("--since", "2026-01-01", "--level", "groups", "--once")
    assert "Login > Cards > left" in " ".join(sojourn("variants", *seen).out.replace("→", ">").split())
    for command in (
        ("graph",), ("funnel", "Login", "Cards"), ("paths", "Login"), ("sessions",), ("patterns", "Login -> Cards"),
        ("process",), ("retention", "--start", "Login", "--unit", "day"), ("lifecycle", "--active", "Cards"),
    ):  # fmt: skip
        done = sojourn(*command, *seen)
        assert (done.code, done.err) == (0, ""), command
        assert "card.shown" not in done.out
    kinds = sojourn("graph", "--since", "2026-01-01", "--level", "kinds", "--expand", "Sales").out
    assert "Cards" in kinds and "Sales" not in kinds


def test_a_level_that_is_none_is_refused_with_its_name() -> None:
    answer = asker().get("/api/v1/graph", {"level": "planets", "since": SINCE})
    assert answer.status_code == 422 and "level" in answer.json()["detail"] + str(answer.json())


def test_a_group_that_cannot_be_is_refused() -> None:
    client = asker()
    answer = client.put("/api/v1/plan/groups/A", {"events": ["*"]}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "plan")
