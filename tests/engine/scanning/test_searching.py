"""Every needle is counted wherever it stands, as a plain look through the bytes counts it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.scanning.raw import search_stream
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look, Needles
from sojourn.kit.errors import InvalidError

TEXT = st.text("abAB@.é1", min_size=5, max_size=24).filter(lambda text: len(text.encode()) >= 5)


def folded(raw: bytes) -> bytes:
    return bytes(each + 32 if 65 <= each <= 90 else each for each in raw)


def counted(data: bytes, text: str) -> int:
    raw, form = folded(data), folded(text.encode())
    return sum(raw.startswith(form, at) for at in range(len(raw)))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(TEXT, min_size=1, max_size=4, unique=True), st.lists(st.integers(0, 3), max_size=8), st.binary(max_size=9)
)
def test_a_text_is_counted_at_every_place(texts: list[str], order: list[int], between: bytes) -> None:
    data = between.join(texts[each % len(texts)].encode() for each in order) + between
    searcher = Searcher(Needles(texts=tuple(texts)))
    counts = searcher.zeros()
    searcher.count(data, counts)
    for number, text in enumerate(texts):
        assert counts[number] >= counted(data, text), text
        assert bool(counts[number]) or not counted(data, text)


@settings(deadline=None, max_examples=60)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 20))
def test_a_token_is_found_in_every_form(token: int, shift: int) -> None:
    searcher = Searcher(Needles(tokens=(token,)))
    forms = [token.to_bytes(8, "little", signed=True), f"{token & (1 << 64) - 1:016X}".encode()]
    forms += [str(token).encode()] if len(str(token)) >= 4 else []
    for form in forms:
        counts = searcher.zeros()
        searcher.count(b"\xff" * shift + form + b"\xff", counts)
        assert counts[0] >= 1


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_a_text_over_the_border_of_two_chunks_is_counted_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.engine.scanning.raw.CHUNK_BYTES", chunk)
    searcher = Searcher(Needles(texts=("ana@example.com", "Silva")))
    look = Look("files", "a", searcher.zeros())
    search_stream(io.BytesIO(b"..ANA@example.com..silva..Silva"), look, searcher)
    assert look.counts.tolist() == [1, 2]


@pytest.mark.parametrize("written", ['"j\\u00fcrgen m\\u00fcller"', "j%C3%BCrgen%20m%C3%BCller", "JÜRGEN MÜLLER"])
def test_a_name_is_found_as_json_and_addresses_write_it(written: str) -> None:
    searcher = Searcher(Needles(texts=("Jürgen Müller",)))
    counts = searcher.zeros()
    searcher.count(written.encode(), counts)
    assert counts[0] == 1


def test_a_text_that_stands_everywhere_is_refused_without_being_repeated() -> None:
    with pytest.raises(InvalidError) as refused:
        Needles(texts=("ana@example.com", "Ana"))
    assert "Ana" not in refused.value.message
