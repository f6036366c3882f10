"""Variants and every kind of funnel on two sides equal their slow twins; cut anywhere, merged in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories
from engine.kernels.test_funnels import asked as funnels
from engine.kernels.test_sides import answer, cuts, marks, shown, sided, spans, who
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.naive import sides as naive_sides
from sojourn.engine.kernels.naive.funnels import Asked
from sojourn.engine.kernels.sides.chains import FunnelChainsSidesFold
from sojourn.engine.kernels.sides.variants import VariantSides, VariantSidesFold
from sojourn.engine.kernels.sides.words import K_A, K_B, N_A, N_B, FunnelSides


@settings(max_examples=200, deadline=None)
@given(histories, marks, who, shown, cuts, st.booleans(), st.integers(1, 30))
def test_variants_of_two_sides_equal_their_twin(
    history: Histories, bits: Any, chosen: Any, codes: set[int], cut: int, backwards: bool, top: int
) -> None:
    events = sided(history, bits, chosen)
    view = lens.only(codes)
    got: VariantSides = answer(VariantSidesFold(view, top=top), halves(events, cut), backwards)
    wanted = {each: naive_sides.sums(pairs) for each, pairs in naive_sides.variants(events, view).items()}
    found = dict(zip(got.variants, got.row.tolist(), strict=True))
    assert got.distinct == len(wanted) and len(found) == min(top, len(wanted))
    for variant, row in found.items():
        assert row == wanted[variant]

    def weight(row: list[float]) -> float:
        return row[K_A] / max(row[N_A], 1) + row[K_B] / max(row[N_B], 1)

    left = [weight(row) for variant, row in wanted.items() if variant not in found]
    assert not left or max(left) <= min(weight(row) for row in found.values()) + 1e-9


@settings(max_examples=200, deadline=None)
@given(histories, marks, who, funnels(), st.tuples(spans, spans), st.integers(-3, 14), cuts, st.booleans())
def test_every_kind_of_funnel_of_two_sides_equals_its_twin(
    history: Histories, bits: Any, chosen: Any, asked: Asked, both: Any, closed: int, cut: int, backwards: bool
) -> None:
    events = sided(history, bits, chosen)
    fold = FunnelChainsSidesFold(
        asked.steps, window_us=asked.window_us, spans=both, closed_us=closed, order=asked.order,
        exclusions=asked.exclusions, hidden=asked.hidden,
    )  # fmt: skip
    got: FunnelSides = answer(fold, halves(events, cut), backwards)
    reached, opened = naive_sides.chains(events, asked, both, closed)
    assert (got.reached.tolist(), [got.open_a, got.open_b]) == (reached, opened)


def test_the_smaller_side_counts_as_much_as_the_larger_when_variants_are_chosen() -> None:
    made = [[(1, 0, True, 0)] for _ in range(5)] + [[(1, 1, True, 0)] for _ in range(4)] + [[(1, 2, True, 0)]]
    events = sided(made, [1] * 9 + [2], [1] * 9 + [2])
    got: VariantSides = answer(VariantSidesFold(lens.every(CODES), top=2), [events, sided([], [], [])], False)
    assert got.variants == ((2,), (0,))
