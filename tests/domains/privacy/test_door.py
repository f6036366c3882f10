"""The door: what a question sees of the stream."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from domains.privacy.bank import BEGIN, commit, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Answer, EventFilter, Measure, Purpose
from sojourn.domains.privacy.rules import BITS
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.results import Funnel
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))


def funnel(
    *steps: str,
    period: Period = DAY,
    events: EventFilter = EventFilter(),  # noqa: B008
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer = SYSTEM,
) -> Answer[Funnel]:
    return queries.ask(
        fold_for=lambda codes: FunnelFold([[codes.code(step)] for step in steps], window_us=86_400_000_000),
        period=period,
        events=events,
        purpose=purpose,
        viewer=viewer,
        key=("funnel", steps),
    )


def reached(*steps: str, **question: object) -> list[int]:
    return funnel(*steps, **question).value.reached.tolist()  # type: ignore[arg-type]


def test_a_funnel_counts_customers_in_the_order_of_their_events() -> None:
    load([event(1, "Opened", 0), event(1, "Paid", 5), event(2, "Paid", 1), event(2, "Opened", 3)])
    answer = funnel("Opened", "Paid")
    assert answer.value.reached.tolist() == [2, 1]
    assert (answer.coverage.customers, answer.coverage.events, answer.coverage.batch) == (2, 4, 1)


def test_a_late_event_and_a_merge_are_seen_after_a_refresh() -> None:
    load([event(1, "Paid", 5), event(2, "Opened", 7)])
    assert reached("Opened", "Paid") == [1, 0]
    commit([event(1, "Opened", 1)], number=2)
    link([(2, 3)])
    commit([event(3, "Paid", 9)], number=3)
    assert actions.refresh_timeline()
    assert reached("Opened", "Paid") == [2, 2]
    assert not actions.refresh_timeline()


def test_a_corrected_delivery_replaces_its_predecessor() -> None:
    load([event(1, "Opened", 0), event(2, "Opened", 0)])
    load([event(1, "Opened", 0)], number=2, replaces=1)
    assert reached("Opened") == [1]


def test_a_filter_keeps_names_and_values_of_dimensions_and_customers_who_have_an_event() -> None:
    load(
        [
            event(1, "Opened", 0, channel="web"),
            event(1, "Asked", 1, channel="phone"),
            event(2, "Opened", 0, channel="web"),
            event(3, "Opened", 0),
        ]
    )
    assert reached("Opened", events=EventFilter(dimensions={"channel": ("web",)})) == [2]
    assert reached("Opened", events=EventFilter(dimensions={"channel": ("",)})) == [1]
    assert reached("Opened", events=EventFilter(having=("Asked",))) == [1]
    assert reached("Opened", "Asked", events=EventFilter(names=("Asked",))) == [0, 0]
    with pytest.raises(InvalidError, match="There is no dimension colour"):
        reached("Opened", events=EventFilter(dimensions={"colour": ("red",)}))


def test_a_pattern_keeps_customers_whose_events_match_it_whatever_else_is_filtered() -> None:
    load(
        [
            event(1, "Opened", 0, channel="web"),
            event(1, "Asked", 1, channel="phone"),
            event(1, "Paid", 2, channel="web"),
            event(2, "Opened", 0, channel="web"),
            event(2, "Paid", 1, channel="web"),
            event(3, "Opened", 0, channel="web"),
        ]
    )

    def who(pattern: str, **more: Any) -> list[int]:
        return reached("Opened", "Paid", events=EventFilter(having_pattern=pattern, **more))

    assert who("Opened ->> Paid") == [2, 2]
    assert who("Opened -> Paid") == [1, 1]
    assert who("Opened -> [^Paid]* -> $") == [1, 0]
    assert who("Asked{channel=phone} -> .{channel != ^channel}") == [1, 1]
    assert who("Opened -> Paid", names=("Opened",)) == [1, 0], "names filter what is shown, not what is matched"
    assert who("Opened -> Paid", dimensions={"channel": ("web",)}) == [2, 2]
    assert who("Opened ->> Paid", having=("Asked",)) == [1, 1]
    with pytest.raises(InvalidError, match='No event is called "opened"; did you mean "Opened"'):
        who("opened -> Paid")
    with pytest.raises(InvalidError, match="A pattern chooses customers for journey questions"):
        queries.events(events=EventFilter(having_pattern="Opened -> Paid"), viewer=SYSTEM)


def test_a_pattern_is_not_asked_of_customers_with_hidden_events() -> None:
    load([event(1, "Opened", 0), event(1, "Asked", 1, purposes=0), event(1, "Paid", 2), event(2, "Opened", 0)])
    answer = funnel("Opened", events=EventFilter(having_pattern="Opened -> Paid", names=("Opened", "Paid")))
    assert answer.value.reached.tolist() == [0]
    assert answer.coverage.left_out is None
    assert answer.coverage.query.endswith("of customers whose events match the pattern Opened -> Paid")


def test_an_objection_acts_on_the_next_read_and_a_later_grant_undoes_it() -> None:
    load([event(person, "Opened", 0) for person in (1, 2, 3)])
    for customer in (1, 2):
        actions.record_consent(customer=customer, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    answer = funnel("Opened")
    assert answer.value.reached.tolist() == [1]
    assert (answer.coverage.customers, answer.coverage.left_out) == (1, 2)
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=True, at=BEGIN + timedelta(days=1))
    answer = funnel("Opened")
    assert answer.value.reached.tolist() == [2]
    assert answer.coverage.left_out is None, "one left out is below the floor"


def test_marketing_sees_only_who_has_opted_in_and_service_sees_all() -> None:
    load([event(person, "Opened", 0, purposes=63) for person in (1, 2, 3)])
    actions.record_consent(customer=2, purpose=Purpose.MARKETING, allowed=True, at=BEGIN)
    actions.record_consent(customer=3, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert reached("Opened", purpose=Purpose.MARKETING) == [1]
    assert reached("Opened", purpose=Purpose.SERVICE) == [3]
    with pytest.raises(InvalidError, match="rests on contract"):
        actions.record_consent(customer=1, purpose=Purpose.SERVICE, allowed=False, at=BEGIN)


def test_a_later_grant_does_not_open_events_collected_before() -> None:
    load([event(1, "Opened", 0)])
    actions.record_consent(customer=1, purpose=Purpose.MARKETING, allowed=True, at=BEGIN + timedelta(days=9))
    assert reached("Opened", purpose=Purpose.MARKETING) == [0]


def test_a_customer_with_a_hidden_step_is_left_out_rather_than_shown_without_it() -> None:
    load([event(1, "Opened", 0), event(1, "Asked", 1, purposes=0), event(1, "Paid", 2), event(2, "Opened", 0)])
    assert reached("Opened", "Paid") == [1, 0]
    assert reached("Opened", "Paid", events=EventFilter(names=("Opened", "Paid"))) == [2, 1]


def test_a_merge_takes_the_stricter_of_two_words() -> None:
    load([event(1, "Opened", 0), event(2, "Opened", 1), event(3, "Opened", 2)])
    actions.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=True, at=BEGIN + timedelta(days=2))
    assert reached("Opened") == [2]
    link([(1, 2)])
    actions.refresh_timeline()
    assert reached("Opened") == [1]


def test_a_viewer_of_some_units_sees_their_events_only() -> None:
    load([event(1, "Opened", 0, unit="north"), event(2, "Opened", 0, unit="south"), event(3, "Opened", 0)])
    north = Viewer(name="person:1", role=Role.VIEWER, units=frozenset({"north"}))
    assert reached("Opened", viewer=north) == [1]
    assert queries.freshness(viewer=north).customers == 1
    manager = Viewer(name="person:2", role=Role.AGENT_MANAGER, units=frozenset({"north"}))
    assert [term.name for term in queries.vocabulary(viewer=manager).dimensions["unit"]] == ["north"]
    assert queries.vocabulary(viewer=north).dimensions["unit"] == ()  # of fewer customers than the k floor


def test_the_same_question_is_answered_from_the_cache_until_something_changes() -> None:
    load([event(1, "Opened", 0), event(2, "Opened", 0)])
    assert [funnel("Opened").coverage.cached for _ in range(2)] == [False, True]
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    answer = funnel("Opened")
    assert not answer.coverage.cached
    assert answer.value.reached.tolist() == [1]


def test_the_vocabulary_counts_names_and_values() -> None:
    load([event(1, "Opened", 0, channel="web"), event(1, "Opened", 1, channel="web"), event(2, "Paid", 1)])
    vocabulary = queries.vocabulary(viewer=SYSTEM)
    assert [(term.name, term.events, term.customers) for term in vocabulary.names] == [("Opened", 2, 1), ("Paid", 1, 1)]
    assert [(term.name, term.events) for term in vocabulary.dimensions["channel"]] == [("web", 2)]


def test_recent_data_end_where_the_data_end() -> None:
    load([event(1, "Opened", 0)])
    period = queries.recent_period(now=BEGIN + timedelta(days=400), viewer=SYSTEM)
    assert period.until == BEGIN + timedelta(microseconds=1)
    assert queries.recent_period(now=BEGIN + timedelta(hours=1), viewer=SYSTEM).until == BEGIN + timedelta(hours=1)


def test_an_empty_stream_answers_with_nothing() -> None:
    assert reached("Opened") == [0]
    actions.refresh_timeline()
    assert reached("Opened", events=EventFilter(dimensions={"channel": ("web",)})) == [0]
    assert queries.freshness(viewer=SYSTEM).customers == 0
    assert queries.vocabulary(viewer=SYSTEM).names == ()


def test_refusing_the_category_analytics_refuses_what_it_stands_for() -> None:
    refused = queries.purposes_at_collection({"categoryPreferences": {"analytics": False}})
    assert refused & (BITS[Purpose.ANALYTICS] | BITS[Purpose.IMPROVEMENT] | BITS[Purpose.RESEARCH]) == 0


def test_a_viewer_of_a_region_sees_a_branch_while_it_belonged_there() -> None:
    moved = BEGIN.date() + timedelta(days=1)
    organisation.save_units(
        [
            Unit(code="north", name="North", kind="region", parent=None),
            Unit(code="south", name="South", kind="region", parent=None),
            Unit(code="b1", name="B1", kind="branch", parent="south", until=moved),
            Unit(code="b1", name="B1", kind="branch", parent="north", since=moved),
            Unit(code="b2", name="B2", kind="branch", parent="north"),
        ],
        by=SYSTEM.name,
    )
    a_day = 24 * 60
    load([
        event(1, "Opened", 0, unit="b1"), event(2, "Opened", a_day, unit="b1"), event(3, "Opened", 0, unit="b2"),
        event(4, "Opened", a_day), event(5, "Opened", 2 * a_day, unit="north"), event(6, "Opened", 1, unit="south"),
    ])  # fmt: skip
    seen = {"north": {2, 3, 5}, "south": {1, 6}, "b1": {1, 2}}
    for unit, customers in seen.items():
        viewer = Viewer(name="person:1", role=Role.AGENT, units=frozenset({unit}))
        kept = EventFilter(dimensions={"unit": (unit,)})
        for who, events in ((viewer, EventFilter()), (SYSTEM, kept), (viewer, kept)):
            assert reached("Opened", period=Period(), viewer=who, events=events) == [len(customers)]
            listed = queries.events(events=events, viewer=who)
            assert {row.customer for row in listed.rows} == customers
            counted = queries.measure(measure=Measure(event="Opened"), period=Period(), events=events, viewer=who)
            assert counted.value[0].events == len(customers)
        found = queries.reachable(np.arange(1, 7), purpose=Purpose.SERVICE, viewer=viewer)
        assert set(np.arange(1, 7)[found].tolist()) == customers
    told = queries.vocabulary(viewer=SYSTEM).units
    assert [(term.name, term.events, term.customers) for term in told] == [("north", 3, 3), ("south", 2, 2)]
    everywhere = EventFilter(dimensions={"unit": ("south", "")})
    assert reached("Opened", period=Period(), events=everywhere) == [3]


def test_a_viewer_of_no_unit_sees_nothing() -> None:
    load([event(1, "Opened", 0, unit="north"), event(2, "Opened", 0)])
    nobody = Viewer(name="person:1", role=Role.VIEWER, units=frozenset())
    assert reached("Opened", viewer=nobody) == [0]
    assert queries.events(viewer=nobody).rows == ()
