"""Nothing of a group below the floor is shown, nor can it be worked out of a total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.engine.answers.floors import shown


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(0, 12), st.integers(0, 8))
@hypothesis_settings(deadline=None, max_examples=300)
def test_what_is_hidden_is_nothing_or_enough(customers: list[int], fewest: int, outside: int) -> None:
    kept = shown(customers, fewest=fewest, outside=outside)
    hidden = outside + sum(n for n, is_kept in zip(customers, kept, strict=True) if not is_kept)
    assert all(n >= fewest for n, is_kept in zip(customers, kept, strict=True) if is_kept)
    assert hidden == 0 or hidden >= fewest or not any(kept)
    if min(customers, default=fewest) >= fewest and outside == 0:
        assert all(kept)
