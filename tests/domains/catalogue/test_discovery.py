"""What the loader sees is counted once a batch, bounded in names."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions, queries
from sojourn.domains.catalogue.contracts import BatchObservation, Breaches, SeenEvents, SeenProperties
from sojourn.kit.period import instant

pytestmark = pytest.mark.django_db


def event(name: str, source: str = "web", count: int = 1, first: int = 10, last: int = 20) -> SeenEvents:
    return SeenEvents(event=name, source=source, count=count, first_us=first, last_us=last)


def value(name: str, type_: str = "string", count: int = 1, of: str = "Paid") -> SeenProperties:
    return SeenProperties(event=of, name=name, type=type_, count=count, first_us=10, last_us=20)


def breach(rule: str, property_: str = "", count: int = 1, of: str = "Paid") -> Breaches:
    return Breaches(event=of, property=property_, rule=rule, count=count, first_us=10, last_us=20)


def test_counts_add_up_over_batches_and_sources() -> None:
    actions.note(BatchObservation(batch=1, received_us=5, events=(event("Paid", count=2),), properties=(value("x"),)))
    actions.note(
        BatchObservation(
            batch=2,
            received_us=6,
            events=(event("Paid", "app", 3, 1, 15), event("Left")),
            properties=(value("x", count=4), value("x", "integer")),
        )
    )
    paid, left = queries.discovered()
    assert (paid.name, paid.count, paid.sources) == ("Paid", 5, ("app", "web"))
    assert (paid.first_at, paid.last_at) == (instant(1), instant(20))
    assert paid.properties[0].types == {"string": 5, "integer": 1}
    assert (left.name, left.count, left.is_declared) == ("Left", 1, False)


def test_a_batch_noted_twice_counts_once() -> None:
    observation = BatchObservation(
        batch=7, received_us=5, events=(event("Paid"),), breaches=(breach("wrong_type", "x"),)
    )
    assert actions.note(observation) is True
    assert actions.note(observation) is False
    assert actions.note(dataclasses.replace(observation, batch=6)) is True
    assert queries.discovered()[0].count == 2


def test_a_batch_older_than_memory_counts_no_more() -> None:
    observation = BatchObservation(batch=500_000, received_us=5, events=(event("Paid"),))
    assert actions.note(observation) is True
    assert actions.note(dataclasses.replace(observation, batch=1)) is False


def test_names_beyond_the_bound_are_counted_as_other(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, discovered_events_max=2, discovered_properties_max=2)
    actions.note(
        BatchObservation(
            batch=1,
            received_us=5,
            events=tuple(event(name) for name in ("A", "B", "C", "D", "A" * 300)),
            properties=tuple(value(name, of="A") for name in "wxyz"),
            breaches=(breach("undeclared_event", of="C"), breach("undeclared_property", "z", of="A")),
        )
    )
    found = {each.name: each for each in queries.discovered()}
    assert {name: row.count for name, row in found.items()} == {"A": 1, "B": 1, "(other)": 3}
    assert {each.name: sum(each.types.values()) for each in found["A"].properties} == {"w": 1, "x": 1, "(other)": 2}
    assert {(each.event, each.property) for each in queries.violations()} == {("(other)", None), ("A", "(other)")}


def test_violations_are_counted_by_event_property_and_rule() -> None:
    actions.save_plan(text="events: {Paid: {properties: {x: integer, y: {required: true}}}}", viewer=SYSTEM)
    for batch in (1, 2):
        actions.note(
            BatchObservation(
                batch=batch,
                received_us=5,
                events=(event("Paid", count=9),),
                properties=(value("x", count=9),),
                breaches=(breach("wrong_type", "x", 9), breach("missing_property", "y", 2)),
            )
        )
    assert [(each.property, each.rule, each.count) for each in queries.violations()] == [
        ("x", "wrong_type", 18),
        ("y", "missing_property", 4),
    ]
    row = queries.discovered()[0]
    assert row.is_declared and row.violations == 22
    assert [(each.name, each.declared_type) for each in row.properties] == [("x", "integer"), ("y", "any")]
    actions.forget_violations(viewer=SYSTEM)
    assert queries.violations() == ()


def test_a_declared_event_that_was_never_seen_is_listed() -> None:
    actions.save_plan(text="events: {Paid: {}}", viewer=SYSTEM)
    row = queries.discovered()[0]
    assert (row.name, row.count, row.is_declared, row.last_at) == ("Paid", 0, True, None)
