"""Computed traits equal their naive twin, whatever is masked and however customers are split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels.computed import NO_RANK, Computed, ComputedFold, How, SpansFold, kept
from sojourn.engine.kernels.naive.computed import computed
from sojourn.engine.kernels.words import Amounts, Slice

RANKS = {
    None: None,
    "event": np.array([2, 0, NO_RANK, 1], np.uint16),
    "channel": np.array([1, 0], np.uint16),
}
HOWS = [(how, of) for how in How for of in RANKS if of or how in (How.COUNT, How.SUM, How.FIRST, How.LAST)]


def with_money(events: Slice) -> Slice:
    """Let every second event carry money, in one of two currencies."""
    place = np.arange(0, len(events.at), 2)
    amounts = Amounts(place=place, amount=place * 7 - 3, currency=(place // 2 % 2).astype(np.uint16))
    return replace(events, amounts=lambda: amounts)


def pairs(found: Computed) -> list[tuple[int, int]]:
    return list(zip(found.customer.tolist(), found.value.tolist(), strict=True))


@pytest.mark.parametrize(("how", "of"), HOWS)
@settings(max_examples=40, deadline=None)
@given(made=histories, masked=st.booleans(), chosen=st.none() | st.lists(st.booleans(), min_size=9, max_size=9))
def test_a_computed_trait_is_what_the_naive_twin_says(
    how: How, of: str | None, made: Histories, masked: bool, chosen: list[bool] | None
) -> None:
    events = with_money(slice_of(made, masked=masked, chosen=None if chosen is None else chosen[: len(made)]))
    fold = ComputedFold(how, of=of, rank=RANKS[of], currency=1)
    assert pairs(fold.finish(fold.fold(events, fold.start()))) == computed(
        events, how, of=of, rank=RANKS[of], currency=1
    )


@pytest.mark.parametrize(("how", "of"), HOWS)
@settings(max_examples=15, deadline=None)
@given(made=histories, cut=st.integers(0, 9))
def test_a_computed_trait_does_not_depend_on_how_customers_are_split(
    how: How, of: str | None, made: Histories, cut: int
) -> None:
    events = with_money(slice_of(made, masked=True))
    fold = ComputedFold(how, of=of, rank=RANKS[of], currency=0)
    one, two = (fold.fold(each, fold.start()) for each in halves(events, cut))
    whole = fold.finish(fold.fold(events, fold.start()))
    assert pairs(fold.finish(fold.merge(two, one))) == pairs(whole)


@settings(max_examples=40, deadline=None)
@given(made=histories)
def test_spans_say_how_many_since_when_and_until_when(made: Histories) -> None:
    events = slice_of(made, masked=True)
    fold = SpansFold()
    found = fold.finish(fold.fold(events, fold.start()))
    expected = []
    for place, history in enumerate(made):
        at = sorted(each[0] for each in history if each[2])
        expected += [(place + 1, len(at), at[0], at[-1])] if at else []
    columns = (found.customer, found.events, found.first, found.last)
    assert list(zip(*(each.tolist() for each in columns), strict=True)) == expected


def test_nothing_is_kept_of_customers_who_are_masked() -> None:
    events = slice_of([[(1, 0, True, 0)], [(2, CODES - 1, True, 0)]], masked=True, chosen=[False, True])
    assert kept(events).tolist() == [1]
