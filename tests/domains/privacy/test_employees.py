"""Figures about named employees are for their managers, and of enough customers."""

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
