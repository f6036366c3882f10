"""Figures about named employees are for themselves and their managers, and of enough customers."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Grant, Right, Role, Viewer
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import EventFilter, Measure
from sojourn.domains.privacy.door import employees
from sojourn.kit.errors import ForbiddenError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
BY_AGENT = Measure(event="Opened", group=("agent",))


def test_who_may_not_see_employees_is_refused_what_tells_them_apart() -> None:
    load([event(1, "Opened", 0, unit="north")])
    analyst = Viewer(name="person:1", role=Role.ANALYST)
    with pytest.raises(ForbiddenError, match="employees"):
        queries.measure(measure=BY_AGENT, period=Period(), viewer=analyst)
    with pytest.raises(ForbiddenError, match="employees"):
        queries.events(events=EventFilter(dimensions={"agent": ("1",)}), viewer=analyst)
    with pytest.raises(ForbiddenError, match="employees"):
        queries.measure(measure=Measure(event="Opened", where={"agent": ("1",)}), period=Period(), viewer=analyst)


def test_a_figure_about_an_employee_needs_enough_customers(settings: Any) -> None:
    load([event(person, "Opened", 0, unit="north") for person in (1, 2, 3)])
    manager = Viewer(name="person:1", role=Role.AGENT_MANAGER, units=frozenset({"north"}))
    for floor, rows in ((4, 0), (3, 1)):
        settings.SOJOURN = dataclasses.replace(settings.SOJOURN, employee_floor=floor)
        with queries.reading(event="Opened", fields=("agent",), viewer=manager) as read:
            assert len(read.sums(BY_AGENT, Period())) == rows


def test_employees_are_shown_where_the_right_counts() -> None:
    figures = Grant(rights=frozenset({Right.FIGURES_READ}))
    north = Grant(rights=frozenset({Right.EMPLOYEES_READ}), units=frozenset({"north"}))
    viewer = Viewer(name="person:1", grants=(figures, north))
    assert employees.are_shown(SYSTEM)
    assert not employees.are_shown(viewer.within(Right.FIGURES_READ))
    assert employees.are_shown(viewer.within(Right.EMPLOYEES_READ))
    assert not employees.are_shown(Viewer(name="person:2", role=Role.VIEWER))
    assert not employees.are_shown(Viewer(name="person:2", role=Role.VIEWER, units=frozenset()))


ANA, BEN = 7, 8  # numbers of employees
AGENT_ANA = Viewer(name="person:1", role=Role.AGENT, employees=frozenset({ANA}))


def served(agent: int | None, persons: range, name: str = "Opened") -> list[dict[str, Any]]:
    return [event(person, name, 0, unit="north", agent=agent) for person in persons]


def told(viewer: Viewer, measure: Measure = BY_AGENT) -> dict[str | None, int]:
    """Give the customers by employee, as a viewer is told them."""
    rows = queries.measure(measure=measure, period=Period(), viewer=viewer).value
    return {row.key[0]: row.customers for row in rows}


def test_an_employee_sees_their_own_figure_and_no_colleagues(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, employee_floor=3)
    load(served(ANA, range(1, 4)) + served(BEN, range(11, 15)) + served(None, range(21, 26)))
    manager = Viewer(name="person:2", role=Role.AGENT_MANAGER)
    assert told(manager) == {None: 5, str(ANA): 3, str(BEN): 4}
    assert told(AGENT_ANA) == {str(ANA): 3}
    with pytest.raises(ForbiddenError, match="employees"):  # though the answers above are remembered
        told(Viewer(name="person:3", role=Role.AGENT))


def test_an_employee_does_not_see_their_own_figure_of_few_customers(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, employee_floor=4)
    load(served(ANA, range(1, 4)) + served(BEN, range(11, 15)))
    assert told(AGENT_ANA) == {}


def test_an_employee_cannot_ask_about_a_colleague_in_another_way() -> None:
    load(served(ANA, range(1, 4)) + served(BEN, range(11, 15)))
    asked = Measure(event="Opened", where={"agent": (str(BEN),)})
    of_agents = EventFilter(dimensions={"agent": (str(BEN),)})
    for question in ({"measure": asked}, {"measure": Measure(event="Opened"), "events": of_agents}):
        with pytest.raises(ForbiddenError, match="employees"):
            queries.measure(**question, period=Period(), viewer=AGENT_ANA)
    with pytest.raises(ForbiddenError, match="employees"):
        queries.events(events=of_agents, viewer=AGENT_ANA)
    with queries.reading(event="Opened", fields=("agent",), viewer=AGENT_ANA) as read:
        for measure in (asked, Measure(event="Opened", last_per_customer=("agent",))):
            with pytest.raises(ForbiddenError, match="employees"):
                read.sums(measure, Period())


def test_a_filter_by_employee_needs_enough_customers_too(settings: Any) -> None:
    load(served(ANA, range(1, 4)))
    asked = Measure(event="Opened", where={"agent": (str(ANA),)})
    for floor, rows in ((4, 0), (3, 1)):
        settings.SOJOURN = dataclasses.replace(settings.SOJOURN, employee_floor=floor)
        with queries.reading(event="Opened", fields=("agent",), viewer=SYSTEM) as read:
            assert len(read.sums(asked, Period())) == rows


def test_the_values_of_one_figure_are_counted_together(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, employee_floor=3)
    load([event(person, "Opened", 0, unit="north", product=f"p{person}", agent=ANA) for person in (1, 2, 3)])
    apart = Measure(event="Opened", group=("agent", "product"))
    assert told(AGENT_ANA, apart) == {}
    assert told(AGENT_ANA, dataclasses.replace(apart, spread=("product",))) == {str(ANA): 1}
