"""A process model of real events at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import ProcessModel, Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAY = Period(since=BEGIN, until=BEGIN + timedelta(days=1))


def process(covers: float = 1.0, **fields: Any) -> ProcessModel:
    question = Question(**{"period": DAY, "events": EventFilter(), **fields})
    return queries.process(question=question, viewer=SYSTEM, covers=covers)


@pytest.fixture
def shop() -> None:
    ways = [("Opened", "Asked", "Paid")] * 40 + [("Opened", "Paid")] * 10 + [("Opened", "Left")] * 2
    load([event(100 + person, name, 10 * at) for person, way in enumerate(ways) for at, name in enumerate(way)])


@pytest.mark.usefixtures("shop")
def test_a_model_replays_the_ways_that_carry_the_share_asked_for() -> None:
    found = process(covers=0.9)
    assert found.tree == "->( 'Opened', X( tau, 'Asked' ), 'Paid' )"
    assert (found.ways, found.ways_in_all, found.customers) == (2, 3, 50)
    assert found.covers.value == pytest.approx(50 / 52)
    assert [node.name for node in found.diagram.nodes if node.name] == ["Opened", "Asked", "Paid"]
    assert 'name="Asked"' in found.bpmn
    assert found.coverage.customers == 52


@pytest.mark.usefixtures("shop")
def test_all_ways_make_a_wider_model_and_fewer_steps_a_smaller_one() -> None:
    assert "'Left'" in process().tree
    assert process(steps_shown=2).tree == "->( 'Opened', X( tau, 'Paid' ) )"


def test_without_events_there_is_nothing_to_do() -> None:
    load([event(100, "Opened", 0)])
    found = process(period=Period(until=BEGIN - timedelta(days=9)))
    assert (found.tree, found.ways, found.customers, found.covers.too_few) == ("tau", 0, 0, True)


@pytest.mark.parametrize("covers", [0.0, 1.1, -1.0])
def test_a_share_that_is_none_is_refused(covers: float) -> None:
    with pytest.raises(InvalidError, match="covers"):
        process(covers=covers)
