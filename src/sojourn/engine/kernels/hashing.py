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
def hashed(raw: Bytes, begin: Any, end: Any) -> tuple[Any, Any]:
    """Hash the bytes from `begin` to `end`."""
    eight, length = np.uint64(8), end - begin
    a: Any = np.uint64(LANE_A)
    b: Any = np.uint64(LANE_B)
    while begin + eight <= end:
        a, b = _mixed(a, b, word_at(raw, begin))  # type: ignore[call-arg]
        begin += eight
    word: Any = np.uint64(0)
    if begin < end and end >= eight:  # the last few bytes are the top of the word that ends with them
        word = word_at(raw, end - eight) >> (eight * (eight - (end - begin)))  # type: ignore[call-arg]
    else:
        while end > begin:
            end -= np.uint64(1)
            word = (word << eight) | np.uint64(raw[end])
    a, b = _mixed(a, b, word)
    a, b = _mixed(a, b, length)  # tells a last word of few codes from one with zeros
    return a, b


@compiled
def _mixed(a: Any, b: Any, word: Any) -> tuple[Any, Any]:
    """Fold a word into both lanes of a hash: multiply by odd constants and fold the high half down."""
    a = (a ^ word) * np.uint64(0x9FB21C651E98DF25)
    b = (b + word) * np.uint64(0xD6E8FEB86659FD93)
    return a ^ (a >> np.uint64(29)), b ^ (b >> np.uint64(32))


@compiled
def rehashed(offset: Int64s, code: Codes) -> UInt64s:
    """Hash sequences that stand one after the other."""
    raw, wide = code.view(np.uint8), np.uint64(code.itemsize)
    lanes = np.empty((len(offset) - 1, 2), np.uint64)
    for each in range(len(offset) - 1):
        lanes[each, 0], lanes[each, 1] = hashed(raw, np.uint64(offset[each]) * wide, np.uint64(offset[each + 1]) * wide)
    return lanes
