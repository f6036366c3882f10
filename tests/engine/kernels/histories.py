"""Histories as the kernels' tests make them: few codes and instants, so that ties and repeats are common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from sojourn.engine.kernels.running import part
from sojourn.engine.kernels.words import Slice

CODES = 4

Histories = list[list[tuple[int, int, bool, int]]]  # a customer's (instant, code, kept, dimension)

histories = st.lists(
    st.lists(
        st.tuples(st.integers(-3, 12), st.integers(0, CODES - 1), st.booleans(), st.sampled_from([0, 1, 65_535])),
        max_size=7,
    ),
    max_size=9,
)


def slice_of(
    made: Sequence[Sequence[tuple[int, ...]]], *, masked: bool = False, chosen: Sequence[bool] | None = None
) -> Slice:
    """Make a slice; equal instants keep the order in which they were made, as event ids would."""
    ordered = [sorted(history, key=lambda event: event[0]) for history in made]
    flat = [event for history in ordered for event in history]
    keep = np.array([event[2] for event in flat], np.uint8) if masked else None
    return Slice(
        customer=np.arange(1, len(made) + 1),
        offset=np.cumsum([0, *(len(history) for history in ordered)]).astype(np.int64),
        at=np.array([event[0] for event in flat], np.int64),
        event=np.array([event[1] for event in flat], np.uint16),
        row=np.arange(len(flat)),
        dimensions={"channel": np.array([event[3] if len(event) > 3 else 0 for event in flat], np.uint16)},
        keep=keep,
        customer_keep=None if chosen is None else np.array(chosen, np.uint8),
    )


def halves(events: Slice, at: int) -> list[Slice]:
    """Cut a slice in two between customers."""
    at = min(at, events.customers)
    return [part(events, 0, at), part(events, at, events.customers)]
