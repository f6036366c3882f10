"""A large JSON object of lists is taken apart as a JSON parser would, wherever its pieces are cut."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.stream.files.elements import elements
from sojourn.engine.stream.files.rows import UnreadableFileError

PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.sampled_from(['"', "\\", "{[", "]}"])
)
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))
ELEMENT = st.dictionaries(st.text(max_size=4), NESTED, max_size=4)
DOCUMENT = st.dictionaries(st.text(max_size=5), st.lists(ELEMENT, max_size=4), max_size=4)


def cut(raw: bytes, size: int) -> Iterator[tuple[bytes, int]]:
    for at in range(0, len(raw), size):
        yield raw[at : at + size], min(len(raw), at + size)


@settings(deadline=None, max_examples=150)
@given(document=DOCUMENT, size=st.integers(1, 40), indent=st.sampled_from([None, 1]), is_ascii=st.booleans())
def test_elements_are_those_of_a_parser(
    document: dict[str, list[object]], size: int, indent: int | None, is_ascii: bool
) -> None:
    raw = json.dumps(document, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    found = [json.loads(each) for name, each, _ in elements(cut(raw, size)) if name]
    named = [each for name, those in document.items() if name for each in those]
    assert found == named or any(not name for name in document)


@pytest.mark.parametrize(
    "raw",
    [
        b"[1]",
        b"7",
        b"",
        b"{",
        b'{"events": [{}',
        b'{"events": [{}]',
        b'{"events": [{}]}}',
        b'{"events": [{}]} x',
        b'{"events": [{}}]',
        b'{"events": [1]}',
        b'{"events": ["a"]}',
        b'{"events": [[]]}',
        b'{"events": [{}]]',
        b'{"events": [{"a": "b]}',
    ],
)
def test_what_is_no_object_of_lists_of_objects_is_refused(raw: bytes) -> None:
    for size in (1, 5, 100):
        with pytest.raises(UnreadableFileError):
            list(elements(cut(raw, size)))


def test_other_values_beside_the_lists_are_passed_over() -> None:
    raw = b'{"form": "own", "n": 1.5, "meta": {"a": [{"b": 1}], "c": 2}, "events": [{"x": 1}], "last": null}'
    found = [(name, each) for name, each, _ in elements(cut(raw, 7)) if name]
    assert found == [("events", b'{"x": 1}')]
    texts = [each for name, each, _ in elements(cut(raw, 7)) if not name]
    assert texts[:2] == [b'"form"', b'"own"']
