"""Comparisons over real events at the door: what differs is found, what does not is not, and n is always there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Journey, Question, Verdict
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY_MINUTES = 1_440
FIRST = Period(since=BEGIN, until=BEGIN + timedelta(days=1))
SECOND = Period(since=BEGIN + timedelta(days=1), until=BEGIN + timedelta(days=2))


def question(period: Period = FIRST, **dimensions: tuple[str, ...]) -> Question:
    return Question(period=period, events=EventFilter(dimensions=dimensions))


def history(person: int, *names: str, every: int = 10, start: int = 0, **fields: Any) -> list[dict[str, Any]]:
    return [event(person, name, start + every * place, **fields) for place, name in enumerate(names)]


def many(first: int, customers: int, *names: str, **how: Any) -> list[dict[str, Any]]:
    return [each for person in range(first, first + customers) for each in history(person, *names, **how)]


@pytest.fixture
def shop() -> None:
    """On the web 90 of 100 pay after 10 minutes, in the app 40 of 100 do, after 30; an event closes the calendar."""
    load([
        *many(1000, 90, "Opened", "Paid", channel="web", unit="north"),
        *many(1100, 10, "Opened", "Left", channel="web", unit="north"),
        *many(2000, 40, "Opened", "Paid", channel="app", unit="south", every=30),
        *many(2100, 60, "Opened", "Left", channel="app", unit="south", every=30),
        event(9999, "Opened", 60 * DAY_MINUTES),
    ])  # fmt: skip


WEB, APP = question(channel=("web",)), question(channel=("app",))


@pytest.mark.usefixtures("shop")
def test_what_differs_between_two_channels_is_found_with_its_size() -> None:
    found = queries.compare_graphs(a=WEB, b=APP, viewer=SYSTEM)
    steps = {step.name: step.share for step in found.steps}
    assert (steps["Opened"].verdict, steps["Opened"].difference) == (Verdict.SAME, 0.0)
    assert (steps["Paid"].verdict, steps["Left"].verdict) == (Verdict.LESS, Verdict.MORE)
    assert (steps["Paid"].a.n, steps["Paid"].b.n, steps["Paid"].difference) == (100, 100, pytest.approx(-0.5))
    assert -0.62 < steps["Paid"].low < -0.5 < steps["Paid"].high < -0.37
    paths = {(path.source, path.target): path for path in found.paths}
    assert paths["Opened", "Paid"].share.verdict is Verdict.LESS
    assert found.comparison.looks == "once" and "Benjamini-Hochberg" in found.comparison.method
    assert (found.comparison.a.customers, found.comparison.b.customers, found.comparison.both) == (100, 100, 0)
    properties = {(each.dimension, each.value): each.share.verdict for each in found.properties}
    assert properties == {("unit", "north"): Verdict.LESS, ("unit", "south"): Verdict.MORE}
    assert {each.kind for each in found.findings} == {"step", "path", "property"}
    effects = [each.effect for each in found.findings]
    assert effects == sorted(effects, reverse=True)


def test_a_slower_path_is_found_with_how_many_times_as_long_it_takes() -> None:
    load([
        each for person in range(200)
        for each in history(person, "Opened", "Paid", every=(10 + person % 7) * (3 if person % 2 else 1),
                            channel="app" if person % 2 else "web")
    ])  # fmt: skip
    found = queries.compare_graphs(a=WEB, b=APP, viewer=SYSTEM, looks="once")
    pace = found.paths[0].pace
    assert pace is not None and pace.low is not None and pace.high is not None
    assert (pace.verdict, pace.n_a, pace.n_b) == (Verdict.MORE, 100, 100)
    assert pace.low < 3 < pace.high and 2.9 < pace.ratio < 3.1
    assert found.findings[0].kind == "pace"


def test_two_halves_of_the_same_customers_do_not_differ() -> None:
    load([
        each for person in range(400)
        for each in history(person, "Opened", *(["Asked"] if person % 3 else []), "Paid", unit="ab"[person % 2])
    ])  # fmt: skip
    found = queries.compare_graphs(a=question(unit=("a",)), b=question(unit=("b",)), viewer=SYSTEM)
    assert found.findings == ()
    assert {step.share.verdict for step in found.steps} == {Verdict.SAME}


def test_too_few_customers_are_said_to_be_too_few() -> None:
    load([*many(1, 12, "Opened", "Paid", channel="web"), *many(50, 12, "Opened", "Left", channel="app")])
    found = queries.compare_graphs(a=WEB, b=APP, viewer=SYSTEM)
    assert {step.share.verdict for step in found.steps} == {Verdict.TOO_FEW}
    assert found.comparison.tested == 0


def test_customers_of_both_periods_are_counted_and_tied() -> None:
    load([*many(1, 60, "Opened", "Paid"), *many(1, 60, "Opened", "Left", start=DAY_MINUTES), *many(900, 40, "Opened")])
    found = queries.compare_graphs(a=question(FIRST), b=question(SECOND), viewer=SYSTEM, looks="once")
    assert found.comparison.both == 60
    steps = {step.name: step.share for step in found.steps}
    assert (steps["Paid"].verdict, steps["Left"].verdict) == (Verdict.LESS, Verdict.MORE)


@pytest.mark.usefixtures("shop")
def test_a_period_that_goes_on_is_looked_at_daily() -> None:
    a, b = (question(Period(since=BEGIN), channel=(name,)) for name in ("web", "app"))
    running = queries.compare_graphs(a=a, b=b, viewer=SYSTEM)
    once = queries.compare_graphs(a=a, b=b, viewer=SYSTEM, looks="once")
    assert (running.comparison.looks, once.comparison.looks) == ("daily", "once")
    assert "at every look" in running.comparison.method
    wide, narrow = (next(s.share for s in each.steps if s.name == "Paid") for each in (running, once))
    assert wide.low < narrow.low and wide.high > narrow.high


@pytest.mark.usefixtures("shop")
def test_a_funnel_is_compared_step_by_step() -> None:
    found = queries.compare_funnels(steps=["Opened", "Paid"], window_days=7, a=WEB, b=APP, viewer=SYSTEM)
    first, second = found.steps
    assert (first.customers_a, first.customers_b, first.from_first) == (100, 100, None)
    assert (second.customers_a, second.customers_b) == (90, 40)
    assert second.from_first is not None
    assert (second.from_first.verdict, second.from_first.difference) == (Verdict.LESS, pytest.approx(-0.5))


def test_a_funnel_counts_only_first_steps_whose_window_has_closed() -> None:
    load([
        *many(1, 50, "Opened", "Paid", channel="web"), *many(100, 50, "Opened", channel="app"),
        *many(200, 30, "Opened", start=5 * DAY_MINUTES, channel="app"), event(9999, "Opened", 9 * DAY_MINUTES),
    ])  # fmt: skip
    week = Period(since=BEGIN, until=BEGIN + timedelta(days=7))
    a, b = question(week, channel=("web",)), question(week, channel=("app",))
    found = queries.compare_funnels(steps=["Opened", "Paid"], window_days=7, a=a, b=b, viewer=SYSTEM)
    assert (found.steps[0].customers_b, found.open_a, found.open_b) == (50, 0, 30)


JOURNEY = Journey(
    slug="buying", name="Buying", start="Opened", goals=("Paid",), outcomes={"left": ("Left",)},
    steps=("Opened", "Paid"), window_days=7,
)  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_a_named_journeys_endings_are_compared() -> None:
    actions.save(journey=JOURNEY, viewer=SYSTEM)
    found = queries.compare_completions(slug="buying", a=WEB, b=APP, viewer=SYSTEM)
    endings = {each.name: each.share for each in found.endings}
    assert (endings["completed"].verdict, endings["left"].verdict) == (Verdict.LESS, Verdict.MORE)
    assert endings["abandoned"].verdict is Verdict.SAME
    assert (endings["completed"].a.value, endings["completed"].b.value) == (0.9, 0.4)
    assert (found.open_a, found.open_b, found.comparison.both) == (0, 0, 0)


def test_what_goes_with_success_is_found() -> None:
    helped = many(1000, 90, "Opened", "Helped", "Paid", unit="north") + many(1100, 10, "Opened", "Helped", unit="south")
    alone = many(2000, 40, "Opened", "Waited", "Paid", unit="north") + many(2100, 60, "Opened", "Waited", unit="south")
    load([*helped, *alone, event(9999, "Paid", 60 * DAY_MINUTES)])
    actions.save(journey=JOURNEY, viewer=SYSTEM)
    found = queries.success(slug="buying", period=FIRST, viewer=SYSTEM)
    assert (found.completed.n, found.completed.value) == (200, 0.65)
    rows = {each.names: each for each in found.companions}
    assert rows["Helped",].share.verdict is Verdict.MORE
    assert rows["Helped",].ratio == pytest.approx(2.25)
    assert rows["Waited",].share.verdict is Verdict.LESS
    assert rows["unit", "north"].share.b.value == 1.0
    assert "web" not in {names[-1] for names in rows}, "what everybody has sets nobody apart"
    early = queries.success(slug="buying", period=FIRST, viewer=SYSTEM, landmark_hours=0.3)
    assert (early.over, {each.names for each in early.companions if each.kind == "event"}) == (
        0, {("Helped",), ("Waited",)},
    )  # fmt: skip
    late = queries.success(slug="buying", period=FIRST, viewer=SYSTEM, landmark_hours=1)
    assert (late.over, late.completed.n) == (130, 70)


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InvalidError, match="the same"):
        queries.compare_graphs(a=WEB, b=WEB, viewer=SYSTEM)
    with pytest.raises(InvalidError, match="looks"):
        queries.compare_graphs(a=WEB, b=APP, viewer=SYSTEM, looks="often")
    with pytest.raises(InvalidError, match="No event is called"):
        queries.compare_funnels(steps=["Payed"], window_days=7, a=WEB, b=APP, viewer=SYSTEM)
    actions.save(journey=JOURNEY, viewer=SYSTEM)
    with pytest.raises(InvalidError, match="landmark"):
        queries.success(slug="buying", period=FIRST, viewer=SYSTEM, landmark_hours=1_000)
