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
FIRST_BYTES = 32  # hashed without looking at the length
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
def hashed(raw: Bytes, begin: int, length: int) -> tuple[Any, Any]:
    """Hash `length` bytes from `begin` on.

    The first four words always count, with zeros after the end, so that most sequences take no branch that depends on
    their length, which no processor could foresee.
    """
    a: Any = np.uint64(LANE_A) ^ (
        np.uint64(length) * np.uint64(FACTOR_B)
    )  # tells few codes from many that end in zeros
    b: Any = np.uint64(LANE_B) + np.uint64(length)
    done = 0
    if begin + FIRST_BYTES <= len(raw):
        for done in range(0, FIRST_BYTES, 8):
            a, b = _mixed(a, b, word_at(raw, np.uint64(begin + done)) & _mask(length - done))  # type: ignore[call-arg]
        done = FIRST_BYTES
    while done < max(length, FIRST_BYTES):
        word: Any = np.uint64(0)
        for place in range(min(length - done, 8) - 1, -1, -1):
            word = (word << np.uint64(8)) | np.uint64(raw[begin + done + place])
        a, b = _mixed(a, b, word)
        done += 8
    return a, b


@compiled
def _mask(left: int) -> Any:
    """Give the mask of the bytes of a word that count when `left` are left."""
    half = np.uint64(4 * min(max(left, 0), 8))  # a shift by 64 is not defined, two by 32 are
    return ~((np.uint64(0xFFFFFFFFFFFFFFFF) << half) << half)


@compiled
def _mixed(a: Any, b: Any, word: Any) -> tuple[Any, Any]:
    """Fold a word into both lanes of a hash: multiply by odd constants and fold the high half down."""
    a = (a ^ word) * np.uint64(FACTOR_A)
    b = (b + word) * np.uint64(FACTOR_B)
    return a ^ (a >> np.uint64(29)), b ^ (b >> np.uint64(32))


@compiled
def rehashed(start: Int64s, end: Int64s, code: Codes) -> UInt64s:
    """Hash sequences of codes; sequence `v` is ``code[start[v] : end[v]]``."""
    raw, wide = code.view(np.uint8), code.itemsize
    lanes = np.empty((len(start), 2), np.uint64)
    for each in range(len(start)):
        lanes[each, 0], lanes[each, 1] = hashed(raw, start[each] * wide, (end[each] - start[each]) * wide)
    return lanes
