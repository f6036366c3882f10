"""A unit lies below another while the tree says so: equal, day by day, to looking at the tree of that day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.domains.organisation import rules
from sojourn.domains.organisation.contracts import Unit

FIRST = date(2026, 1, 1)
CODES = ("a", "b", "c", "d", "e")


@st.composite
def trees(draw: st.DrawFn) -> list[Unit]:
    """Draw a place for each unit and span of days, below units that come before it in the alphabet."""
    rows = []
    for code in CODES:
        bounds = sorted({0, *draw(st.lists(st.integers(1, 9), max_size=2)), 10})
        for since, until in pairwise(bounds):
            parent = draw(st.sampled_from([None, *(each for each in CODES if each < code)]))
            rows.append(Unit(code=code, name=code, kind="x", parent=parent, since=day(since), until=day(until)))
    return rows


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@given(trees(), st.sets(st.sampled_from(CODES)))
@hypothesis_settings(deadline=None, max_examples=100)
def test_stretches_say_what_the_tree_of_each_day_says(units: list[Unit], codes: set[str]) -> None:
    found = rules.stretches(units, codes)
    for number in range(10):
        on = day(number)
        there = [unit for unit in units if rules.is_valid(unit, on)]
        said = {
            code
            for each in found
            for code in each.codes
            if (each.since is None or each.since <= on) and (each.until is None or on < each.until)
        }
        assert said == rules.below(there, codes)


def test_units_that_change_places_do_not_go_round_for_ever() -> None:
    units = [
        Unit(code="a", name="a", kind="x", parent="b", until=day(1)),
        Unit(code="a", name="a", kind="x", parent=None, since=day(1)),
        Unit(code="b", name="b", kind="x", parent=None, until=day(1)),
        Unit(code="b", name="b", kind="x", parent="a", since=day(1)),
    ]
    rules.check(units)
    found = {(tuple(sorted(each.codes)), each.since, each.until) for each in rules.stretches(units, ["a"])}
    assert found == {(("a",), None, None), (("b",), day(1), None)}
