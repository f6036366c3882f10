"""Drivers: facts looked up before each answer, weighed against each other, seen through the door."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.metrics import actions, queries
from sojourn.domains.metrics.contracts import Answers, DriverColumn, Drivers, Fact, FactKind
from sojourn.domains.metrics.hooks import driver_columns
from sojourn.domains.metrics.queries.figures import NotComputedError
from sojourn.kit.errors import ForbiddenError, InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
YEAR = Period(since=BEGIN - timedelta(days=30), until=BEGIN + timedelta(days=335))
WAIT = Fact(slug="wait", name="Wait on the phone", kind=FactKind.MINUTES, event="Call Received", until="Call Answered")
CALLS = Fact(slug="calls", name="Calls", kind=FactKind.TIMES, event="Call Received", days=30)
AGE = Fact(slug="age", name="Age", kind=FactKind.NUMBER, event="age")


def answered(person: int, score: int, minute: int, **fields: Any) -> dict[str, Any]:
    properties = {"survey": "call", "kind": "csat", "scale": "1-5", "score": score, "age": 20 + person % 50}
    return event(person, "Survey Answered", minute, properties=json.dumps(properties), **fields)


def bank(size: int = 600, seed: int = 1, first: int = 1) -> list[dict[str, Any]]:
    """Make calls whose wait, and then the channel of the answer, moves the score; nothing else does."""
    random = np.random.default_rng(seed)
    made = []
    for person in range(first, first + size):
        at, wait, channel = int(random.integers(0, 9_000)), int(random.integers(1, 40)), random.integers(0, 2)
        score = int(np.clip(np.rint(5 - wait / 10 - 0.6 * channel + random.normal(0, 0.5)), 1, 5))
        made += [event(person, "Call Received", at), event(person, "Call Answered", at + wait)]
        made.append(answered(person, score, at + wait + 60, channel=("web", "mail")[channel], unit=f"u{person % 3}"))
    return made


def found(**asked: Any) -> Drivers:
    return queries.drivers(**{"kpi": "csat", "period": YEAR, "viewer": SYSTEM, **asked})


def test_the_planted_driver_comes_first_with_its_slope() -> None:
    load(bank())
    actions.save_facts(facts=[WAIT, CALLS, AGE], viewer=SYSTEM)
    table = found()
    assert [each.slug for each in table.rows[:2]] == ["wait", "channel"]
    wait, channel = table.rows[:2]
    assert wait.low < wait.share < wait.high and wait.first == 1.0
    assert wait.slope == pytest.approx(-0.1, abs=0.02) and (wait.unit, wait.n) == ("minutes", 600)
    assert wait.mean == pytest.approx(20, abs=1)
    assert {each.name for each in channel.levels} == {"web", "mail"}
    assert max(abs(each.effect) for each in channel.levels) == pytest.approx(0.6, abs=0.15)
    assert 30 < (wait.performance or 0) < 70 and (wait.gain or 0) > 1
    assert not wait.is_chance and not channel.is_chance
    assert all(each.is_chance for each in table.rows[2:])
    assert table.explained == pytest.approx(sum(each.share for each in table.rows))
    assert (table.scale, table.customers, table.note) == ("1-5", 600, "")
    assert dict(table.left_out)["Calls"] == "the same for all"


def test_a_fact_is_the_last_pair_before_the_answer_within_its_days() -> None:
    made = []
    for person in range(1, 101):
        made += [event(person, "Call Received", 0), event(person, "Call Answered", 5)]  # an earlier call
        if person > 50:
            made += [event(person, "Call Received", 1_000), event(person, "Call Answered", 1_010)]
        made += [answered(person, 4 - (person > 50), 1_100), event(person, "Call Received", 1_105)]
    load(made)
    actions.save_facts(facts=[WAIT, CALLS], viewer=SYSTEM)
    table = found(only=("wait",))
    assert table.rows[0].slope == pytest.approx(-0.2) and table.rows[0].n == 100
    actions.save_facts(facts=[Fact(slug="wait", name="W", kind=FactKind.MINUTES, event="Call Received",
                                   until="Call Answered", days=1), CALLS], viewer=SYSTEM)  # fmt: skip
    times = found(only=("calls",)).rows[0]
    assert (times.mean, times.slope) == (1.5, pytest.approx(-1.0))


def test_few_customers_say_so() -> None:
    load(bank(40))
    table = found()
    assert (table.rows, table.note) == ((), "too few to say: 40 customers, 58 are needed")


def test_who_objected_and_who_is_out_of_reach_are_not_weighed() -> None:
    hidden = [{**each, "purposes": 0} for each in bank(200, seed=2, first=5_001)]
    load(bank(300) + hidden)
    assert found().customers == 300
    actions.save_facts(facts=[WAIT], viewer=SYSTEM)
    load([event(1, "Call Received", 20_000, purposes=0)], number=2)
    table = found()
    assert table.customers == 299, "a hidden call might be the one before the answer"
    assert table.hidden is None, "one answer is hidden below the floor"
    viewer = Viewer(name="north", role=Role.ANALYST, units=frozenset({"u1"}))
    assert found(viewer=viewer).customers == 100


def test_only_those_asked_for_are_weighed_and_others_are_named() -> None:
    load(bank(300))
    assert [each.slug for each in found(only=("channel",)).rows] == ["channel"]
    with pytest.raises(InvalidError, match="driver: choose among channel, product"):
        found(only=("weather",))
    with pytest.raises(NotComputedError):
        found(kpi="completion_rate")
    assert found(survey="none of ours").customers == 0


def test_rare_units_are_one_level() -> None:
    made = bank(300)
    for place, each in enumerate(made):
        each["unit"] = "rare" if place % 60 == 2 else "big"
    load(made)
    viewer = Viewer(name="v", role=Role.VIEWER)
    table = found(viewer=viewer)
    assert "unit" not in {each.slug for each in table.rows}, "a level of five customers is nobody's to see"


def test_facts_are_checked_and_saved_by_who_may() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_facts(facts=[WAIT], viewer=Viewer(name="v", role=Role.VIEWER))
    bad = Fact(slug="wait", name="W", kind=FactKind.MINUTES, event="Call Received")
    with pytest.raises(InvalidError, match="facts: number 1: until"):
        actions.save_facts(facts=[bad], viewer=SYSTEM)
    with pytest.raises(InvalidError, match="stands twice"):
        actions.save_facts(facts=[WAIT, WAIT], viewer=SYSTEM)
    actions.save_facts(facts=[WAIT, AGE], viewer=SYSTEM)
    assert [each.slug for each in queries.facts()] == ["age", "wait"]


def test_other_rooms_add_what_they_know_of_the_answers() -> None:
    load(bank(300))

    def themes(answers: Answers, viewer: Viewer) -> list[DriverColumn]:
        about = np.where(answers.score <= 3, "queue", "staff").astype(object)
        return [DriverColumn(slug="theme", name="Theme of the comment", values=about)]

    driver_columns.answer(themes)
    try:
        first = found(only=("theme", "channel")).rows[0]
    finally:
        driver_columns._answers.remove(themes)
    assert (first.slug, {each.name for each in first.levels}) == ("theme", {"queue", "staff"})
