"""Folds over two sides, and over success, equal their slow twins; cut anywhere, merged in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive import sides as naive_sides
from sojourn.engine.kernels.sides.endings import EndingSidesFold
from sojourn.engine.kernels.sides.funnel import FunnelSidesFold
from sojourn.engine.kernels.sides.graph import STEPS_LIMIT, GraphSidesFold
from sojourn.engine.kernels.sides.traits import TraitSidesFold
from sojourn.engine.kernels.sides.words import EndingSides, FunnelSides, GraphSides, TraitSides, both
from sojourn.engine.kernels.success import Success, SuccessFold
from sojourn.engine.kernels.words import NO_CODE, AnyFold, Slice

shown = st.sets(st.integers(0, CODES - 1), min_size=1)
marks = st.lists(st.integers(0, 3), min_size=63, max_size=63)
who = st.lists(st.integers(0, 3), min_size=9, max_size=9)
cuts = st.integers(0, 9)
spans = st.tuples(st.integers(-3, 6), st.integers(0, 14))


def sided(history: Histories, bits: list[int], chosen: list[int]) -> Slice:
    made = slice_of(history)
    keep = np.array((bits * 2)[: len(made.at)], np.uint8)
    return replace(made, keep=keep, customer_keep=np.array(chosen[: made.customers], np.uint8))


def answer(fold: AnyFold, parts: Sequence[Slice], backwards: bool) -> Any:
    partials = [fold.fold(each, fold.start()) for each in parts]
    left, right = reversed(partials) if backwards else partials
    return fold.finish(fold.merge(left, right))


@settings(max_examples=200, deadline=None)
@given(histories, marks, who, shown, cuts, st.booleans())
def test_two_graphs_equal_their_twin(
    history: Histories, bits: Any, chosen: Any, codes: set[int], cut: int, backwards: bool
) -> None:
    events = sided(history, bits, chosen)
    got: GraphSides = answer(GraphSidesFold(lens.only(codes)), halves(events, cut), backwards)
    steps, edges, paces = naive_sides.graph(events, lens.only(codes))
    wanted = {code: naive_sides.sums(pairs) for code, pairs in steps.items()}
    found = dict(zip(got.node.tolist(), got.step.tolist(), strict=True))
    assert found == {code: row for code, row in wanted.items() if row[1] + row[7]}
    taken = list(zip(got.source.tolist(), got.target.tolist(), strict=True))
    wanted = {edge: naive_sides.sums(pairs) for edge, pairs in edges.items()}
    assert dict(zip(taken, got.edge.tolist(), strict=True)) == {e: row for e, row in wanted.items() if row[1] + row[7]}
    for edge, row in zip(taken, got.pace.tolist(), strict=True):
        assert row == naive_sides.sums(paces[edge])


@settings(max_examples=150, deadline=None)
@given(histories, marks, who, cuts, st.booleans())
def test_the_values_of_two_sides_equal_their_twin(
    history: Histories, bits: Any, chosen: Any, cut: int, backwards: bool
) -> None:
    events = sided(history, bits, chosen)
    fold = TraitSidesFold({"channel": ("web", "app"), "many": ("",) * 9_999})
    got: TraitSides = answer(fold, halves(events, cut), backwards)["channel"]
    rows = {code: naive_sides.sums(pairs) for code, pairs in naive_sides.traits(events, "channel").items()}
    found = dict(zip(got.value, got.trait.tolist(), strict=True))
    assert found == {("web", "app")[int(str(code))]: row for code, row in rows.items() if row[1] + row[7]}


@settings(max_examples=250, deadline=None)
@given(
    histories, marks, who, st.lists(shown, min_size=1, max_size=4), st.integers(0, 8), st.tuples(spans, spans),
    st.integers(-3, 14), cuts, st.booleans(),
)  # fmt: skip
def test_a_funnel_of_two_sides_equals_its_twin(
    history: Histories, bits: Any, chosen: Any, steps: Any, window: int, spans: Any, closed: int, cut: int,
    backwards: bool,
) -> None:  # fmt: skip
    events = sided(history, bits, chosen)
    fold = FunnelSidesFold(steps, window_us=window, spans=spans, closed_us=closed)
    got: FunnelSides = answer(fold, halves(events, cut), backwards)
    reached, opened = naive_sides.funnel(events, steps, window, spans, closed)
    assert (got.reached.tolist(), [got.open_a, got.open_b]) == (reached, opened)


@settings(max_examples=250, deadline=None)
@given(histories, marks, who, st.integers(0, 8), st.integers(0, 16), st.tuples(spans, spans), cuts, st.booleans())
def test_the_endings_of_two_sides_equal_their_twin(
    history: Histories, bits: Any, chosen: Any, window: int, as_of: int, spans: Any, cut: int, backwards: bool
) -> None:
    events = sided(history, bits, chosen)
    fold = EndingSidesFold(start=0, goals=[1], outcomes=[[2]], window_us=window, as_of_us=as_of, spans=spans)
    got: EndingSides = answer(fold, halves(events, cut), backwards)
    rows, opened = naive_sides.endings(events, 0, [1], [[2]], window, as_of, spans)
    assert (got.ending.tolist(), [got.open_a, got.open_b]) == ([naive_sides.sums(row) for row in rows], opened)
    assert got.both == sum(a[0] > 0 and b[0] > 0 for a, b in rows[0])


@settings(max_examples=250, deadline=None)
@given(
    histories, st.booleans(), st.integers(0, 8), st.integers(0, 16), spans, st.none() | st.integers(0, 9), cuts,
    st.booleans(),
)  # fmt: skip
def test_what_goes_with_success_equals_its_twin(
    history: Histories, mask: bool, window: int, as_of: int, span: Any, landmark: int | None, cut: int, backwards: bool
) -> None:
    events = slice_of(history, masked=mask)
    asked: dict[str, Any] = {
        "start": 0, "goals": [1], "outcomes": [[2]], "window_us": window, "as_of_us": as_of, "since_us": span[0],
        "until_us": span[1], "landmark_us": landmark,
    }  # fmt: skip
    got: Success = answer(SuccessFold(**asked), halves(events, cut), backwards)
    said = [naive_sides.success(each, 0, [1], [2], window, as_of, *span, landmark) for each in naive.customers(events)]
    ended = [each for each in said if isinstance(each, tuple)]
    assert (got.total_n, got.total_k, got.over) == (len(ended), sum(won for won, _ in ended), said.count("over"))
    wanted = {
        code: (sum(code in way for _, way in ended), sum(won for won, way in ended if code in way)) for code in [3]
    }
    found = dict(zip(got.code.tolist(), zip(got.n.tolist(), got.k.tolist(), strict=True), strict=True))
    assert found == {code: counts for code, counts in wanted.items() if counts[0]}
    by_channel: Success = answer(SuccessFold(**asked, by="channel"), halves(events, cut), backwards)
    assert (by_channel.total_n, int(by_channel.n.sum()), int(by_channel.k.sum())) == (
        got.total_n, got.total_n, got.total_k,
    )  # fmt: skip
    assert set(by_channel.code.tolist()) <= {0, 1, int(NO_CODE)}


def test_two_masks_make_one_slice_of_two_sides() -> None:
    made = slice_of([[(1, 0), (2, 1)], [(1, 2)]])
    a = replace(made, keep=np.array([1, 0, 1], np.uint8), customer_keep=np.array([1, 1], np.uint8))
    joined = both(a, made)
    assert joined.keep is not None and joined.customer_keep is not None
    assert (joined.keep.tolist(), joined.customer_keep.tolist()) == ([3, 2, 3], [3, 3])


def test_what_a_fold_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        GraphSidesFold(lens.every(STEPS_LIMIT + 1))
    with pytest.raises(ValueError, match="steps"):
        FunnelSidesFold([], window_us=1, spans=((0, 1), (0, 1)), closed_us=1)
    with pytest.raises(ValueError, match="two roles"):
        SuccessFold(start=0, goals=[0], outcomes=[], window_us=1, as_of_us=1)
