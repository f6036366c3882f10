"""A journey's cases, over real events at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import CasesAsked, CasesTable, Journey, Question, Stage
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
WHOLE = Period(since=BEGIN, until=BEGIN + timedelta(days=9))
DAY = 1_440
CLAIM = CasesAsked(
    start="Claimed", goals=("Paid",), outcomes={"refused": ("Refused",)}, window_days=10,
    stages=(Stage(name="Filed", events=("Claimed",)), Stage(name="Checked", events=("Asked", "Answered"))),
)  # fmt: skip


def history(person: int, *steps: tuple[str, int, str]) -> list[dict[str, Any]]:
    return [event(person, name, minute, channel=channel) for name, minute, channel in steps]


@pytest.fixture(autouse=True)
def insurance() -> None:
    smooth = (("Claimed", 0, "web"), ("Asked", 60, "web"), ("Paid", 120, "web"))
    hard = (
        ("Claimed", 0, "web"), ("Asked", 60, "phone"), ("Answered", 90, "mail"), ("Asked", 180, "phone"),
        ("Answered", 240, "mail"), ("Paid", DAY, "mail"),
    )  # fmt: skip
    lost = (("Claimed", 5 * DAY, "web"), ("Viewed", 5 * DAY + 1, "web"), ("Asked", 5 * DAY + 30, "phone"))
    load([
        *(each for person in range(100, 140) for each in history(person, *smooth)),
        *(each for person in range(200, 235) for each in history(person, *hard)),
        *(each for person in range(300, 335) for each in history(person, *lost)),
        *history(400, ("Claimed", 0, "web"), ("Refused", 10, "web")),
        *history(500, ("Viewed", 30 * DAY, "web")),
        *history(501, ("Claimed", 29 * DAY, "web"), ("Paid", 29 * DAY + 1, "web")),
    ])  # fmt: skip


def answer(period: Period = WHOLE, events: EventFilter | None = None, **asked: Any) -> CasesTable:
    question = Question(period=period, events=events or EventFilter())
    return queries.cases(asked=replace(CLAIM, **asked), question=question, viewer=SYSTEM)


def test_cases_end_in_one_way_each_and_add_up() -> None:
    found = answer()
    assert (found.customers, found.started, found.open, found.closed) == (111, 111, 0, 111)
    assert [(each.name, each.cases) for each in found.endings] == [("completed", 75), ("abandoned", 35), ("refused", 1)]
    completed, abandoned, _ = found.endings
    assert (completed.median_s, abandoned.median_s) == (7_200, 1_800)
    assert completed.share.value == pytest.approx(75 / 111)
    assert sum(each.times for each in completed.bins) == 75
    assert found.coverage.period == WHOLE
    assert 'start: "Claimed"' in found.coverage.query


def test_cases_still_within_their_window_are_open_whatever_happened() -> None:
    found = answer(period=Period(since=BEGIN, until=None))
    assert (found.started, found.open, found.closed) == (112, 1, 111)


def test_effort_repeats_and_hand_offs() -> None:
    found = answer()
    assert found.events.mean is not None and found.events.mean.value == pytest.approx((120 + 210 + 105 + 2) / 111)
    assert (found.events.median, found.repeats.median, found.handoffs.p90) == (3, 0, 4)
    assert found.with_repeats.value == pytest.approx(35 / 111)
    assert [row.cases for row in found.by_repeats] == [76, 0, 35, 0]
    assert [row.cases for row in found.by_handoffs] == [41, 35, 0, 35]
    assert (found.by_handoffs[1].abandoned.value, found.by_handoffs[3].completed.value) == (1.0, 1.0)
    steps = {row.name: row for row in found.rework}
    asked = steps["Asked"]
    assert (asked.cases, asked.extra, asked.at_once, asked.returns, asked.ping_pong) == (110, 35, 0, 35, 0)
    assert (asked.again.value, asked.again.n) == (pytest.approx(35 / 110), 110)
    assert (steps["Answered"].ping_pong, steps["Viewed"].extra) == (35, 0)
    assert "Refused" not in steps, "one customer alone is not shown"
    assert [(way.source, way.target, way.times) for way in found.ways_back] == [
        ("Answered", "Asked", 35),
        ("Asked", "Answered", 35),
    ]
    assert {(each.source, each.target): each.times for each in found.passes} == {
        ("web", "phone"): 70, ("phone", "mail"): 70, ("mail", "phone"): 35
    }  # fmt: skip
    assert [(each.least, each.cases) for each in found.sizes] == [(2, 1), (3, 75), (4, 0), (5, 0), (6, 35)]


def test_only_what_is_named_counts_where_it_is_asked_for() -> None:
    found = answer(only_named=True, across="")
    assert "Viewed" not in {row.name for row in found.rework}
    assert (found.passes, found.by_handoffs, found.handoffs.median, found.with_handoffs) == ((), (), None, None)


def test_stages_take_time_until_they_are_left() -> None:
    filed, checked = answer().stages
    assert (filed.cases, filed.given_up.value, filed.left, filed.median_s) == (111, 0.0, 111, 3_600)
    assert (checked.cases, checked.left) == (110, 75)
    assert checked.given_up.value == pytest.approx(35 / 110)
    assert checked.visits is not None and checked.visits.value == 1
    total = 40 * 7_200 + 35 * 86_400 + 600
    assert checked.share is not None and checked.share.value == pytest.approx((40 * 3_600 + 35 * 82_800) / total)
    assert checked.waiting is not None
    assert checked.waiting.value == pytest.approx((40 * 3_600 + 35 * 72_000) / (40 * 3_600 + 35 * 82_800))
    assert checked.mean_s is not None
    assert checked.mean_s.value == pytest.approx((40 * 3_600 + 35 * 82_800) / 75)


def test_a_pause_gives_a_case_up() -> None:
    found = answer(idle_days=0.5)
    assert [(each.name, each.cases) for each in found.endings] == [("completed", 40), ("abandoned", 70), ("refused", 1)]


def test_parts_and_trend_go_by_the_start_event() -> None:
    found = answer(by="channel", trend=CalendarUnit.DAY)
    assert [(part.name, part.closed) for part in found.parts] == [("web", 111)]
    assert [(span.started, span.is_open) for span in found.trend if span.started] == [(76, False), (35, False)]
    assert found.trend[0].completed is not None and found.trend[0].completed.value == pytest.approx(75 / 76)
    late = Period(since=BEGIN + timedelta(days=25), until=None)
    assert all(span.is_open and span.completed is None for span in answer(late, trend=CalendarUnit.DAY).trend)


def test_cases_of_a_named_journey_end_as_its_completion_says() -> None:
    actions.save(
        journey=Journey(
            slug="claim", name="Claim", start="Claimed", goals=("Paid",), outcomes={"refused": ("Refused",)},
            steps=("Claimed", "Asked", "Paid"), window_days=10,
        ),
        viewer=SYSTEM,
    )  # fmt: skip
    asked = queries.cases_of_journey(queries.journey(slug="claim", viewer=SYSTEM))
    found = queries.cases(asked=asked, question=Question(period=WHOLE, events=EventFilter()), viewer=SYSTEM)
    said = queries.completion(slug="claim", period=WHOLE, viewer=SYSTEM)
    assert {each.name: each.cases for each in found.endings} == said.counts
    assert [each.share for each in found.endings[:2]] == [said.completed, said.abandoned]
    assert (found.endings[0].median_s, found.open, asked.only_named) == (said.median_s, said.open, True)
    assert [stage.name for stage in found.stages] == ["Claimed", "Asked"], "no time can be spent in the end"


def test_a_filter_by_name_cannot_hide_where_cases_begin_and_end() -> None:
    found = answer(events=EventFilter(names=("Asked",)))
    assert [each.cases for each in found.endings] == [75, 35, 1]


def test_what_never_happened_is_told_and_a_start_that_did_not_is_refused() -> None:
    assert answer(goals=("Paid", "Payed")).unseen == ("Payed",)
    for wrong in (
        {"start": "Claimd"}, {"start": ""}, {"goals": ()}, {"goals": ("Claimed",)}, {"window_days": 0},
        {"idle_days": 0.0}, {"across": "colour"}, {"by": "colour"}, {"top": 0},
        {"outcomes": {"abandoned": ("Refused",)}}, {"zone": "Atlantis", "trend": CalendarUnit.DAY},
        {"stages": (Stage(name="a", events=("Asked",)), Stage(name="b", events=("Asked",)))},
    ):  # fmt: skip
        with pytest.raises(InvalidError):
            answer(**wrong)


def test_outcomes_and_stages_are_written_as_names_and_events() -> None:
    assert queries.written_outcomes(["no=Refused", "no=Late|Lost"]) == {"no": ("Refused", "Late", "Lost")}
    for wrong in ("Refused", "=Refused", "no="):
        with pytest.raises(InvalidError):
            queries.written_outcomes([wrong])
    with pytest.raises(InvalidError):
        queries.written_stages(["Waiting="])
