"""Finds one property in many JSON objects without parsing them: a scan of the bytes.

A JSON parser costs a microsecond or more a row; this reads about a gigabyte a second.
"""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.words import Bytes, Int64s, UInt16s
from sojourn.engine.timeline.dictionary import Dictionary

QUOTE, BACKSLASH, COLON, COMMA = 34, 92, 58, 44
OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST = 123, 125, 91, 93
SPACE = 32  # control characters and blanks are not above it


def property_codes(column: pa.Array, name: str, dictionary: Dictionary) -> UInt16s:
    """Give the code of a property's value in each row of a column of JSON objects.

    Texts, numbers and booleans have codes; a missing property, null, an object or a list has `NO_CODE`.
    """
    wide = column.cast(pa.large_binary())
    _, ends, raw = wide.buffers()
    if raw is None or not len(wide):
        return np.full(len(wide), 65_535, np.uint16)
    offsets = np.frombuffer(ends, np.int64, len(wide) + 1, wide.offset * 8)
    data = np.frombuffer(raw, np.uint8)
    key = np.frombuffer(name.encode(), np.uint8)
    low, high = find(frozen(data), frozen(offsets), frozen(key))
    groups, example = grouped(frozen(data), low, high)
    texts = [_text(bytes(data[low[row] : high[row]])) for row in example]
    lut = np.append(dictionary.codes(texts), np.uint16(65_535))
    codes: UInt16s = lut[groups]
    return codes


def _text(raw: bytes) -> str | None:
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    if value is None or isinstance(value, (dict, list)):
        return None
    return value if isinstance(value, str) else raw.decode()


@compiled
def find(data: Bytes, offsets: Int64s, key: Bytes) -> tuple[Int64s, Int64s]:
    """Give where the value of a top-level key begins and ends in each object; 0, 0 where it is not there."""
    rows = len(offsets) - 1
    low, high = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    for row in range(rows):
        at, end = offsets[row], offsets[row + 1]
        while at < end and data[at] != QUOTE:
            at += 1
        while at < end:
            start = at + 1
            at = after_text(data, at, end)
            matches = at - 1 - start == len(key)
            if matches:
                for place in range(len(key)):
                    if data[start + place] != key[place]:
                        matches = False
                        break
            while at < end and (data[at] == COLON or data[at] <= SPACE):
                at += 1
            value = at
            at = after_value(data, at, end)
            if matches:
                low[row], high[row] = value, at
                break
            while at < end and data[at] != QUOTE:
                at += 1
    return low, high


@compiled
def after_text(data: Bytes, at: int, end: int) -> int:
    """Give the position after a JSON text that begins at a quote."""
    at += 1
    while at < end and data[at] != QUOTE:
        at += 2 if data[at] == BACKSLASH else 1
    return min(at + 1, end)


@compiled
def after_value(data: Bytes, at: int, end: int) -> int:
    """Give the position after any JSON value."""
    depth = 0
    while at < end:
        byte = data[at]
        if byte == QUOTE:
            at = after_text(data, at, end)
            if depth == 0:
                return at
            continue
        if byte in (OPEN_OBJECT, OPEN_LIST):
            depth += 1
        elif byte in (CLOSE_OBJECT, CLOSE_LIST):
            if depth == 0:
                return at
            depth -= 1
            if depth == 0:
                return at + 1
        elif depth == 0 and (byte == COMMA or byte <= SPACE):
            return at
        at += 1
    return at


@compiled
def grouped(data: Bytes, low: Int64s, high: Int64s) -> tuple[npt.NDArray[np.int32], Int64s]:
    """Number the different byte strings in order of appearance (-1: empty) and give a row of each."""
    capacity = 64
    slots = np.full(capacity, -1, np.int64)
    example = np.empty(capacity, np.int64)
    count = 0
    groups = np.full(len(low), -1, np.int32)
    for row in range(len(low)):
        if low[row] == high[row]:
            continue
        slot = digest(data, low[row], high[row]) & (capacity - 1)
        while slots[slot] >= 0 and not same(
            data, low[row], high[row], low[example[slots[slot]]], high[example[slots[slot]]]
        ):
            slot = (slot + 1) & (capacity - 1)
        if slots[slot] < 0:
            slots[slot] = count
            example[count] = row
            count += 1
        groups[row] = slots[slot]
        if count * 2 > capacity:
            capacity *= 2
            wider = np.empty(capacity, np.int64)
            wider[:count] = example[:count]
            example = wider
            slots = np.full(capacity, -1, np.int64)
            for group in range(count):
                slot = digest(data, low[example[group]], high[example[group]]) & (capacity - 1)
                while slots[slot] >= 0:
                    slot = (slot + 1) & (capacity - 1)
                slots[slot] = group
    return groups, example[:count]


@compiled
def digest(data: Bytes, low: int, high: int) -> int:
    """Digest bytes (FNV-1a, 64 bits, sign dropped)."""
    state = np.uint64(14_695_981_039_346_656_037)
    for at in range(low, high):
        state = (state ^ np.uint64(data[at])) * np.uint64(1_099_511_628_211)
    return np.int64((state ^ (state >> np.uint64(32))) & np.uint64(0x7FFF_FFFF_FFFF_FFFF))  # type: ignore[return-value]


@compiled
def same(data: Bytes, low: int, high: int, other_low: int, other_high: int) -> bool:
    """Say whether two stretches hold the same bytes."""
    if high - low != other_high - other_low:
        return False
    for place in range(high - low):  # noqa: SIM110 - Numba has no generators
        if data[low + place] != data[other_low + place]:
            return False
    return True
