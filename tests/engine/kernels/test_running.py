"""Threads change nothing, and order is checked before folding."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from engine.kernels.histories import slice_of
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import AnyFold, Slice


def large(customers: int = 80_000, seed: int = 1) -> Slice:
    random = np.random.default_rng(seed)
    offset = np.concatenate(([0], np.cumsum(random.integers(1, 20, customers)))).astype(np.int64)
    events = int(offset[-1])
    return Slice(
        customer=np.arange(customers),
        offset=offset,
        at=np.cumsum(random.integers(0, 1_000_000, events)),
        event=random.integers(0, 12, events).astype(np.uint16),
        row=np.arange(events),
    )


FOLDS: list[AnyFold] = [
    GraphFold(lens.every(12)),
    VariantsFold(lens.every(12), top=50, longest=3),
    FunnelFold([[0], [1, 2], [3]], window_us=3_000_000),
]


@pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: type(fold).__name__)
def test_the_number_of_threads_does_not_change_the_answer(fold: AnyFold) -> None:
    events = large()
    alone = running.run(fold, [events], threads=1)
    for threads in (2, 3):
        assert repr(running.run(fold, [events], threads=threads)) == repr(alone)
    assert repr(running.run(fold, running.split(events, 3), threads=2)) == repr(alone)


@pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: type(fold).__name__)
def test_partial_results_travel_between_processes(fold: AnyFold) -> None:
    first, second = running.split(large(), 2)
    left, right = (pickle.loads(pickle.dumps(fold.fold(part, fold.start()))) for part in (first, second))
    assert repr(fold.finish(fold.merge(left, right))) == repr(running.run(fold, [first, second]))


@pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: type(fold).__name__)
def test_no_customers_are_an_answer_too(fold: AnyFold) -> None:
    assert running.run(fold, []) is not None
    assert running.run(fold, [slice_of([])]) is not None
    assert running.run(fold, [slice_of([[], []])]) is not None


def test_split_parts_cover_every_customer_once() -> None:
    events = large()
    parts = running.split(events, 3)
    assert len(parts) == 3
    assert np.concatenate([part.customer for part in parts]).tolist() == events.customer.tolist()


def test_masks_are_split_with_their_customers() -> None:
    events = large()
    kept = (np.arange(events.customers) % 3 > 0).astype(np.uint8)
    masked = Slice(events.customer, events.offset, events.at, events.event, events.row, customer_keep=kept)
    fold = FOLDS[0]
    assert repr(running.run(fold, [masked], 3)) == repr(running.run(fold, [masked], 1))


def test_events_in_order_pass() -> None:
    running.require_order(slice_of([[(1, 0, True), (1, 1, True)], [], [(0, 0, True)]]))


@pytest.mark.parametrize("at, row", [([1, 2, 1], [0, 1, 2]), ([1, 1, 2], [1, 0, 2]), ([1, 1, 2], [1, 1, 2])])
def test_events_out_of_order_are_refused(at: list[int], row: list[int]) -> None:
    events = Slice(np.array([7]), np.array([0, 3]), np.array(at), np.zeros(3, np.uint16), np.array(row))
    with pytest.raises(running.OrderError, match="customer 7"):
        running.require_order(events)


def test_customers_out_of_order_are_refused() -> None:
    empty = np.zeros(0, np.int64)
    events = Slice(np.array([2, 1]), np.array([0, 0, 0]), empty, np.zeros(0, np.uint16), empty)
    with pytest.raises(running.OrderError, match="ascending"):
        running.require_order(events)


def test_offsets_that_fall_are_refused() -> None:
    two = np.arange(2)
    events = Slice(np.array([1, 2]), np.array([0, 2, 1]), two, np.zeros(2, np.uint16), two)
    with pytest.raises(running.OrderError):
        running.require_order(events)
