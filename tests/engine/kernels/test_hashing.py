"""Hashes of sequences: of what stands in them alone, wherever they stand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.kernels.hashing import BATCH, rehashed

SEQUENCES = st.lists(st.binary(max_size=80), min_size=1, max_size=30)


def _hashed(sequences: list[bytes], dtype: type[np.uint8 | np.uint16] = np.uint8) -> list[tuple[int, int]]:
    length = [len(each) for each in sequences]
    end = np.cumsum(length, dtype=np.int64)
    code = np.frombuffer(b"".join(sequences), np.uint8).astype(dtype)
    return [(int(a), int(b)) for a, b in rehashed(end - length, end, code)]


@given(SEQUENCES)
@settings(deadline=None)  # the first example compiles
def test_equal_sequences_have_equal_hashes_and_others_have_not(sequences: list[bytes]) -> None:
    hashes = _hashed(sequences)
    assert len(set(hashes)) == len(set(sequences))
    assert dict(zip(sequences, hashes, strict=True)) == {each: _hashed([each])[0] for each in sequences}


def test_zeros_at_the_end_count() -> None:
    lengths = [0, 1, 7, 8, 9, 31, 32, 33, 39, 40, 41]
    assert len(set(_hashed([bytes(each) for each in lengths]))) == len(lengths)
    assert len(set(_hashed([bytes(each) for each in lengths], np.uint16))) == len(lengths)


def test_a_sequence_has_the_same_hash_in_every_batch_and_at_the_end_of_the_array() -> None:
    same, other = bytes(range(45)), bytes(range(44))
    hashes = _hashed([same, other] * BATCH)
    assert set(hashes) == set(_hashed([same, other])) and len(set(hashes)) == 2
