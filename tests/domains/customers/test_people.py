"""Lists of customers and the traits that are computed from their events."""

from __future__ import annotations

import dataclasses
import io
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from domains.customers.people import AGENT, known
from domains.privacy.bank import BEGIN, commit, erase, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Condition, CustomerState, How, PeopleAsked, TraitRule
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.kit import sealing
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = BEGIN + timedelta(days=10)
MARKETER = Viewer(name="person:3", role=Role.MARKETER)


@pytest.fixture(autouse=True)
def floor(settings: Any, place: Path) -> None:
    """Tell of two and more; have the key before there is anything that it could have sealed."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=2, time_zone="UTC")
    sealing.sealer(settings.SOJOURN)


def rule(slug: str, how: How, **more: Any) -> TraitRule:
    return actions.save_trait(rule=TraitRule(slug=slug, name=slug, how=how, **more), viewer=SYSTEM)


def happened() -> None:
    """Three customers; 1 and 9 are one."""
    load(
        [
            event(1, "Paid", 0, channel="web", value="10.50", currency="EUR"),
            event(1, "Paid", 5, channel="app", value="2", currency="EUR"),
            event(9, "Opened", 9, channel="app", unit="north"),
            event(2, "Paid", 3, channel="app", value="7", currency="USD"),
            event(2, "Opened", 60 * 24 * 8, channel="web", unit="south"),
            event(3, "Opened", 1),
        ]
    )
    link([(1, 9)])
    privacy.refresh_timeline()


def values(slug: str, **asked: Any) -> dict[int, object]:
    page = actions.people(asked=PeopleAsked(traits=(slug,), **asked), viewer=SYSTEM, now=NOW)
    return {row.customer: row.traits[slug] for row in page.rows if slug in row.traits}


def listed(now: datetime = NOW, **asked: Any) -> list[int]:
    return [row.customer for row in actions.people(asked=PeopleAsked(**asked), viewer=SYSTEM, now=now).rows]


def test_each_kind_of_trait_is_computed() -> None:
    happened()
    expected: dict[str, tuple[TraitRule, dict[int, object]]] = {
        "count": (rule("a", How.COUNT, events=("Paid",)), {1: 2, 2: 1}),
        "sum": (rule("b", How.SUM, currency="EUR"), {1: Decimal("12.5")}),
        "first": (rule("c", How.FIRST, of="event"), {1: "Paid", 2: "Paid", 3: "Opened"}),
        "last": (rule("d", How.LAST, of="channel"), {1: "app", 2: "web"}),
        "frequent": (rule("e", How.MOST_FREQUENT, of="channel"), {1: "app", 2: "app"}),
        "how many": (rule("f", How.UNIQUE_COUNT, of="channel"), {1: 2, 2: 2}),
        "which": (rule("g", How.UNIQUE, of="event"), {1: ("Opened", "Paid"), 2: ("Opened", "Paid"), 3: ("Opened",)}),
        "since": (rule("h", How.FIRST, where={"channel": ("web",)}), {1: BEGIN, 2: BEGIN + timedelta(days=8)}),
        "window": (rule("i", How.COUNT, window_days=5), {2: 1}),
    }
    for what, (each, found) in expected.items():
        assert values(each.slug) == found, what
    known_of = {each.slug: value for each, value in queries.computed(customer=9, viewer=AGENT, now=NOW)}
    assert known_of["b"] == Decimal("12.5")


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_of_an_erased_customer_nothing_is_computed() -> None:
    happened()
    rule("n", How.COUNT)
    erase(1)
    assert values("n") == {2: 2, 3: 1}


def test_traits_follow_late_events_merges_and_withdrawals() -> None:
    happened()
    rule("n", How.COUNT)
    assert values("n") == {1: 3, 2: 2, 3: 1}
    commit([event(3, "Late", -500)], number=2)
    privacy.refresh_timeline()
    assert values("n") == {1: 3, 2: 2, 3: 2}
    link([(1, 3)])
    privacy.refresh_timeline()
    assert values("n") == {1: 5, 2: 2}
    privacy.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert values("n") == {}, "one customer is below the minimum"
    assert queries.computed(customer=2, viewer=AGENT, now=NOW)[0][1] == 2, "service does not ask for it"
    privacy.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=True, at=NOW)


def test_lists_are_filtered_and_sorted_by_what_was_computed() -> None:
    happened()
    rule("n", How.COUNT)
    rule("fav", How.MOST_FREQUENT, of="channel")
    rule("paid", How.SUM, currency="EUR")
    assert listed() == [2, 1, 3]
    assert listed(sort="n") == [1, 2, 3]
    assert listed(sort="n", ascending=True) == [3, 2, 1]
    assert listed(sort="paid", ascending=True) == [1, 2, 3], "who has none stands last"
    assert listed(conditions=(Condition(trait="n", at_least=Decimal(2)),)) == [2, 1]
    assert listed(conditions=(Condition(trait="fav", equals="app"),)) == [2, 1]
    assert listed(conditions=(Condition(trait="paid", at_least=Decimal("12.51")),)) == []
    assert listed(events=EventFilter(dimensions={"unit": ("north", "south")})) == [2, 1]


def test_states_keep_customers_prospects_and_visitors_apart() -> None:
    number, old_device, lead, visitor, other = (
        known("K-1"),
        known(device="a"),
        known(device="b", email="l@b.de"),
        known(device="c"),
        known("K-2"),
    )
    link([(number, old_device)])
    load([event(each, "Opened", place) for place, each in enumerate((old_device, lead, visitor, other))])
    assert listed(state=CustomerState.CUSTOMER) == [other, number]
    page = actions.people(asked=PeopleAsked(state=CustomerState.PROSPECT), viewer=SYSTEM, now=NOW)
    assert (page.total, page.rows, page.too_few) == (1, (), True)


def test_pages_go_on_and_the_look_is_audited() -> None:
    load([event(each, "Opened", each) for each in range(1, 6)])
    page = actions.people(asked=PeopleAsked(), viewer=MARKETER, limit=2, now=NOW)
    assert ([row.customer for row in page.rows], page.total, page.next_offset) == ([5, 4], 5, 2)
    last = actions.people(asked=PeopleAsked(), viewer=MARKETER, limit=2, offset=4, now=NOW)
    assert ([row.customer for row in last.rows], last.next_offset) == ([1], None)
    assert AuditRow.objects.filter(what="customers.list", who="person:3").count() == 2


def test_a_viewer_of_a_unit_lists_its_customers_only() -> None:
    happened()
    load([event(4, "Opened", 2, unit="north")], number=3)
    north = Viewer(name="person:5", role=Role.ANALYST, units=frozenset({"north"}))
    page = actions.people(asked=PeopleAsked(), viewer=north, now=NOW)
    assert {row.customer: row.events for row in page.rows} == {1: 1, 4: 1}


def test_a_list_leaves_as_csv_and_parquet_for_who_may_export() -> None:
    happened()
    rule("fav", How.MOST_FREQUENT, of="channel")
    asked = PeopleAsked(traits=("fav",))
    lines = b"".join(actions.export_people(asked=asked, viewer=MARKETER, now=NOW).pieces).decode().splitlines()
    assert lines[0] == "customer,events,first_at,last_at,fav"
    assert [line.split(",")[0] for line in lines[1:]] == ["2", "1", "3"]
    made = actions.export_people(asked=asked, viewer=MARKETER, file_format=actions.ListFormat.PARQUET, now=NOW)
    table = pq.read_table(io.BytesIO(b"".join(made.pieces)))
    assert table.column("fav").to_pylist() == ["app", "app", ""]
    assert AuditRow.objects.filter(what="customers.export").count() == 2
    analyst = Viewer(name="person:6", role=Role.ANALYST)
    with pytest.raises(ForbiddenError):
        actions.export_people(asked=asked, viewer=analyst)
    few = PeopleAsked(events=EventFilter(dimensions={"unit": ("north",)}))
    with pytest.raises(InvalidError, match="Fewer than"):
        actions.export_people(asked=few, viewer=MARKETER)


@pytest.mark.parametrize(
    ("field", "how", "more"),
    [
        ("slug", How.COUNT, {"slug": "Last At"}),
        ("slug", How.COUNT, {"slug": "events"}),
        ("name", How.COUNT, {"name": " "}),
        ("of", How.UNIQUE, {}),
        ("of", How.COUNT, {"of": "channel"}),
        ("currency", How.SUM, {}),
        ("currency", How.SUM, {"currency": "euro"}),
        ("window_days", How.COUNT, {"window_days": 0}),
    ],
)
def test_a_trait_that_cannot_be_computed_is_refused(field: str, how: How, more: dict[str, Any]) -> None:
    said = {"slug": "x", "name": "x", "how": how, **more}
    with pytest.raises(InvalidError, match=f"^{field}: "):
        actions.save_trait(rule=TraitRule(**said), viewer=SYSTEM)


def test_traits_are_saved_and_deleted_by_who_writes_the_plan() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_trait(rule=TraitRule(slug="x", name="x", how=How.COUNT), viewer=MARKETER)
    rule("x", How.COUNT)
    actions.delete_trait(slug="x", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.delete_trait(slug="x", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        listed(sort="x")
