"""A table of 128-bit digests, each with a number: 16 bytes and the number's an entry, a look-up of one cache line."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Int64s, UInt64s

_LOAD: Final = 0.7
_FIRST: Final = 1 << 16


@compiled
def _count(keys: UInt64s, numbers: Any, low: UInt64s, high: UInt64s, out: Int64s) -> int:
    """Give each digest how often it was seen before, and count it; return how many are new."""
    mask = np.uint64(keys.shape[0] // 2 - 1)
    fresh = 0
    for row in range(low.shape[0]):
        at = low[row] & mask
        while True:
            if numbers[at] < 0:
                keys[2 * at], keys[2 * at + 1], numbers[at] = low[row], high[row], 1
                out[row] = 0
                fresh += 1
                break
            if keys[2 * at] == low[row] and keys[2 * at + 1] == high[row]:
                out[row] = numbers[at]
                numbers[at] += 1
                break
            at = (at + np.uint64(1)) & mask
    return fresh


@compiled
def _set(keys: UInt64s, numbers: Any, low: UInt64s, high: UInt64s, values: Int64s) -> int:
    mask = np.uint64(keys.shape[0] // 2 - 1)
    fresh = 0
    for row in range(low.shape[0]):
        at = low[row] & mask
        while numbers[at] >= 0 and not (keys[2 * at] == low[row] and keys[2 * at + 1] == high[row]):
            at = (at + np.uint64(1)) & mask
        if numbers[at] < 0:
            fresh += 1
        keys[2 * at], keys[2 * at + 1], numbers[at] = low[row], high[row], values[row]
    return fresh


@compiled
def _get(keys: UInt64s, numbers: Any, low: UInt64s, high: UInt64s, out: Int64s) -> None:
    mask = np.uint64(keys.shape[0] // 2 - 1)
    for row in range(low.shape[0]):
        at = low[row] & mask
        while numbers[at] >= 0 and not (keys[2 * at] == low[row] and keys[2 * at + 1] == high[row]):
            at = (at + np.uint64(1)) & mask
        out[row] = numbers[at]


@compiled
def _move(keys: UInt64s, numbers: Any, into: UInt64s, into_numbers: Any) -> None:
    mask = np.uint64(into_numbers.shape[0] - 1)
    for old in range(numbers.shape[0]):
        if numbers[old] < 0:
            continue
        at = keys[2 * old] & mask
        while into_numbers[at] >= 0:
            at = (at + np.uint64(1)) & mask
        into[2 * at], into[2 * at + 1], into_numbers[at] = keys[2 * old], keys[2 * old + 1], numbers[old]


class DigestTable:
    """Open addressing with linear probing; grows by doubling, numbers are 0 or more, -1 where absent.

    `kind` is the type of the numbers: all that are kept must fit.
    """

    def __init__(self, kind: type[np.signedinteger[Any]] = np.int64) -> None:
        self._used, self._kind = 0, kind
        self._make(_FIRST)

    def __len__(self) -> int:
        return self._used

    def count(self, low: UInt64s, high: UInt64s) -> Int64s:
        """Give each digest how often it was seen before (in order), and count it."""
        self.grow(len(low))
        out = np.empty(len(low), np.int64)
        self._used += _count(self._keys, self._numbers, low, high, out)
        return out

    def set(self, low: UInt64s, high: UInt64s, numbers: Int64s) -> None:
        """Keep a number with each digest."""
        self.grow(len(low))
        self._used += _set(self._keys, self._numbers, low, high, numbers)

    def get(self, low: UInt64s, high: UInt64s) -> Int64s:
        """Give each digest's number, -1 where there is none."""
        out = np.empty(len(low), np.int64)
        _get(self._keys, self._numbers, low, high, out)
        return out

    def grow(self, more: int) -> None:
        """Make room for so many further digests."""
        room = len(self._numbers)
        while self._used + more > _LOAD * room:
            room *= 2
        if room > len(self._numbers):
            keys, numbers = self._keys, self._numbers
            self._make(room)
            _move(keys, numbers, self._keys, self._numbers)

    def _make(self, room: int) -> None:
        self._keys, self._numbers = np.zeros(2 * room, np.uint64), np.full(room, -1, self._kind)
