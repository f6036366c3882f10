"""The customers behind a number are those that the number counts, and what is told of them is theirs."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, halves, histories, slice_of
from engine.kernels.paths import DIMENSIONS, NAMES, bound_to, compiled_or_none, lines, log, texts
from engine.kernels.test_funnels import asked, fold_of
from engine.kernels.test_retention import brackets, chosen, codes, edges
from sojourn.engine.kernels import running
from sojourn.engine.kernels.choosing import CellChooser, FunnelChooser, PatternChooser
from sojourn.engine.kernels.customers import LONGEST, Chooser, Customers, CustomersFold
from sojourn.engine.kernels.naive import customers as naive_customers
from sojourn.engine.kernels.naive import funnels as naive_funnels
from sojourn.engine.kernels.naive import patterns as naive_patterns
from sojourn.engine.kernels.naive import retention as naive_retention
from sojourn.engine.kernels.naive.funnels import Asked
from sojourn.engine.kernels.patterns import AroundFold, MatchFold, read
from sojourn.engine.kernels.words import NO_CODE, AnyFold, Slice

QUIET = (HealthCheck.filter_too_much, HealthCheck.too_slow)
limits = st.integers(1, 4)
afters = st.none() | st.integers(0, 6)


def answer(fold: AnyFold, parts: list[Slice], *, backwards: bool = False) -> Any:
    partials = [pickle.loads(pickle.dumps(fold.fold(each, fold.start()))) for each in parts]
    return fold.finish(fold.merge(*(reversed(partials) if backwards else partials)))


def agree(
    chooser: Chooser, events: Slice, is_chosen: Callable[[Slice, int], bool], cut: int, limit: int, after: int | None
) -> Customers:
    fold = CustomersFold(chooser, limit=limit, after=after)
    got: Customers = answer(fold, halves(events, cut), backwards=bool(cut % 2))
    strips = [(each.customer, each.events, each.first_at, each.last_at) for each in got.strips]
    assert (got.total, got.ahead, strips) == naive_customers.customers([events], is_chosen, limit, after)
    for each in got.strips:
        assert len(each.at) == len(each.code) == each.events - each.earlier - each.later
        assert each.is_chosen.any()
    return got


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(texts, lines, st.booleans(), st.integers(0, 5), limits, afters)
def test_who_matches_a_pattern_is_listed(
    text: str, made: Histories, masked: bool, cut: int, limit: int, after: int | None
) -> None:
    assume(compiled_or_none(text) is not None)
    events = slice_of(made, masked=masked, chosen=[place % 3 != 2 for place in range(len(made))] if masked else None)

    def spans(part: Slice, place: int) -> list[tuple[int, int]]:
        return naive_patterns.spans(read(text).root, naive_patterns.history(part, place, NAMES, DIMENSIONS))

    got = agree(PatternChooser(bound_to(text)), events, lambda *at: bool(spans(*at)), cut, limit, after)
    assert got.total == len(answer(MatchFold(bound_to(text)), halves(events, cut)).customer)
    for each in got.strips:
        first, last = spans(events, each.customer - 1)[0]
        assert np.flatnonzero(each.is_chosen).tolist() == [
            place - each.earlier for place in range(first, last + 1) if place - each.earlier < len(each.at)
        ]


@settings(max_examples=80, deadline=None)
@given(histories, asked(), st.booleans(), chosen, st.booleans(), st.integers(0, 9), st.data())
def test_who_reached_a_step_is_listed(
    history: Histories, question: Asked, mask: bool, kept: Any, by_entry: bool, cut: int, data: Any
) -> None:
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    step = data.draw(st.integers(0, len(question.steps) - 1), label="step")
    lost, value = data.draw(st.booleans(), label="lost"), data.draw(st.none() | st.sampled_from([0, 1]), label="value")
    fold = fold_of(question, by_entry=by_entry, by="channel")
    chooser = FunnelChooser(
        fold, step=step, lost=lost, codes=[code for each in question.steps for code in each], value=value
    )
    twin = naive_funnels.by_entry if by_entry else naive_funnels.by_customer

    def is_chosen(part: Slice, place: int) -> bool:
        mine = list(naive_funnels.histories([running.part(part, place, place + 1)]))
        chains = [chain for history in mine for chain in twin(question, history)]
        if value is not None:
            chains = [chain for chain in chains if part.dimensions["channel"][chain[0][2]] == value]
        furthest = max(map(len, chains), default=0)
        return furthest == step + 1 if lost else furthest > step

    got = agree(chooser, events, is_chosen, cut, data.draw(limits), data.draw(afters))
    if value is None and not lost:
        assert got.total == int(answer(fold, halves(events, cut)).whole.customers[0, step])


@settings(max_examples=150, deadline=None)
@given(
    histories, st.booleans(), chosen, codes, codes, edges, brackets, st.integers(0, 9), st.booleans(), st.booleans(),
    st.data(),
)  # fmt: skip
def test_who_came_back_is_listed(
    history: Histories, mask: bool, kept: Any, start: set[int], returns: set[int], edge: list[int],
    columns: list[tuple[int, int]], cut: int, recurring: bool, or_after: bool, data: Any,
) -> None:  # fmt: skip
    events = slice_of(history, masked=mask, chosen=None if kept is None else kept[: len(history)])
    cohorts = np.cumsum([0, *data.draw(st.lists(st.integers(0, 1), max_size=len(edge) - 2))]).tolist()
    cohort, bracket = data.draw(st.sampled_from(cohorts)), data.draw(st.none() | st.sampled_from(columns))
    as_of = data.draw(st.integers(-5, 16))
    passed = sum(each <= as_of for each in edge[1:])
    chooser = CellChooser(
        start=start, returns=returns, edges=edge, cohorts=cohorts, cohort=cohort, bracket=bracket, as_of_us=as_of,
        recurring=recurring, or_after=or_after,
    )  # fmt: skip

    def is_chosen(part: Slice, place: int) -> bool:
        for mine in naive_retention.customers([running.part(part, place, place + 1)][0]):
            begun = naive_retention.starts(mine, start, edge, cohorts, recurring=recurring)
            if cohort not in begun:
                return False
            found = naive_retention.distances(mine, returns, edge, *begun[cohort], passed)
            return bracket is None or any(bracket[0] <= d and (or_after or d <= bracket[1]) for d in found)
        return False

    agree(chooser, events, is_chosen, cut, data.draw(limits), data.draw(afters))


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(texts, lines, st.booleans(), st.integers(0, 5), st.lists(st.integers(0, 12), max_size=3, unique=True))
def test_what_happens_around_matches_equals_its_twin(
    text: str, made: Histories, masked: bool, cut: int, marks: list[int]
) -> None:
    assume(compiled_or_none(text) is not None)
    events = slice_of(made, masked=masked, chosen=[place % 3 != 2 for place in range(len(made))] if masked else None)
    edges_us = sorted(mark * 1_000_000 for mark in marks)
    got = answer(AroundFold(bound_to(text), marks=edges_us), halves(events, cut), backwards=True)
    told = [naive_patterns.history(events, place, NAMES, DIMENSIONS) for place in range(events.customers)]
    before, after, active, matched = naive_customers.around(read(text).root, told, edges_us)
    for counts, expected in ((got.before, before), (got.after, after)):
        named = {None if code == NO_CODE else NAMES[code]: int(counts[code]) for code in np.flatnonzero(counts)}
        assert named == expected
    assert (got.span_customers.tolist(), got.span_matched.tolist()) == (active, matched)


def test_a_strip_shows_the_choice_with_some_events_around_it_and_counts_the_others() -> None:
    events = log("a" * 20 + "bc" + "a" * 60, "c")
    strip = answer(CustomersFold(PatternChooser(bound_to("b -> c")), limit=9), halves(events, 1)).strips[0]
    assert (strip.earlier, len(strip.at), strip.later) == (12, LONGEST, 82 - 12 - LONGEST)
    assert np.flatnonzero(strip.is_chosen).tolist() == [8, 9]


def test_hidden_events_are_left_out_of_strips_but_not_of_the_choice() -> None:
    events, hidden = log("dabdc"), np.zeros(65_536, np.uint8)
    hidden[[1, 3]] = 1
    strip = answer(CustomersFold(PatternChooser(bound_to("a -> b")), limit=9, hidden=hidden), halves(events, 1)).strips[
        0
    ]
    assert ("".join(NAMES[code] for code in strip.code), strip.events) == ("abc", 3)


def test_threads_list_as_one(monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "SMALLEST_PART", 10)
    events = log(*("abcd"[k % 4] + "ab.c"[k % 3] + "b" for k in range(200)))
    fold = CustomersFold(PatternChooser(bound_to("a ->> b")), limit=7, after=50)
    one, more = (running.run(fold, [events], threads) for threads in (1, 4))
    assert (one.total, one.ahead) == (more.total, more.ahead)
    assert [each.customer for each in one.strips] == [each.customer for each in more.strips]
