"""Funnels over real events at the door: orders, exclusions, entries, groups, trends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import FunnelCount, FunnelExclusion, FunnelOptions, FunnelTable, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
FORTNIGHT = Period(since=BEGIN, until=BEGIN + timedelta(days=14))
DAY_MINUTES = 24 * 60
STEPS = ("Opened", "Asked", "Paid")


def history(person: int, *names: str, begin: int = 0, channel: str = "web") -> list[dict[str, Any]]:
    return [event(person, name, begin + 10 * place, channel=channel) for place, name in enumerate(names)]


def many(first: int, customers: int, *names: str, **fields: Any) -> list[dict[str, Any]]:
    return [each for person in range(first, first + customers) for each in history(person, *names, **fields)]


def asked(*steps: str, window_days: float = 1, events: EventFilter | None = None, **options: Any) -> FunnelTable:
    question = Question(period=FORTNIGHT, events=events or EventFilter())
    return queries.funnel(
        steps=steps or STEPS,
        window_days=window_days,
        question=question,
        viewer=SYSTEM,
        options=FunnelOptions(**options),
    )


def reached(table: FunnelTable) -> list[int]:
    return [step.times for step in table.steps]


@pytest.fixture
def shop() -> None:
    load(
        [
            *many(100, 40, "Opened", "Asked", "Paid"),
            *many(200, 30, "Opened", "Left", "Asked", "Paid", channel="branch"),
            *many(300, 20, "Asked", "Opened", "Paid", channel="phone", begin=3 * DAY_MINUTES),
            *many(400, 10, "Opened", "Identified", "Asked", channel="post", begin=4 * DAY_MINUTES),
            *many(500, 1, "Opened", channel="fax", begin=13 * DAY_MINUTES),
        ]
    )


@pytest.mark.usefixtures("shop")
def test_each_order_counts_its_own_customers() -> None:
    assert reached(asked()) == [101, 80, 70]
    assert reached(asked(order=Order.STRICT)) == [101, 50, 40]
    assert reached(asked(order=Order.ANY)) == [101, 100, 90]


@pytest.mark.usefixtures("shop")
def test_a_strict_funnel_passes_over_identify_calls_unless_they_are_steps() -> None:
    question = Question(period=FORTNIGHT, events=EventFilter(), identity_steps=True)
    options = FunnelOptions(order=Order.STRICT)
    found = queries.funnel(steps=STEPS, window_days=1, question=question, viewer=SYSTEM, options=options)
    assert reached(found) == [101, 40, 40]


@pytest.mark.usefixtures("shop")
def test_an_exclusion_breaks_the_funnel_and_is_said() -> None:
    found = asked(exclusions=(FunnelExclusion(events=("Left",), after=1, before=2),))
    assert reached(found) == [101, 50, 40]
    assert 'broken by: "1-2:Left"' in found.coverage.query
    assert reached(asked(exclusions=(FunnelExclusion(events=("Left",), after=2, before=3),))) == [101, 80, 70]


@pytest.mark.usefixtures("shop")
def test_a_filter_by_name_keeps_what_the_funnel_names() -> None:
    kept = EventFilter(names=("Opened", "Paid"))
    assert reached(asked(events=kept)) == [101, 80, 70]
    assert reached(asked(events=kept, exclusions=(FunnelExclusion(events=("Left",)),))) == [101, 50, 40]


@pytest.mark.usefixtures("shop")
def test_groups_are_those_of_the_first_step_and_small_ones_are_the_rest() -> None:
    found = asked(by="channel", top=2)
    told = [(part.name, part.is_rest, [step.times for step in part.steps]) for part in found.parts]
    assert told == [
        ("web", False, [40, 40, 40]),
        ("branch", False, [30, 30, 30]),
        ("", True, [31, 10, 0]),
    ]
    everyone = asked(by="channel", top=9).parts
    assert [part.name for part in everyone] == ["web", "branch", "phone", "post"], "one customer is below the k floor"
    assert found.parts[1].median_total_s == 1_800


@pytest.mark.usefixtures("shop")
def test_a_trend_leaves_open_what_may_still_convert() -> None:
    found = asked(trend=CalendarUnit.DAY).trend
    assert [span.times for span in found if span.times] == [70, 20, 10, 1]
    assert (found[0].converted is not None) and found[0].converted.value == 1
    assert [span.is_open for span in found] == [*[False] * 12, *[True] * 2]
    assert found[-1].converted is None


def test_entries_count_each_with_the_customer_as_the_unit() -> None:
    load([each for day in range(3) for each in many(100, 40, "Opened", "Asked", "Paid", begin=2 * day * DAY_MINUTES)])
    found = asked(count=FunnelCount.ENTRIES)
    assert [(step.times, step.customers) for step in found.steps] == [(120, 40)] * 3
    assert found.steps[2].from_first.n == 120
    alone = asked()
    assert reached(alone) == [40] * 3
    assert found.steps[2].from_first.low == pytest.approx(alone.steps[2].from_first.low), "120 of 40 are no 120"


@pytest.mark.usefixtures("shop")
def test_times_to_convert_come_as_a_distribution() -> None:
    found = asked()
    assert (found.median_total_s, found.p90_total_s) == (1_200, 1_800)
    assert [(each.since_s, each.until_s, each.times) for each in found.bins] == [(600, 3_600, 70)]
    assert [each.times for each in found.steps[1].bins] == [80]
    assert found.steps[0].bins == ()


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_asked_is_refused() -> None:
    between = (FunnelExclusion(events=("Left",), after=1, before=2),)
    for message, options in (
        ("exclude: 2-4:Left", {"exclusions": (FunnelExclusion(events=("Left",), after=2, before=4),)}),
        ("exclude: in any order", {"exclusions": between, "order": Order.ANY}),
        ("exclude: give both", {"exclusions": (FunnelExclusion(events=("Left",), after=1),)}),
        ("exclude: each", {"exclusions": (FunnelExclusion(events=()),)}),
        ("exclude: give at most", {"exclusions": between * 21}),
        ("No event is called Lefft", {"exclusions": (FunnelExclusion(events=("Lefft",)),)}),
        ("by: there is no dimension colour", {"by": "colour"}),
        ("top", {"by": "channel", "top": 0}),
        ("zone", {"trend": CalendarUnit.DAY, "zone": "Mars"}),
    ):
        with pytest.raises(InvalidError, match=message):
            asked(**options)
    with pytest.raises(InvalidError, match="one step only"):
        asked("Opened", "Opened", order=Order.ANY)
    with pytest.raises(InvalidError, match="exclude"):
        queries.written_exclusion(" 1-2: ")


def test_an_empty_workspace_has_an_empty_funnel() -> None:
    with pytest.raises(InvalidError, match="No event is called"):
        asked(order=Order.STRICT, trend=CalendarUnit.WEEK)
