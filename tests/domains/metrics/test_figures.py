"""Figures: KPIs from survey answers and journeys, with what they rest on."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domains.journeys.test_named import SHORT, applied
from domains.privacy.bank import BEGIN, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.metrics import queries
from sojourn.domains.metrics.contracts import Figure
from sojourn.domains.metrics.queries.figures import NotComputedError
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
SURVEYS = Path(__file__).resolve().parents[4] / "shared" / "data" / "surveys"
MONTH = Period(since=BEGIN, until=BEGIN + timedelta(days=30))
DAY_MIN = 24 * 60


def answer(
    person: int, score: object, *, kind: str = "nps", scale: str = "0-10", minute: int = 0, survey: str = "s",
    **fields: Any,
) -> dict[str, Any]:  # fmt: skip
    properties = {"survey": survey, "question": "?", "kind": kind, "scale": scale, "score": score}
    return event(person, "Survey Answered", minute, properties=json.dumps(properties), **fields)


def answers(scores: Sequence[object], first: int = 1, **fields: Any) -> list[dict[str, Any]]:
    return [answer(first + place, score, **fields) for place, score in enumerate(scores)]


def figures(kpi: str, **question: Any) -> tuple[Figure, ...]:
    return queries.figure(kpi=kpi, viewer=SYSTEM, **{"period": MONTH, **question})


@pytest.mark.data
def test_nps_of_the_mobile_phone_survey_is_plus_fourteen() -> None:
    if not SURVEYS.exists():
        pytest.skip("the real surveys are not beside the project")
    with (SURVEYS / "mobi.csv").open() as file:
        load(answers([int(row["CUSL3"]) for row in csv.DictReader(file)], scale="1-10"))
    (found,) = figures("nps")
    assert (round(found.value or 0, 1), found.n, found.unit) == (14.0, 250, "points")
    assert found.note.startswith("non-standard scale 1-10")
    assert found.low is not None and found.high is not None and found.low < 14 < found.high


def test_nps_counts_the_last_answer_of_each_customer_once() -> None:
    made = answers([10] * 60) + answers([8] * 20, 101) + answers([3] * 20, 201)
    made += answers([0] * 10, 1, minute=5)  # ten promoters changed their minds
    load(made)
    (found,) = figures("nps")
    assert (found.n, found.value) == (100, 20.0)
    assert found.method == "adjusted Wald for net scores"
    assert (found.scale, found.change, found.change_is_real) == ("0-10", None, None)
    assert found.coverage.customers == 100


def test_two_persons_who_are_one_customer_answer_once() -> None:
    load(answers([10] * 40) + answers([2], 500, minute=9))
    link([(1, 500)])
    load([event(900, "Opened", 0)], number=2)
    assert figures("nps")[0].n == 40


def test_few_answers_say_so_instead_of_a_number() -> None:
    load(answers([10] * 7))
    (found,) = figures("nps")
    assert (found.value, found.low, found.n) == (None, None, 7)
    assert found.note == "too few to say: 7 customers, 30 are needed"


def test_no_answers_are_a_figure_that_says_so() -> None:
    load([event(1, "Opened", 0)])
    for kpi in ("nps", "csat", "ces", "ces_ease"):
        (found,) = figures(kpi)
        assert (found.value, found.n) == (None, 0)
    assert figures("completion_rate") == ()


def test_scales_are_never_pooled() -> None:
    load(
        answers([5] * 60 + [3] * 40, kind="csat", scale="1-5")
        + answers([7] * 50 + [5] * 40, 1001, kind="csat", scale="1-7")
        + answers(["good"] * 40, 2001, kind="csat", scale="smileys")
    )
    five, seven, smileys = figures("csat")
    assert (five.scale, five.value, five.mean) == ("1-5", 60.0, 4.2)
    assert (seven.scale, round(seven.value or 0, 2)) == ("1-7", 55.56)
    assert (smileys.value, smileys.scale) == (None, "smileys")
    assert "without this figure" in smileys.note


def test_answers_outside_the_scale_do_not_count() -> None:
    load(answers([5] * 40 + [9, 0, -1], kind="csat", scale="1-5") + answers([4.0] * 10, 500, kind="csat", scale="1-5"))
    assert (figures("csat")[0].n, figures("csat")[0].value) == (50, 100.0)


def test_csat_with_many_answers_of_few_customers_is_wider() -> None:
    once = answers([5] * 80 + [2] * 40, kind="csat", scale="1-5")
    load(once)
    alone = figures("csat")[0]
    load([answer(each["person"], 5 if each["person"] <= 80 else 2, kind="csat", scale="1-5", minute=m)
          for each in once for m in (3, 5, 7)], number=2)  # fmt: skip
    often = figures("csat")[0]
    assert (alone.n, often.n) == (120, 480)
    assert often.value == alone.value
    width, narrower = (alone.high or 0) - (alone.low or 0), (often.high or 0) - (often.low or 0)
    assert narrower == pytest.approx(width, rel=0.03)
    assert often.method == "Wilson score, clustered by customer"


def test_effort_is_a_mean_on_its_own_scale() -> None:
    load(answers([1, 2, 3] * 20, kind="ces", scale="1-5") + answers([4, 6, 7] * 20, 501, kind="ces_ease", scale="1-7"))
    (effort,), (ease,) = figures("ces"), figures("ces_ease")
    assert (effort.value, effort.method, effort.unit) == (2.0, "Student t", "score 1-5")
    assert (round(ease.value or 0, 3), ease.note) == (5.667, "67% answered 5-7")


def test_a_change_is_called_real_only_when_it_is() -> None:
    before = answers([10] * 100 + [5] * 100, minute=-40 * DAY_MIN // 2)
    load(before + answers([10] * 190 + [5] * 10, 1001, minute=10))
    (found,) = figures("nps")
    assert (found.change, found.change_is_real) == (90.0, True)
    assert found.change_low is not None and 60 < found.change_low < 90
    load(
        answers([10] * 100 + [5] * 100, 5001, minute=40 * DAY_MIN)
        + answers([10] * 104 + [5] * 96, 7001, minute=70 * DAY_MIN),
        number=2,
    )
    later = Period(since=BEGIN + timedelta(days=60), until=BEGIN + timedelta(days=90))
    (quiet,) = figures("nps", period=later)
    assert (quiet.change, quiet.change_is_real) == (4.0, False)


def test_who_looks_at_a_moving_window_needs_a_larger_change() -> None:
    load(answers([10] * 100 + [5] * 100, minute=-20 * DAY_MIN) + answers([10] * 126 + [5] * 74, 1001, minute=10))
    (once,), (daily,) = figures("nps"), figures("nps", looks=Looks.DAILY)
    assert (once.change, once.change_is_real) == (26.0, True)
    assert (daily.change, daily.change_is_real) == (26.0, False)
    assert once.change_method == "one test of a finished comparison"
    assert daily.change_method == "moving windows, valid at every look for a year (MOSUM)"
    assert (daily.change_low or 0) < 0 < (once.change_low or 0)


def test_a_figure_is_broken_down() -> None:
    load(answers([10] * 40, unit="north", channel="web") + answers([2] * 40, 101, unit="south", survey="t"))
    by_unit = {each.part: each.value for each in figures("nps", by="unit")}
    assert by_unit == {"north": 100.0, "south": -100.0}
    assert {each.part for each in figures("nps", by="channel")} == {"web", "(none)"}
    assert {each.part for each in figures("nps", by="survey")} == {"s", "t"}
    assert [each.part for each in figures("nps", by="month")] == ["2026-01"]
    with pytest.raises(InvalidError, match="by: choose one of"):
        figures("nps", by="person")


def test_completion_and_abandonment_of_named_journeys() -> None:
    journeys.save(journey=SHORT, viewer=SYSTEM)
    made = [each for person in range(60) for each in applied(100 + person, 1, "Card Activated", unit="north")]
    made += [each for person in range(20) for each in applied(200 + person, 2, unit="south")]
    load([*made, event(600, "Something Else", 10 * DAY_MIN)])
    (completed,), (abandoned,) = figures("completion_rate"), figures("abandonment_rate")
    assert (completed.part, completed.value, completed.n) == ("card", 75.0, 80)
    assert (abandoned.value, abandoned.unit) == (25.0, "percent")
    by_unit = {each.part: each.n for each in figures("completion_rate", journey="card", by="unit")}
    assert by_unit == {"north": 60, "south": 20}
    with pytest.raises(InvalidError, match="journey"):
        figures("completion_rate", by="unit")
    with pytest.raises(NotFoundError):
        figures("completion_rate", journey="unknown")


def test_a_kpi_that_is_not_computed_says_so() -> None:
    with pytest.raises(NotComputedError, match="not computed in this release"):
        figures("clv")
    with pytest.raises(NotFoundError):
        figures("happiness")


def test_the_catalogue_lists_every_kpi_with_its_definition() -> None:
    listed = queries.kpis()
    assert len(listed) == len({kpi.id for kpi in listed}) == 63
    assert {kpi.id for kpi in listed if kpi.computed} == {
        "nps", "csat", "ces", "ces_ease", "completion_rate", "abandonment_rate",
    }  # fmt: skip
    assert all(kpi.definition and kpi.better in ("high", "low", "context") for kpi in listed)
    nps = queries.kpi(kpi_id="nps")
    assert replace(nps, definition="").target == 50


def test_who_may_not_list_customers_is_not_shown_few_nor_what_would_tell_them() -> None:
    load([
        *answers([10] * 40, unit="a"), *answers([9] * 35, 101, unit="b"), *answers([1], 201, unit="c"),
        *answers([10] * 33, 301, unit="d"),
    ])  # fmt: skip
    looker = Viewer(name="person:1", role=Role.VIEWER)
    seen = {each.part: each for each in queries.figure(kpi="nps", by="unit", period=MONTH, viewer=looker)}
    assert {part for part, each in seen.items() if each.value is None} == {"c", "d"}  # d with c would be c
    assert seen["c"].n == seen["d"].n == 0 and "not shown" in seen["c"].note
    analyst = Viewer(name="person:2", role=Role.ANALYST)
    known = {each.part: each for each in queries.figure(kpi="nps", by="unit", period=MONTH, viewer=analyst)}
    assert known["c"].n == 1 and known["d"].value == 100


def test_figures_by_employee_are_for_themselves_and_their_managers() -> None:
    load(answers([10] * 30 + [0] * 10, agent=7) + answers([10] * 19, 101, agent=8) + answers([8] * 60, 201, agent=9))
    assert {each.part: (each.value, each.n) for each in figures("nps", by="agent")} == {
        "7": (50.0, 40),
        "9": (0.0, 60),
    }
    employee = Viewer(name="person:1", role=Role.AGENT, employees=frozenset({7}))
    for kpi, value in (("nps", 50.0), ("csat", None)):
        found = queries.figure(kpi=kpi, by="agent", period=MONTH, viewer=employee)
        assert [(each.part, each.value) for each in found] == ([("7", value)] if value else [])
    few = dataclasses.replace(employee, employees=frozenset({8}))
    assert queries.figure(kpi="nps", by="agent", period=MONTH, viewer=few) == ()
    with pytest.raises(ForbiddenError, match="employees"):
        queries.figure(kpi="nps", by="agent", period=MONTH, viewer=Viewer(name="person:2", role=Role.AGENT))
