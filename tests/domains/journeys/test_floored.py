"""Who may not see single customers is shown no figure of few, and none that tells one by subtraction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import (
    Cohort,
    JourneyGraph,
    Path,
    PathNode,
    PathTree,
    Question,
    RetentionAsked,
    RetentionCell,
    RetentionColumn,
    RetentionTable,
    Step,
)
from sojourn.domains.journeys.contracts import PathNodeKind as Kind
from sojourn.domains.journeys.queries.floored import graph_above, is_few, retention_above, tree_above
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.engine.answers.paths import PathsAsked
from sojourn.engine.answers.words import NO_SHARE, share
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import ForbiddenError
from sojourn.kit.period import Period

K = 5
LOOKS = Viewer(name="person:1", role=Role.VIEWER)
COVERAGE = Coverage(
    purpose=Purpose.ANALYTICS,
    customers=99,
    events=99,
    left_out=0,
    out_of_scope=0,
    period=Period(),
    batch=1,
    fresh_at=None,
    took_ms=0.0,
)
COUNT = st.integers(0, 14)


def graph_of(flows: dict[tuple[str, str], int]) -> JourneyGraph:
    """Make a graph of flows; the empty name is outside: starts come from it, ends lead to it."""
    names = sorted({name for flow in flows for name in flow} - {""})
    steps = tuple(
        Step(
            name=name,
            customers=max((n for flow, n in flows.items() if name in flow), default=0),
            times=sum(n for flow, n in flows.items() if flow[1] == name),
            repeaters=0,
            starts=flows.get(("", name), 0),
            ends=flows.get((name, ""), 0),
        )
        for name in names
    )
    paths = tuple(
        Path(source=a, target=b, customers=n, times=n, share=NO_SHARE, mean_s=1.0, median_s=1.0, p90_s=1.0)
        for (a, b), n in flows.items()
        if a and b and n
    )
    return JourneyGraph(
        steps=steps,
        paths=paths,
        steps_in_all=len(steps),
        paths_in_all=len(paths),
        covers=1.0,
        events_covered=1.0,
        coverage=COVERAGE,
    )


FLOWS = st.dictionaries(st.tuples(st.sampled_from(["", "A", "B", "C"]), st.sampled_from(["", "A", "B", "C"])), COUNT)


@given(flows=FLOWS, thinned=st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_no_flow_of_few_is_told_by_what_goes_into_a_step_and_out_of_it(
    flows: dict[tuple[str, str], int], thinned: int
) -> None:
    flows.pop(("", ""), None)
    graph = graph_of(flows)
    seen = graph_above(replace(graph, paths=graph.paths[thinned:]), graph.paths, K)
    told = {(each.source, each.target) for each in seen.paths}
    told |= {("", each.name) for each in seen.steps if each.starts is not None}
    told |= {(each.name, "") for each in seen.steps if each.ends is not None}
    assert not any(is_few(flows.get(flow, 0), K) for flow in told)
    assert not any(is_few(each.customers, K) for each in seen.steps)
    for side in (0, 1):
        for name in {flow[side] for flow in flows}:
            here = {flow: n for flow, n in flows.items() if flow[side] == name and n}
            hidden = sum(n for flow, n in here.items() if flow not in told)
            assert not is_few(hidden, K) or here.keys().isdisjoint(told), "only where there is nothing to subtract"


@given(branches=st.lists(st.lists(COUNT, max_size=4), max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_branch_of_few_is_told_by_the_step_before_it(branches: list[list[int]]) -> None:
    nodes = [node(None, 0, sum(map(sum, branches)))]
    for leaves in branches:
        nodes.append(node(0, 1, sum(leaves)))
        before = len(nodes) - 1
        nodes += [node(before, 2, n) for n in leaves]
    tree = PathTree(asked=PathsAsked(root="A"), nodes=tuple(nodes), steps_in_all=3, coverage=COVERAGE)
    seen = tree_above(tree, K)
    for place, each in enumerate(seen.nodes):
        assert not is_few(each.customers, K)
        below = [other.customers for other in seen.nodes if other.before == place]
        assert not below or not is_few(each.customers - sum(below), K)
    assert seen.withheld == 0 or len(seen.nodes) < len(nodes) or not seen.nodes[0].customers


def node(before: int | None, depth: int, customers: int) -> PathNode:
    return PathNode(
        before=before,
        depth=depth,
        kind=Kind.STEP,
        name="A",
        gathered=0,
        customers=customers,
        times=customers,
        share=NO_SHARE,
        share_before=NO_SHARE,
        median_s=1.0,
    )


def table_of(cohorts: list[tuple[int, list[int]]], *, or_after: bool) -> RetentionTable:
    """Make a retention table of cohorts' sizes and how many came back at each distance, all passed."""
    rows = tuple(
        Cohort(
            since=BEGIN + timedelta(days=place),
            until=BEGIN + timedelta(days=place + 1),
            customers=size,
            is_open=False,
            cells=tuple(RetentionCell(returned=n, share=share(n, size)) for n in back),
        )
        for place, (size, back) in enumerate(cohorts)
    )
    many = sum(size for size, _ in cohorts)
    columns = tuple(
        RetentionColumn(
            first=place,
            last=place,
            share=share(back, many),
            returned=back,
            customers=many,
            cohorts=len(cohorts),
        )
        for place, back in enumerate(map(sum, zip(*(back for _, back in cohorts), strict=True)))
    )
    return RetentionTable(
        unit=CalendarUnit.DAY,
        distance_unit=CalendarUnit.DAY,
        cohorts=rows,
        customers=many,
        recurring=False,
        or_after=or_after,
        zone="UTC",
        columns=columns,
        coverage=COVERAGE,
    )


@st.composite
def cohorts(draw: st.DrawFn) -> list[tuple[int, list[int]]]:
    sizes = draw(st.lists(st.integers(0, 30), min_size=1, max_size=5))
    return [(size, sorted((draw(st.integers(0, size)) for _ in range(3)), reverse=True)) for size in sizes]


@given(made=cohorts(), or_after=st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_cell_of_few_is_told_by_its_row_or_column(made: list[tuple[int, list[int]]], or_after: bool) -> None:
    seen = retention_above(table_of(made, or_after=or_after), K)
    sizes = [size for size, _ in made]
    hidden = [size for size, row in zip(sizes, seen.cohorts, strict=True) if row.customers is None]
    assert not is_few(sum(hidden), K) or len(hidden) == sum(map(bool, sizes))
    for size, row in zip(sizes, seen.cohorts, strict=True):
        assert row.customers is None or not is_few(row.customers, K)
        shown = [each.returned for each in row.cells if each.returned is not None]
        assert row.customers is not None or not shown
        assert not any(is_few(n, K) or is_few(size - n, K) for n in shown)
        assert not or_after or not any(is_few(a - b, K) for a, b in pairwise(shown))
        assert all(each.share is None for each in row.cells if each.is_withheld)
    for place, column in enumerate(seen.columns):
        if column.is_withheld:
            continue
        out = [each for each, row in zip(made, seen.cohorts, strict=True) if row.cells[place].is_withheld]
        assert not is_few(sum(back[place] for _, back in out), K)
        assert not is_few(sum(size - back[place] for size, back in out), K)


@pytest.mark.django_db(databases="__all__")
def test_the_questions_hide_few_customers_from_a_viewer_and_not_from_who_may_list_them() -> None:
    ways = {"AB": 6, "AC": 4, "CA": 1}  # the floor is 2 here
    people = [way for way, many in ways.items() for _ in range(many)]
    load([
        {**event(person, letter, 0), "occurred_at": BEGIN + timedelta(days=place, seconds=person)}
        for person, way in enumerate(people, start=1)
        for place, letter in enumerate(way)
    ])  # fmt: skip
    asked = Question(period=Period(since=BEGIN, until=BEGIN + timedelta(days=3)), events=EventFilter(), paths_shown=1.0)

    true, seen = (queries.graph(question=asked, viewer=viewer) for viewer in (SYSTEM, LOOKS))
    assert ("C", "A") in {(each.source, each.target) for each in true.paths}
    assert ("C", "A") not in {(each.source, each.target) for each in seen.paths}
    assert {each.name: each.starts for each in true.steps} == {"A": 10, "C": 1, "B": 0}
    assert {each.name: each.starts for each in seen.steps} == {"A": None, "C": None, "B": 0}
    for refused in (
        lambda: queries.edge(source="C", target="A", question=asked, viewer=LOOKS),
        lambda: queries.step(name="C", question=asked, viewer=LOOKS),
    ):
        with pytest.raises(ForbiddenError, match="too few"):
            refused()
    assert queries.edge(source="C", target="A", question=asked, viewer=SYSTEM).path.customers == 1

    tree = queries.paths(question=asked, viewer=LOOKS, asked=PathsAsked(root="C", least=0))
    assert not any(is_few(each.customers, 2) for each in tree.nodes)

    now = datetime(2027, 1, 1, tzinfo=UTC)
    wanted = RetentionAsked(unit=CalendarUnit.DAY, columns=2, start=("C",))
    true_table, table = (
        queries.retention(asked=wanted, question=asked, viewer=viewer, now=now) for viewer in (SYSTEM, LOOKS)
    )
    assert [each.customers for each in true_table.cohorts] == [1, 4]
    assert [each.customers for each in table.cohorts] == [None, None]
    assert table.cohorts[0].cells[0].is_withheld and table.cohorts[0].cells[0].share is None

    life, told = (
        queries.lifecycle(question=asked, viewer=viewer, active=("C",), unit=CalendarUnit.DAY, now=now)
        for viewer in (SYSTEM, LOOKS)
    )
    assert told.withheld == len(life.periods) - len(told.periods) > 0
