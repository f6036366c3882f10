"""The customers behind a number are as many as the number says, told to whom may know, and every telling is audited."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.journeys import actions, queries
from sojourn.domains.journeys.contracts import (
    BranchChosen,
    CellChosen,
    Chosen,
    CustomerPage,
    FunnelChosen,
    FunnelCount,
    FunnelOptions,
    PathChosen,
    PathNodeKind,
    PathsAsked,
    PatternChosen,
    Question,
    RetentionAsked,
    StepChosen,
    StepPlace,
    VariantChosen,
)
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
DAYS = Period(since=BEGIN, until=BEGIN + timedelta(days=5))
HOUR, DAY = 60, 1_440
ASKED = Question(period=DAYS, events=EventFilter(), steps_shown=4)
COLLEAGUE = Viewer(name="person:7", role=Role.VIEWER)


def many(first: int, customers: int, *names: str, begin: int = 0, every: int = 10) -> list[dict[str, Any]]:
    return [
        event(person, name, begin + every * place, channel="phone" if person % 2 else "web")
        for person in range(first, first + customers)
        for place, name in enumerate(names)
    ]


@pytest.fixture(autouse=True)
def bank() -> None:
    load([
        *many(100, 12, "Searched", "Opened", "Called", "Paid"),
        *many(200, 9, "Searched", "Searched", "Helped", "Opened", "Paid", "Searched", every=HOUR),
        *many(300, 7, "Identified", "Opened", "Searched", "Left", begin=DAY, every=DAY),
        *many(500, 2, "Called", "Searched", begin=DAY),
        *many(400, 3, "Searched", "Called", "Opened", begin=2 * DAY, every=2 * DAY),
    ])  # fmt: skip


def listed(chosen: Chosen, question: Question = ASKED, **how: Any) -> CustomerPage:
    return actions.customers(chosen=chosen, question=question, viewer=SYSTEM, limit=100, **how)


def number(chosen: Chosen, question: Question = ASKED) -> int:
    found = listed(chosen, question)
    assert len(found.rows) == (0 if found.too_few else found.total)
    assert all(any(each.is_chosen for each in row.strip) for row in found.rows)
    return found.total


@pytest.mark.parametrize("filtered", [EventFilter(), EventFilter(dimensions={"channel": ("web",)})])
def test_every_number_of_graph_and_variants_is_that_of_its_list(filtered: EventFilter) -> None:
    asked = dataclasses.replace(ASKED, events=filtered)
    graph = queries.graph(question=asked, viewer=SYSTEM)
    assert len(graph.steps) == 4 < graph.steps_in_all
    for step in graph.steps:
        found = [number(StepChosen(name=step.name, place=place), asked) for place in StepPlace]
        assert found == [step.customers, step.starts, step.ends]
    for path in graph.paths:
        assert number(PathChosen(source=path.source, target=path.target), asked) == path.customers
    for row in queries.variants(question=asked, viewer=SYSTEM).rows:
        assert number(VariantChosen(steps=row.steps), asked) == row.customers


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("every", [True, False])
def test_every_number_of_a_tree_of_paths_is_that_of_its_list(forward: bool, every: bool) -> None:
    asked = PathsAsked(root="Searched", forward=forward, every=every, breadth=1)
    tree = queries.paths(question=ASKED, viewer=SYSTEM, asked=asked)
    ways: list[tuple[str, ...]] = []
    for node in tree.nodes:
        before = () if node.before is None else ways[node.before]
        is_step = node.kind is PathNodeKind.STEP and node.before is not None
        ways.append((*before, node.name) if is_step else before)
        assert number(BranchChosen(asked=asked, way=ways[-1], kind=node.kind)) == node.customers
    assert {node.kind for node in tree.nodes} == set(PathNodeKind)


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("count", list(FunnelCount))
def test_every_number_of_a_funnel_is_that_of_its_list(order: Order, count: FunnelCount) -> None:
    steps = (("Searched",), ("Opened", "Called"), ("Paid",))
    options = FunnelOptions(order=order, count=count, by="channel")
    asked = dataclasses.replace(ASKED, period=Period(since=BEGIN, until=BEGIN + timedelta(hours=2)))
    table = queries.funnel(steps=steps, window_days=3, question=asked, viewer=SYSTEM, options=options)
    assert table.steps[0].customers > 0

    def chosen(step: int, **more: Any) -> int:
        return number(FunnelChosen(steps=steps, window_days=3, step=step, options=options, **more), asked)

    reached = [chosen(k) for k in (1, 2, 3)]
    assert reached == [step.customers for step in table.steps]
    assert [chosen(k, lost=True) for k in (1, 2)] == [before - after for before, after in pairwise(reached)]
    for part in table.parts:
        if not part.is_rest:
            assert [chosen(k, part=part.name) for k in (1, 2, 3)] == [step.customers for step in part.steps]


@pytest.mark.parametrize("recurring", [True, False])
def test_every_number_of_a_retention_is_that_of_its_list(recurring: bool) -> None:
    asked = RetentionAsked(start=("Searched", "Opened"), unit=CalendarUnit.DAY, columns=4, recurring=recurring)
    table = queries.retention(asked=asked, question=ASKED, viewer=SYSTEM)
    cells = 0
    for cohort in table.cohorts:
        day = cohort.since.date()
        assert number(CellChosen(asked=asked, cohort=day)) == cohort.customers
        for column, cell in enumerate(cohort.cells):
            if cell.returned is None:
                with pytest.raises(NotFoundError):
                    listed(CellChosen(asked=asked, cohort=day, column=column))
            else:
                assert number(CellChosen(asked=asked, cohort=day, column=column)) == cell.returned
                cells += cell.returned > 0
    assert cells > 2


def test_a_pattern_lists_whom_it_counts() -> None:
    pattern = "Searched ->> Paid within 1h"
    counted = queries.patterns(pattern=pattern, question=ASKED, viewer=SYSTEM)
    assert number(PatternChosen(pattern=pattern)) == counted.customers == 12


def test_a_list_tells_each_customers_events_around_what_was_chosen() -> None:
    row = listed(PathChosen(source="Searched", target="Opened"), ASKED).rows[12]
    told = [(each.name, each.offset_s / 3_600, each.is_chosen) for each in row.strip]
    assert told == [
        ("Searched", -1, False), ("Searched", 0, True), ("Helped", 1, False), ("Opened", 2, True),
        ("Paid", 3, False), ("Searched", 4, False),
    ]  # fmt: skip
    assert (row.customer, row.events, row.earlier, row.later) == ("200", 6, 0, 0)
    assert (row.first_at, row.last_at) == (BEGIN, BEGIN + timedelta(hours=5))


def test_what_only_says_who_somebody_is_is_told_when_asked_for_only() -> None:
    chosen = StepChosen(name="Searched")
    for identity_steps in (False, True):
        rows = listed(chosen, dataclasses.replace(ASKED, identity_steps=identity_steps)).rows
        names = {each.name for row in rows for each in row.strip}
        assert ("Identified" in names) == identity_steps


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    seen: list[str] = []
    after = None
    while True:
        page = actions.customers(chosen=StepChosen(name="Paid"), question=ASKED, viewer=SYSTEM, limit=8, after=after)
        assert (page.total, page.before) == (21, len(seen))
        seen += [row.customer for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == sorted(seen, key=int) == sorted({*seen}, key=int)
    assert len(seen) == 21


def test_fewer_than_the_floor_are_counted_and_not_told(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=8)
    few = listed(
        StepChosen(name="Searched", place=StepPlace.ANY),
        dataclasses.replace(ASKED, events=EventFilter(having=("Left",))),
    )
    assert (few.total, few.rows, few.next, few.too_few) == (7, (), None, True)
    assert not listed(StepChosen(name="Paid")).too_few


def test_who_objected_is_not_told() -> None:
    before = {row.customer for row in listed(StepChosen(name="Paid")).rows}
    privacy.record_consent(customer=100, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert before - {row.customer for row in listed(StepChosen(name="Paid")).rows} == {"100"}


def test_who_reads_figures_only_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        actions.customers(chosen=StepChosen(name="Paid"), question=ASKED, viewer=COLLEAGUE)


def test_every_telling_is_audited_with_who_asked_what_and_how_many() -> None:
    analyst = Viewer(name="person:3", role=Role.ANALYST)
    for _ in range(2):
        actions.customers(
            chosen=PathChosen(source="Searched", target="Opened"), question=ASKED, viewer=analyst, limit=5
        )
    first, second = access.audit_log(viewer=SYSTEM)[:2]
    assert first.detail == second.detail
    assert (first.who, first.what, first.object) == ("person:3", "customers.list", "customers")
    told = {name: first.detail[name] for name in ("purpose", "asked", "customers", "listed")}
    assert told == {
        "purpose": "analytics",
        "asked": 'Searched -> Opened: "Searched" -> "Opened"',
        "customers": "21",
        "listed": "5",
    }


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (StepChosen(name="Helped"), NotFoundError),
        (VariantChosen(steps=("Paid",) * 63), InvalidError),
        (FunnelChosen(steps=(("Paid",),), window_days=1, step=2), InvalidError),
        (FunnelChosen(steps=(("Paid",),), window_days=1, step=1, part="web"), InvalidError),
        (BranchChosen(asked=PathsAsked(root="Paid", window_days=1), way=()), InvalidError),
        (PatternChosen(pattern="Payd"), InvalidError),
        (CellChosen(asked=RetentionAsked(), cohort=BEGIN.date() - timedelta(days=90)), NotFoundError),
    ],
)
def test_a_number_that_is_not_there_is_refused(chosen: Chosen, error: type[Exception]) -> None:
    with pytest.raises(error):
        listed(chosen)


def test_a_limit_or_a_place_that_cannot_be_is_refused() -> None:
    for how in ({"limit": 0}, {"after": "x"}):
        with pytest.raises(InvalidError):
            actions.customers(chosen=StepChosen(name="Paid"), question=ASKED, viewer=SYSTEM, **how)  # type: ignore[arg-type]
