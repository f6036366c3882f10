"""Hashing sequences of codes: their bytes, eight at a time, in two lanes of 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt16s, UInt64s

LANE_A, LANE_B = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03  # where the two lanes begin
FACTOR_A, FACTOR_B = 0x9FB21C651E98DF25, 0xD6E8FEB86659FD93
WORDS = 4  # hashed of every sequence, however short
BATCH = 1_024  # sequences hashed at once
BYTE_CODES = 256


def narrowed(event: Codes, lens: UInt16s) -> Codes:
    """Give events, all of them shown by the lens, as codes shown: in bytes where all codes fit."""
    codes = int(event.max()) + 1 if len(event) else 0
    table = lens[:codes]
    if bool(np.array_equal(np.where(table == 65_535, np.arange(codes), table), np.arange(codes))):
        return event.astype(np.uint8, copy=False) if codes <= BYTE_CODES else event
    shown: Codes = table[event]
    return shown.astype(np.uint8) if int(shown.max()) < BYTE_CODES else shown


@intrinsic
def word_at(context: Any, raw: Any, place: Any) -> Any:
    """Read the eight bytes of an array of bytes from a place on, wherever it lies, as one word."""
    del context

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = cgutils.gep_inbounds(builder, array.data, arguments[1])  # type: ignore[no-untyped-call]
        word = ir.IntType(64)
        return builder.load(builder.bitcast(pointer, word.as_pointer()), align=1, typ=word)

    return types.uint64(raw, place), generate


@compiled
def workspace() -> tuple[UInt64s, UInt64s]:
    """Make what `hashed` works on: the first words of up to `BATCH` sequences, and where their hashes are put."""
    return np.empty((WORDS, BATCH), np.uint64), np.empty((2, BATCH), np.uint64)


@compiled
def hashed(raw: Bytes, begin: UInt64s, length: UInt64s, size: int, words: UInt64s, lanes: UInt64s) -> None:
    """Hash `size` sequences, at most `BATCH`; sequence `i` is ``raw[begin[i] : begin[i] + length[i]]``.

    The first four words always count, with zeros after the end: they are gathered first, so that the mixing is one loop
    without branches, which the compiler turns into vector instructions (2 ns a sequence instead of 12).
    """
    number, eight = np.uint64(size), np.uint64(8)
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    a_lane, b_lane = lanes[0], lanes[1]
    safe = np.uint64(max(len(raw) - WORDS * 8, 0))
    for i in range(number):
        at = begin[i]
        if at <= safe and len(raw) >= WORDS * 8:
            first[i], second[i] = word_at(raw, at), word_at(raw, at + eight)  # type: ignore[call-arg]
            third[i] = word_at(raw, at + np.uint64(16))
            fourth[i] = word_at(raw, at + np.uint64(24))
        else:
            for k in range(WORDS):
                words[k, i] = _word_to_end(raw, at + np.uint64(8 * k))
    for i in range(number):
        left = length[i]
        a: Any = np.uint64(LANE_A) ^ (left * np.uint64(FACTOR_B))  # tells a sequence from one with zeros behind it
        b: Any = np.uint64(LANE_B) + left
        a, b = _mixed(a, b, first[i] & _mask(left))
        left = max(left, eight) - eight
        a, b = _mixed(a, b, second[i] & _mask(left))
        left = max(left, eight) - eight
        a, b = _mixed(a, b, third[i] & _mask(left))
        left = max(left, eight) - eight
        a_lane[i], b_lane[i] = _mixed(a, b, fourth[i] & _mask(left))
    for i in range(number):
        done: Any = np.uint64(WORDS * 8)
        while done < length[i]:
            word = _word_to_end(raw, begin[i] + done) & _mask(length[i] - done)
            a_lane[i], b_lane[i] = _mixed(a_lane[i], b_lane[i], word)
            done += eight


@compiled
def _word_to_end(raw: Bytes, at: Any) -> Any:
    """Read a word, with zeros for what lies behind the end of the array."""
    if at + np.uint64(8) <= np.uint64(len(raw)):
        return word_at(raw, at)  # type: ignore[call-arg]
    word: Any = np.uint64(0)
    place = np.uint64(len(raw))
    while place > at:
        place -= np.uint64(1)
        word = (word << np.uint64(8)) | np.uint64(raw[place])
    return word


@compiled
def _mask(left: Any) -> Any:
    """Give the mask of the bytes of a word that count when `left` are left."""
    half = np.uint64(4) * min(left, np.uint64(8))  # a shift by 64 is not defined, two by 32 are
    return ~((np.uint64(0xFFFFFFFFFFFFFFFF) << half) << half)


@compiled
def _mixed(a: Any, b: Any, word: Any) -> tuple[Any, Any]:
    """Fold a word into both lanes of a hash: multiply by odd constants and fold the high half down."""
    a = (a ^ word) * np.uint64(FACTOR_A)
    b = (b + word) * np.uint64(FACTOR_B)
    return a ^ (a >> np.uint64(29)), b ^ (b >> np.uint64(32))


@compiled
def rehashed(start: Int64s, end: Int64s, code: Codes) -> UInt64s:
    """Hash sequences of codes; sequence `v` is ``code[start[v] : end[v]]``. Gives (sequences, 2)."""
    raw, wide = code.view(np.uint8), code.itemsize
    found = np.empty((len(start), 2), np.uint64)
    words, lanes = workspace()
    begin, length = np.empty(BATCH, np.uint64), np.empty(BATCH, np.uint64)
    for first in range(0, len(start), BATCH):
        size = min(BATCH, len(start) - first)
        for i in range(size):
            begin[i], length[i] = start[first + i] * wide, (end[first + i] - start[first + i]) * wide
        hashed(raw, begin, length, size, words, lanes)
        for i in range(size):
            found[first + i, 0], found[first + i, 1] = lanes[0, i], lanes[1, i]
    return found
