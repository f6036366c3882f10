"""Relabelling and joining repeats equal their slow twin, under masks, and every fold then sees the log so."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import CODES, Histories, halves, histories, slice_of
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.levels import joined, relabelled
from sojourn.engine.kernels.naive import histories as naive
from sojourn.engine.kernels.naive import levels as naive_levels
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.words import Slice

labels = st.lists(st.integers(0, CODES - 1), min_size=CODES, max_size=CODES)
chosen = st.none() | st.lists(st.booleans(), min_size=9, max_size=9)
EVERY = lens.every(CODES)


def shown(events: Slice, label: list[int], once: bool, over: set[int]) -> Slice:
    table = np.arange(65_536).astype(np.uint16)
    table[:CODES] = label
    seen = relabelled(events, table)
    return joined(seen, over) if once else seen


@settings(max_examples=300, deadline=None)
@given(histories, st.booleans(), chosen, labels, st.booleans(), st.sets(st.integers(0, CODES - 1)), st.integers(0, 9))
def test_what_is_shown_equals_its_twin(
    made: Histories, mask: bool, kept: Any, label: list[int], once: bool, over: set[int], cut: int
) -> None:
    events = slice_of(made, masked=mask, chosen=None if kept is None else kept[: len(made)])
    got = [history for each in halves(events, cut) for history in naive.seen([shown(each, label, once, over)], EVERY)]
    plain = naive.seen([events], EVERY)
    as_labels = dict(enumerate(label))
    assert got == [naive_levels.shown(history, as_labels, once=once, passed_over=over) for history in plain]


def test_a_fold_asks_about_labels_without_knowing() -> None:
    events = slice_of([[(1, 0), (2, 1), (3, 2), (4, 1), (5, 0)], [(1, 1), (2, 1)]])
    seen = shown(events, [0, 0, 2, 3], True, set())
    found = running.run(StepsFold(), [seen])
    assert dict(zip(found.node.tolist(), found.times.tolist(), strict=True)) == {0: 3, 2: 1}


def test_bytes_stay_bytes_and_the_slice_itself_is_not_changed() -> None:
    events = slice_of([[(1, 0), (2, 1)]])
    narrow = Slice(
        customer=events.customer,
        offset=events.offset,
        at=events.at,
        event=events.event.astype(np.uint8),
        row=events.row,
    )
    seen = shown(narrow, [0, 0, 2, 3], True, set())
    assert (seen.event.dtype, seen.event.tolist(), narrow.event.tolist()) == (np.uint8, [0, 0], [0, 1])
    assert seen.keep is not None and seen.keep.tolist() == [1, 0] and narrow.keep is None
