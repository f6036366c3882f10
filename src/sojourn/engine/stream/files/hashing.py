"""128-bit digests of rows, many at once: SipHash-2-4-128 (Aumasson and Bernstein 2012), chained over the columns.

A row's digest is keyed by its source, so that equal rows of two sources are two rows. Each field is hashed under the
digest so far: the result depends on every name and value and on where one ends. Empty fields and the order of
the columns do not matter, so that a column added later, still empty, leaves old rows known.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Int64s, UInt64s

_U = np.uint64
_C0, _C1, _C2, _C3 = _U(0x736F6D6570736575), _U(0x646F72616E646F6D), _U(0x6C7967656E657261), _U(0x7465646279746573)


@compiled
def _round(a: Any, b: Any, c: Any, d: Any) -> Any:
    a = a + b
    b = ((b << _U(13)) | (b >> _U(51))) ^ a
    a = (a << _U(32)) | (a >> _U(32))
    c = c + d
    d = ((d << _U(16)) | (d >> _U(48))) ^ c
    a = a + d
    d = ((d << _U(21)) | (d >> _U(43))) ^ a
    c = c + b
    b = ((b << _U(17)) | (b >> _U(47))) ^ c
    c = (c << _U(32)) | (c >> _U(32))
    return a, b, c, d


@compiled
def _siphash(data: Bytes, start: int, end: int, k0: Any, k1: Any) -> Any:
    a, b, c, d = k0 ^ _C0, k1 ^ _C1 ^ _U(0xEE), k0 ^ _C2, k1 ^ _C3
    at = start
    while at + 8 <= end:
        word = _U(0)
        for i in range(8):
            word |= _U(data[at + i]) << _U(8 * i)
        d ^= word
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a ^= word
        at += 8
    word = _U((end - start) & 0xFF) << _U(56)
    for i in range(end - at):
        word |= _U(data[at + i]) << _U(8 * i)
    d ^= word
    a, b, c, d = _round(a, b, c, d)
    a, b, c, d = _round(a, b, c, d)
    a ^= word
    c ^= _U(0xEE)
    for _ in range(4):
        a, b, c, d = _round(a, b, c, d)
    low = a ^ b ^ c ^ d
    b ^= _U(0xDD)
    for _ in range(4):
        a, b, c, d = _round(a, b, c, d)
    return low, a ^ b ^ c ^ d


@compiled
def _fold(low: UInt64s, high: UInt64s, data: Bytes, offsets: Int64s, present: Bytes, n0: Any, n1: Any) -> None:
    for row in range(low.shape[0]):
        if present[row] and offsets[row + 1] > offsets[row]:
            low[row], high[row] = _siphash(data, offsets[row], offsets[row + 1], low[row] ^ n0, high[row] ^ n1)


@compiled
def _fold_pairs(low: UInt64s, high: UInt64s, words: UInt64s) -> None:
    data = np.empty(8, np.uint8)
    for row in range(low.shape[0]):
        for i in range(8):
            data[i] = np.uint8((words[row] >> _U(8 * i)) & _U(0xFF))
        low[row], high[row] = _siphash(data, 0, 8, low[row], high[row])


@compiled
def _written(low: UInt64s, high: UInt64s, out: Bytes) -> None:
    for row in range(low.shape[0]):
        for half in range(2):
            word = low[row] if half else high[row]
            for i in range(16):
                nibble = (word >> _U(60 - 4 * i)) & _U(15)
                out[row * 32 + half * 16 + i] = np.uint8(nibble + (_U(48) if nibble < _U(10) else _U(87)))


@compiled
def _read(low: UInt64s, high: UInt64s, data: Bytes, offsets: Int64s) -> None:
    for row in range(low.shape[0]):
        for half in range(2):
            word = _U(0)
            for i in range(16):
                letter = _U(data[offsets[row] + half * 16 + i])
                nibble = letter - _U(48) if letter < _U(58) else letter - _U(87)
                word = (word << _U(4)) | nibble
            if half:
                low[row] = word
            else:
                high[row] = word


def siphash(data: bytes, key: bytes) -> bytes:
    """Digest bytes under a 16-byte key into 16 bytes: SipHash-2-4-128."""
    k0, k1 = np.frombuffer(key, "<u8")
    low, high = _siphash(np.frombuffer(data, np.uint8), 0, len(data), k0, k1)
    return int(low).to_bytes(8, "little") + int(high).to_bytes(8, "little")


def rows_digest(table: pa.Table, seed: str) -> tuple[UInt64s, UInt64s]:
    """Digest each row of a table of strings under a seed; give the low and high halves.

    O(bytes). Names are taken in sorted order.
    """
    k0, k1 = np.frombuffer(hashlib.blake2b(seed.encode(), digest_size=16).digest(), "<u8")
    low, high = np.full(table.num_rows, k0, np.uint64), np.full(table.num_rows, k1, np.uint64)
    for name in sorted(table.column_names):
        n0, n1 = np.frombuffer(hashlib.blake2b(name.encode(), digest_size=16).digest(), "<u8")
        data, offsets, present = buffers(table.column(name))
        _fold(low, high, data, offsets, present, n0, n1)
    return low, high


def values_digest(values: Any, seed: str) -> tuple[UInt64s, UInt64s]:
    """Digest each string of an array under a seed."""
    return rows_digest(pa.table({"": values}), seed)


def with_ordinals(low: UInt64s, high: UInt64s, ordinals: Int64s) -> tuple[UInt64s, UInt64s]:
    """Digest each row's digest together with its ordinal among identical rows."""
    low, high = low.copy(), high.copy()
    _fold_pairs(low, high, ordinals.view(np.uint64))
    return low, high


def hexadecimal(low: UInt64s, high: UInt64s) -> pa.StringArray:
    """Write digests as 32 hexadecimal characters each."""
    out = np.empty(32 * len(low), np.uint8)
    _written(low, high, out)
    offsets = np.arange(0, 32 * (len(low) + 1), 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(low), pa.py_buffer(offsets), pa.py_buffer(out))


def from_hexadecimal(texts: Any) -> tuple[UInt64s, UInt64s]:
    """Read digests of 32 hexadecimal characters each."""
    data, offsets, _ = buffers(texts)
    low, high = np.empty(len(texts), np.uint64), np.empty(len(texts), np.uint64)
    _read(low, high, data, offsets)
    return low, high


def buffers(column: Any) -> tuple[Bytes, Int64s, Bytes]:
    """Give the bytes, offsets (rows + 1) and presence (one byte a row) of a string column."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], pa.string())
    if not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    parts = array.buffers()
    whole = np.frombuffer(parts[1], np.int32) if parts[1] else np.zeros(1, np.int32)
    offsets = whole[array.offset : array.offset + len(array) + 1].astype(np.int64)
    data = np.frombuffer(parts[2], np.uint8) if parts[2] else np.zeros(0, np.uint8)
    present = np.asarray(array.is_valid().cast(pa.uint8())) if array.null_count else np.ones(len(array), np.uint8)
    return data, offsets, present
