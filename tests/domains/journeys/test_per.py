"""Funnels and endings told per household or account, instead of per customer."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from domains.metrics.test_per import household
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.customers.contracts import AccountKind, Per
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import Completion, FunnelOptions, FunnelTable, Journey, Question
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Abstraction, EventFilter, InGroups, Purpose
from sojourn.engine.stats.clusters import Clusters
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
MONTH = Period(since=BEGIN, until=BEGIN + timedelta(days=30))
NOW = BEGIN + timedelta(days=200)
NORTH = Viewer(name="person:2", role=Role.CX_LEAD, units=frozenset({"north"}))
WATCHER = Viewer(name="person:3", role=Role.VIEWER)
OPENED = Journey(
    slug="opened", name="Opened", start="Opened", goals=("Paid",), outcomes={}, steps=("Opened", "Paid"), window_days=9
)


def funnel(per: Per = Per.HOUSEHOLD, **more: Any) -> FunnelTable:
    question = Question(period=MONTH, events=more.pop("events", EventFilter()))
    asked = {"steps": ("Opened", "Paid"), "window_days": 9, "viewer": SYSTEM, "now": NOW}
    return queries.funnel(question=question, per=per, **{**asked, **more})


def ending(per: Per = Per.HOUSEHOLD, **more: Any) -> Completion:
    return endings(per, **more)[0]


def endings(per: Per = Per.HOUSEHOLD, **more: Any) -> tuple[Completion, ...]:
    return queries.completions(slug="opened", per=per, **{"period": MONTH, "viewer": SYSTEM, "now": NOW, **more})


def reached(table: FunnelTable) -> list[int]:
    return [step.customers for step in table.steps]


@pytest.fixture(autouse=True)
def journey() -> None:
    actions.save(journey=OPENED, viewer=SYSTEM)


def couples(count: int = 40, *, paying: int = 30) -> None:
    """Households in which one begins, and in some of them the other ends it; and ten who live alone and begin."""
    rows = []
    for place in range(count):
        one, other = 2 * place + 1, 2 * place + 2
        household(f"h{place}", one, other)
        rows.append(event(one, "Opened", place, unit="north", channel="web"))
        rows += [event(other, "Paid", place + 60, unit="north")] if place < paying else []
    load([*rows, *(event(900 + place, "Opened", place, unit="north", channel="web") for place in range(10))])
    load([event(999, "Looked", 60 * 24 * 120)], number=2)  # until then events are known


def test_what_one_of_a_household_begins_another_may_end() -> None:
    couples()
    assert (reached(funnel(Per.CUSTOMER)), reached(funnel())) == ([50, 0], [50, 30])
    assert funnel().median_total_s == 3_600
    told, alone = ending(), ending(Per.CUSTOMER)
    assert (told.started, told.counts, alone.counts) == (
        50, {"completed": 30, "abandoned": 20}, {"completed": 0, "abandoned": 50},
    )  # fmt: skip
    assert told.median_s == 3_600
    assert told.completed_clusters == Clusters.singles([1.0] * 30 + [0.0] * 20)
    assert told.coverage.in_groups == InGroups(per="household", groups=40, alone=10, left_out=None)
    assert (told.coverage.customers, alone.coverage.in_groups) == (80, None)
    assert "each household with all events of its members" in told.coverage.query


def test_who_holds_two_accounts_counts_in_both_and_makes_no_figure_surer() -> None:
    for holder in range(1, 41):
        for account in ("a", "b"):
            household(f"{account}{holder}", holder, kind=AccountKind.ACCOUNT)
    rows = [event(holder, "Opened", 0) for holder in range(1, 41)]
    load([*rows, *(event(holder, "Paid", 9) for holder in range(1, 21)), event(77, "Looked", 60 * 24 * 120)])
    one, two = ending(Per.CUSTOMER), ending(Per.ACCOUNT)
    assert (one.started, two.started, two.completed_clusters.customers) == (40, 80, 40)
    assert (two.completed.low, two.completed.high) == pytest.approx((one.completed.low, one.completed.high), abs=0.002)
    single, double = funnel(Per.CUSTOMER).steps[1].from_first, funnel(Per.ACCOUNT).steps[1].from_first
    assert (double.n, double.low) == (80, pytest.approx(single.low, abs=0.002))


def test_a_journey_is_not_cut_where_somebody_joins() -> None:
    """An account is opened on the way: what came before is told of it, too; who left before the period is not."""
    household("new", 1, kind=AccountKind.ACCOUNT, since=date(2026, 1, 3))
    household("old", 2, kind=AccountKind.ACCOUNT, until=date(2026, 1, 1))
    household("later", 3, kind=AccountKind.ACCOUNT, since=date(2026, 3, 1))
    load([each for who in (1, 2, 3) for each in (event(who, "Opened", 60), event(who, "Paid", 60 * 24 * 4))])
    told = funnel(Per.ACCOUNT)
    assert reached(told) == [3, 3]
    assert told.coverage.in_groups is not None
    assert (told.coverage.in_groups.groups, told.coverage.in_groups.alone) == (1, 2)


def test_a_household_with_hidden_events_is_left_out_rather_than_shown_without_them() -> None:
    couples(paying=40)
    for place in range(5):
        privacy.record_consent(customer=2 * place + 2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    told = ending()
    assert (told.started, told.counts["completed"]) == (45, 35)
    assert told.coverage.in_groups == InGroups(per="household", groups=35, alone=10, left_out=5)
    assert (told.coverage.customers, told.coverage.left_out) == (80, 10)
    assert reached(funnel(purpose=Purpose.SERVICE, viewer=SYSTEM)) == [50, 40]


def test_a_refused_member_of_whom_nothing_is_asked_hides_nothing() -> None:
    couples()
    load([event(80, "Looked", 5)], number=3)
    privacy.record_consent(customer=80, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert reached(funnel(events=EventFilter(names=("Opened",)))) == [50, 30]
    assert reached(funnel()) == [49, 30]


def test_members_in_other_units_are_not_seen() -> None:
    household("h", 1, 2)
    rows = [event(1, "Opened", 0, unit="north"), event(2, "Paid", 9, unit="south")]
    load([*rows, event(3, "Paid", 9, unit="north")])
    assert (reached(funnel()), reached(funnel(viewer=NORTH))) == ([1, 1], [1, 0])


def test_a_household_has_what_any_of_it_has() -> None:
    couples()
    load([event(2, "Called", 5), event(900, "Called", 5), event(4, "Called", 5)], number=3)
    privacy.record_consent(customer=4, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    told = funnel(events=EventFilter(having=("Called",)))
    assert reached(told) == [2, 1]
    assert told.coverage.in_groups == InGroups(per="household", groups=1, alone=1, left_out=None)
    assert told.coverage.customers == 3


def test_events_in_a_row_are_joined_within_the_household() -> None:
    household("h", 1, 2)
    load([event(1, "Opened", 0), event(2, "Opened", 5), event(1, "Paid", 9)])
    seen_once = EventFilter(abstraction=Abstraction(once=True))
    options = FunnelOptions()
    assert funnel(events=seen_once, options=options).median_total_s == 540
    assert funnel(options=options).median_total_s == 240


def test_parts_count_for_the_floor_by_sets_of_accounts_that_share_nobody(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=5)
    for account in range(9):
        household(f"a{account}", 1, kind=AccountKind.ACCOUNT)
    for holder in range(2, 12):
        household(f"b{holder}", holder, kind=AccountKind.ACCOUNT)
    web = [event(holder, "Opened", 0, channel="web") for holder in range(2, 12)]
    load([*web, event(1, "Opened", 0, channel="phone"), event(77, "Looked", 60 * 24 * 120)])
    assert [each.part for each in endings(Per.ACCOUNT, by="channel")] == ["web", "phone"]
    assert [each.part for each in endings(Per.ACCOUNT, by="channel", viewer=WATCHER)] == []
    options = FunnelOptions(by="channel")
    told = funnel(Per.ACCOUNT, steps=("Opened", "Looked"), options=options, viewer=WATCHER)
    assert [(part.name, part.is_rest) for part in told.parts] == [("web", False)]


def test_a_household_of_one_is_a_person_for_the_floor(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=3)
    for person in range(1, 9):
        household(f"h{person}", person)
    rows = [event(person, "Opened", 0, channel="web" if person > 2 else "phone") for person in range(1, 9)]
    load([*rows, event(77, "Looked", 60 * 24 * 120)])
    by_customer, by_home = (endings(per, by="channel", viewer=WATCHER) for per in (Per.CUSTOMER, Per.HOUSEHOLD))
    assert [each.part for each in by_customer] == [each.part for each in by_home]


def test_a_pattern_chooses_single_customers_only() -> None:
    load([event(1, "Opened", 0)])
    with pytest.raises(InvalidError, match=r"^having_pattern: .* ask per customer"):
        funnel(events=EventFilter(having_pattern="Opened -> Paid"))


def test_an_answer_changes_with_who_belongs_to_whom() -> None:
    load([event(1, "Opened", 0), event(2, "Paid", 9)])
    assert reached(funnel()) == [1, 0]
    household("h", 1, 2)
    assert reached(funnel()) == [1, 1]
