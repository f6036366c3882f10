"""Many needles in one pass over bytes.

A window of a few bytes is looked up in a bitmap, and only every few bytes: of a form that is longer than the window by
n, one of its n + 1 first windows starts at every (n + 1)th place ("Wu and Manber, A fast algorithm for multi-pattern
searching", 1994, turned round). Where the bitmap says perhaps, the form is compared whole. Letters A-Z count as a-z.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import compiled, frozen
from sojourn.engine.kernels.hashing import word_at
from sojourn.engine.scanning.words import Counts, Needles

# Forms of at least so many bytes -> bytes of a window; the stride is what is left, plus one.
_CLASSES: Final = ((16, 6), (11, 6), (8, 5), (4, 4))
WORD_BYTES: Final = 8
BITMAP_BITS: Final = 20
CROWD: Final = 20_000  # windows for which the bitmap is made larger
CROWD_BITS: Final = 23
ODD: Final = 0x9E3779B97F4A7C15
LOWER: Final = 0x2020202020202020  # what makes A into a, and other bytes into others, the same on both sides
Raw = npt.NDArray[np.uint8]
Buffer = bytes | bytearray | memoryview | Raw

_FOLD: Final = np.arange(256, dtype=np.uint8)
_FOLD[65:91] += 32


class _Table(NamedTuple):
    """Forms of a like length: their windows' bitmap and, sorted, windows with form and place in it."""

    window: int
    stride: int
    bits: int
    bitmap: Raw
    keys: npt.NDArray[np.uint64]
    form: npt.NDArray[np.int64]
    shift: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    raw: Raw
    needle: npt.NDArray[np.int64]


class Searcher:
    """Counts needles in bytes; safe to share among threads."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        forms = _forms(needles)
        self.longest = max((len(form) for form, _ in forms), default=0)
        self._tables = []
        high = 1 << 30
        for low, window in _CLASSES:
            some = [(form, number) for form, number in forms if low <= len(form) < high]
            if some:
                self._tables.append(_table(window, low - window + 1, some))
            high = low

    def count(self, data: Buffer, counts: Counts, *, after: int = 0) -> None:
        """Add to `counts` how often each needle stands in some bytes; only ends behind place `after` count."""
        raw = frozen(np.frombuffer(data, np.uint8))
        if len(raw) < WORD_BYTES:  # too short to be read in words
            raw = frozen(np.concatenate([raw, np.zeros(WORD_BYTES, np.uint8)]))
        for table in self._tables:
            _search(raw, _FOLD, *table, after, counts)

    def zeros(self) -> Counts:
        """Make the counts of nothing found."""
        return np.zeros(len(self.needles), np.int64)


def _forms(needles: Needles) -> list[tuple[bytes, int]]:
    """Write needles in every way in which a store may write them."""
    found: dict[tuple[bytes, int], None] = {}
    for number, text in enumerate(needles.texts):
        for normal in {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}:
            for cased in (normal, normal.lower(), normal.upper()):
                for form in (cased, json.dumps(cased)[1:-1], quote(cased, safe=""), quote(cased)):
                    found[_folded(form.encode()), number] = None
    for number, token in enumerate(needles.tokens, len(needles.texts)):
        needed = (
            (token if token >= 0 else ~token).bit_length() + 8
        ) // 8  # as SQLite writes a number: big end first, no longer than it need be
        size = next(each for each in (4, 6, 8) if each >= needed)
        for raw in (
            token.to_bytes(8, "little", signed=True),
            token.to_bytes(size, "big", signed=True),
            f"{token & (1 << 64) - 1:016x}".encode(),
            str(token).encode(),
        ):
            if len(raw) >= _CLASSES[-1][0]:
                found[_folded(raw), number] = None
    return list(found)


def _folded(raw: bytes) -> bytes:
    return raw.translate(_FOLD.tobytes())


def _table(window: int, stride: int, forms: list[tuple[bytes, int]]) -> _Table:
    keyed = sorted(
        (int.from_bytes(form[at : at + window], "little") | LOWER & (1 << 8 * window) - 1, place, at)
        for place, (form, _) in enumerate(forms)
        for at in range(stride)
    )
    keys = np.array([key for key, _, _ in keyed], np.uint64)
    bits = BITMAP_BITS if len(keyed) < CROWD else CROWD_BITS
    bitmap = np.zeros(1 << bits, np.uint8)
    with np.errstate(over="ignore"):
        bitmap[(keys * np.uint64(ODD)) >> np.uint64(64 - bits)] = 1
    return _Table(
        window=window,
        stride=stride,
        bits=bits,
        bitmap=frozen(bitmap),
        keys=frozen(keys),
        form=frozen(np.array([place for _, place, _ in keyed], np.int64)),
        shift=frozen(np.array([at for _, _, at in keyed], np.int64)),
        ends=frozen(np.cumsum([0, *(len(form) for form, _ in forms)]).astype(np.int64)),
        raw=frozen(np.frombuffer(b"".join(form for form, _ in forms), np.uint8)),
        needle=frozen(np.array([number for _, number in forms], np.int64)),
    )


@compiled
def _search(
    data: Any,
    fold: Any,
    window: int,
    stride: int,
    bits: int,
    bitmap: Any,
    keys: Any,
    form: Any,
    shift: Any,
    ends: Any,
    raw: Any,
    needle: Any,
    after: int,
    counts: Any,
) -> None:
    size = len(data)
    mask = np.uint64((1 << (8 * window)) - 1)
    lower = np.uint64(0x2020202020202020)
    odd = np.uint64(0x9E3779B97F4A7C15)
    down = np.uint64(64 - bits)
    last = size - 8
    for at in range(0, size - window + 1, stride):
        beyond = max(0, at - last)  # the end of the data is read from before it
        word = word_at(data, at - beyond) >> np.uint64(8 * beyond)  # type: ignore[call-arg]
        word = (word | lower) & mask
        if bitmap[(word * odd) >> down] == 0:
            continue
        entry = np.searchsorted(keys, word)
        while entry < len(keys) and keys[entry] == word:
            which = form[entry]
            begin = at - shift[entry]
            low, length = ends[which], ends[which + 1] - ends[which]
            entry += 1
            if begin < 0 or begin + length > size or begin + length <= after:
                continue
            same = True
            for step in range(length):
                if fold[data[begin + step]] != raw[low + step]:
                    same = False
                    break
            if same:
                counts[needle[which]] += 1
