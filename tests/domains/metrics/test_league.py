"""League tables: units of a level with intervals and ranks, rolled up by the dates of the tree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domains.journeys.test_named import SHORT, applied
from domains.metrics.test_figures import DAY_MIN, MONTH, answers
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.metrics import queries
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")
MOVED = BEGIN.date() + timedelta(days=10)


@pytest.fixture(autouse=True)
def tree() -> None:
    """Have two regions, one branch each, and a branch that moves from South to North."""
    organisation.save_units(
        [
            *(Unit(code=code, name=code.capitalize(), kind="region", parent=None) for code in ("north", "south")),
            Unit(code="n1", name="N1", kind="branch", parent="north"),
            Unit(code="s1", name="S1", kind="branch", parent="south"),
            Unit(code="m", name="M", kind="branch", parent="south", until=MOVED),
            Unit(code="m", name="M", kind="branch", parent="north", since=MOVED),
        ],
        by=SYSTEM.name,
    )


def test_regions_are_ranked_with_what_lay_below_them_then() -> None:
    late = 15 * DAY_MIN
    load([
        *answers([10] * 60, unit="n1"), *answers([1] * 60, 101, unit="s1"),
        *answers([1] * 10, 201, unit="m"), *answers([10] * 10, 301, unit="m", minute=late),
        *answers([9] * 5, 401),
    ])  # fmt: skip
    found = queries.league(kpi="nps", level="region", period=MONTH, viewer=SYSTEM)
    said = [(row.unit, row.figure.value, row.figure.n, row.first, row.last) for row in found.rows]
    assert said == [("north", 100, 70, 1, 1), ("south", -100, 70, 2, 2)]
    assert queries.levels() == ("region", "branch")


def test_units_that_cannot_be_told_apart_share_their_ranks_and_few_have_none() -> None:
    load([
        *answers([10] * 50 + [1] * 20, unit="n1"), *answers([10] * 48 + [1] * 22, 101, unit="s1"),
        *answers([10] * 3, 201, unit="m"),
    ])  # fmt: skip
    found = queries.league(kpi="nps", level="branch", period=MONTH, viewer=SYSTEM)
    assert [(row.unit, row.first, row.last) for row in found.rows] == [("n1", 1, 2), ("s1", 1, 2), ("m", None, None)]
    assert "too few" in found.rows[-1].figure.note and found.ranked == 2
    north = Viewer(name="person:1", role=Role.AGENT_MANAGER, units=frozenset({"north"}))
    mine = queries.league(kpi="nps", level="branch", period=MONTH, viewer=north)
    assert {row.unit: row.figure.n for row in mine.rows} == {"n1": 70, "m": 0}  # what m had was the South's


def test_the_kpi_whose_answers_name_units_is_looked_at_first() -> None:
    load([*answers([10] * 9, unit=None), *answers([5] * 3, 101, unit="n1", kind="csat", scale="1-5")])
    assert queries.most_told(period=MONTH, viewer=SYSTEM) == "csat"


def test_journeys_belong_to_the_unit_of_their_start_while_it_was_there() -> None:
    journeys.save(journey=SHORT, viewer=SYSTEM)
    load([
        *(each for person in range(1, 41) for each in applied(person, 0, "Card Activated", unit="m")),
        *(each for person in range(101, 141) for each in applied(person, 12, "Card Activated", unit="m")),
        event(999, "Other", 60 * DAY_MIN),
    ])  # fmt: skip
    period = Period(since=BEGIN, until=BEGIN + timedelta(days=30))
    found = queries.league(kpi="completion_rate", journey=SHORT.slug, level="region", period=period, viewer=SYSTEM)
    assert {row.unit: row.figure.n for row in found.rows} == {"north": 40, "south": 40}


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InvalidError, match="level: choose one of region, branch"):
        queries.league(kpi="nps", level="country", period=MONTH, viewer=SYSTEM)
    with pytest.raises(InvalidError, match="journey"):
        queries.league(kpi="completion_rate", level="region", period=MONTH, viewer=SYSTEM)
