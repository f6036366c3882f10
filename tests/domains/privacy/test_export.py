"""What leaves as a file is what a journey question sees: no more, no less, under no other names."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from domains.privacy.bank import BEGIN, commit, event, link, load
from domains.privacy.test_leaks import CUSTOMERS, NORTH, PERIOD, SECRET, build, world
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import EventFilter, ExportFormat, Purpose
from sojourn.engine.kernels.steps import StepsFold
from sojourn.kit.errors import ForbiddenError, InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
EVER = (-(1 << 62), 1 << 62)
ANALYST_NORTH = Viewer(name="person:2", role=Role.ANALYST, units=NORTH.units)
QUESTIONS = (
    (Period(), EventFilter()),
    (PERIOD, EventFilter(names=("Opened", "Paid"))),
    (Period(), EventFilter(dimensions={"channel": ("web",)})),
    (PERIOD, EventFilter(having=("Paid",))),
    (Period(), EventFilter(dimensions={"channel": ("web", "")}, having=("Paid", "Asked"))),
)


def exported(period: Period, events: EventFilter, viewer: Viewer = SYSTEM, **how: Any) -> list[dict[str, str]]:
    done = actions.export(wanted=ExportFormat.CSV, period=period, events=events, viewer=viewer, **how)
    rows = list(csv.DictReader(io.StringIO(b"".join(done.pieces).decode())))
    assert (done.customers, done.events) == (len({row["user_id"] for row in rows}), len(rows))
    return rows


@hypothesis_settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(customers=CUSTOMERS)
def test_an_export_is_what_a_question_sees(
    customers: list[Any], tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    for viewer in (SYSTEM, ANALYST_NORTH):
        found = []
        for with_hidden in (False, True):
            with world(tmp_path_factory.mktemp("bank"), settings):
                build(customers, viewer, with_hidden=with_hidden)
                found.append([exported(*question, viewer) for question in QUESTIONS])
                for question, rows in zip(QUESTIONS, found[-1], strict=True):
                    seen = queries.ask(
                        fold_for=lambda _: StepsFold(since_us=EVER[0], until_us=EVER[1]),
                        period=question[0],
                        events=question[1],
                        viewer=viewer,
                    ).coverage
                    assert (seen.customers, seen.events) == (len({row["user_id"] for row in rows}), len(rows))
        assert found[0] == found[1]
        assert SECRET not in str(found)


def test_events_come_by_customer_and_in_order_of_time() -> None:
    link([(1, 2)])
    load([event(1, "C", 30), event(3, "B", 10), event(2, "A", 5, ordinal=7)])
    rows = exported(Period(), EventFilter())
    assert [(row["event"], row["timestamp"]) for row in rows if row["user_id"] == rows[0]["user_id"]] == [
        ("A", "2026-01-01T00:05:00.000000Z"),
        ("C", "2026-01-01T00:30:00.000000Z"),
    ]
    assert len({row["user_id"] for row in rows}) == 2


def test_calls_that_say_who_somebody_is_leave_only_when_asked_for() -> None:
    load([event(1, "Identified", 1), event(1, "Paid", 2, value="12.5", currency="EUR", properties='{"a": [1]}')])
    (row,) = exported(Period(), EventFilter())
    assert (row["event"], row["value"], row["currency"], json.loads(row["properties"])) == (
        "Paid",
        "12.5000",
        "EUR",
        {"a": [1]},
    )
    assert len(exported(Period(), EventFilter(), identity_steps=True)) == 2


def test_an_objection_acts_on_the_next_export() -> None:
    load([event(1, "Paid", 1), event(2, "Paid", 2)])
    actions.record_consent(customer=1, purpose=Purpose.RESEARCH, allowed=False, at=BEGIN)
    assert {row["user_id"] for row in exported(Period(), EventFilter(), purpose=Purpose.RESEARCH)} == {"2"}
    assert len(exported(Period(), EventFilter())) == 2
    assert exported(Period(), EventFilter(), purpose=Purpose.MARKETING) == []


def test_every_export_stands_in_the_audit_log() -> None:
    load([event(1, "Paid", 1)])
    period = Period(since=BEGIN, until=BEGIN + timedelta(days=1))
    exported(period, EventFilter(), purpose=Purpose.RESEARCH)
    entry = access.audit_log(viewer=SYSTEM)[0]
    assert (entry.who, entry.what, entry.object) == ("system", "events.export", "events:csv")
    assert entry.detail == {
        "purpose": "research",
        "customers": "1",
        "events": "1",
        "since": "2026-01-01T00:00:00+00:00",
        "until": "2026-01-02T00:00:00+00:00",
    }


def test_a_viewer_may_not_export() -> None:
    with pytest.raises(ForbiddenError):
        actions.export(wanted=ExportFormat.CSV, period=Period(), viewer=NORTH)
    assert access.audit_log(viewer=SYSTEM) == ()


def test_a_pattern_chooses_the_customers_that_leave() -> None:
    load([event(1, "Opened", 1), event(1, "Paid", 2), event(2, "Paid", 1), event(2, "Opened", 2)])
    rows = exported(Period(), EventFilter(having_pattern="Opened -> Paid", names=("Paid",)))
    assert [(row["user_id"], row["event"]) for row in rows] == [("1", "Paid")]


def test_a_pattern_that_cannot_be_read_is_refused_before_anything_leaves() -> None:
    load([event(1, "Paid", 1)])
    with pytest.raises(InvalidError):
        actions.export(wanted=ExportFormat.XES, period=Period(), events=EventFilter(having_pattern="("), viewer=SYSTEM)


def test_objects_of_an_object_centric_log_are_written_once() -> None:
    commit([event(1, "A", 1), event(1, "B", 2), event(2, "C", 3)], number=1)
    done = actions.export(wanted=ExportFormat.OCEL, period=Period(), viewer=SYSTEM)
    log = json.loads(b"".join(done.pieces))
    assert [each["id"] for each in log["objects"]] == ["customer:1", "customer:2"]
    assert [each["relationships"][0]["objectId"] for each in log["events"]] == [
        "customer:1",
        "customer:1",
        "customer:2",
    ]
    assert {each["name"] for each in log["eventTypes"]} == {"A", "B", "C"}
