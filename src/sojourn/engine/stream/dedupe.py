"""Known messages: sorted 64-bit hashes over a window, confirmed against the whole digest on a hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

Digests = npt.NDArray[np.uint64]  # (n, 2): the 128 bits of each message's digest

RECENT_MAX: Final = 131_072  # digests kept whole, up to twice as many; retries come within minutes
RUNS_MAX: Final = 8


class Known:
    """The set of messages that are in the stream.

    `confirm` is asked with full digests that may be known and answers which are (a look into the segments).
    """

    def __init__(self, confirm: Callable[[list[bytes]], set[bytes]]) -> None:
        self._confirm = confirm
        self._runs: list[Digests] = []  # sorted first halves, longest first
        self._recent, self._older = set[bytes](), set[bytes]()

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def is_new(self, digests: list[bytes]) -> npt.NDArray[np.bool_]:
        """Say of each digest whether it is not known; repetitions within the list are the caller's matter.

        O((n + hits) log known); hits that are not recent cost one look into the segments for all together.
        """
        if not digests:
            return np.zeros(0, np.bool_)
        recent = self._recent.intersection(digests) | self._older.intersection(digests)
        if recent:
            new = np.fromiter((each not in recent for each in digests), np.bool_, len(digests))
        else:
            new = np.ones(len(digests), np.bool_)
        hashes = halves(digests)
        suspected = self._hits(hashes) & new
        if suspected.any():
            asked = [digests[at] for at in np.flatnonzero(suspected)]
            known = self._confirm(asked)
            new[suspected] = [each not in known for each in asked]
        return new

    def add(self, digests: list[bytes]) -> None:
        """Learn messages whose batch is committed."""
        if not digests:
            return
        self._recent.update(digests)
        if len(self._recent) > RECENT_MAX:
            self._recent, self._older = set(), self._recent
        self.warm(halves(digests))

    def warm(self, hashes: Digests) -> None:
        """Learn first halves of digests, as read back from the segments."""
        self._runs.append(np.sort(hashes))
        # Runs double in length, so that each hash is merged only a logarithmic number of times.
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate((before, last)), kind="stable"))

    def clear(self) -> None:
        """Forget everything."""
        self._runs.clear()
        self._recent, self._older = set(), set()

    def _hits(self, hashes: Digests) -> npt.NDArray[np.bool_]:
        hit = np.zeros(len(hashes), np.bool_)
        if not self._runs:
            return hit
        order = np.argsort(hashes)  # searching in order keeps to the cache: several times faster
        ordered = hashes[order]
        for run in self._runs:
            at = np.searchsorted(run, ordered)
            at[at == len(run)] = 0
            hit[order] |= run[at] == ordered
        return hit


def halves(digests: Iterable[bytes]) -> Digests:
    """Give the first 64 bits of each 16-byte digest."""
    return np.frombuffer(b"".join(digests), ">u8")[::2].astype(np.uint64)


def halves_of_hex(text: bytes) -> Digests:
    """Give the first 64 bits of each digest from concatenated 32-character hexadecimal ones."""
    return halves([bytes.fromhex(text.decode())])
