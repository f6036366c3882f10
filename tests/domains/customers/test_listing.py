"""The first of a list, taken without sorting the rest, are those that sorting all of it puts first."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domains.customers.listing import first

PEOPLE = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), max_size=40)


@settings(deadline=None, max_examples=200)
@given(people=PEOPLE, count=st.integers(1, 45), seed=st.integers(0, 9))
def test_the_first_are_those_of_the_sorted_list(people: list[tuple[int, bool]], count: int, seed: int) -> None:
    value = np.array([each for each, _ in people], np.int64)
    lacks = np.array([each for _, each in people], np.bool_)
    numbers = np.random.default_rng(seed).permutation(len(people))
    keys = (numbers, value, lacks)
    assert first(keys, count).tolist() == np.lexsort(keys)[:count].tolist()
