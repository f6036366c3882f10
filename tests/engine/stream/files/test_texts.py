"""Whole columns of text: which are numbers, and which need trimming, held against regular expressions."""

from __future__ import annotations

import re

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files.texts import BROKEN, NO_NUMBER, WHOLE, is_bare, number_kinds

NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?", re.ASCII)
texts = st.lists(st.none() | st.text(alphabet="0123456789.-+eE x\u00a0é", max_size=20) | st.text(max_size=4))


@settings(deadline=None)  # the first call compiles
@given(texts)
def test_numbers_are_what_the_expression_says(values: list[str | None]) -> None:
    expected = [
        NO_NUMBER if not value or not NUMBER.fullmatch(value) else BROKEN if "." in value else WHOLE for value in values
    ]
    assert number_kinds(pa.array(values, pa.string())).tolist() == expected


@settings(deadline=None)  # the first call compiles
@given(texts)
def test_a_bare_column_needs_no_trimming(values: list[str | None]) -> None:
    if is_bare(pa.array(values, pa.string())):
        assert all(value and value == value.strip() for value in values if value is not None)


def test_plain_words_are_bare_also_in_a_slice() -> None:
    column = pa.array([" not me", "one", None, "two words", "3", ""])
    assert is_bare(column.slice(1, 4))
    assert not is_bare(column)
