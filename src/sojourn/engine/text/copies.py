"""Comments that say the same in nearly the same words: one sent twice, or a campaign of many people.

MinHash over words (Broder, "On the resemblance and containment of documents", 1997), in bands, so that alike texts
meet without comparing all pairs.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from sojourn.engine.text.words import Int64s

ALIKE: Final = 0.7  # share of word triples that two texts have in common
FEWEST_WORDS: Final = 6  # a shorter text, such as "all good", is nobody's copy
_BANDS, _ROWS = 16, 4
_WORD: Final = re.compile(r"\w+")


def copies(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Give groups of places whose texts are nearly the same, each in order, by their first; expected O(texts)."""
    shingles = {place: said for place, text in enumerate(texts) if len(said := _shingles(text)) > FEWEST_WORDS - 3}
    buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, said in shingles.items():
        signature = _signature(said)
        for band in range(_BANDS):
            buckets[band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(place)
    above: dict[int, int] = {place: place for place in shingles}
    for places in buckets.values():
        for other in places[1:]:
            one = places[0]
            if _root(above, one) != _root(above, other) and _resemblance(shingles[one], shingles[other]) >= ALIKE:
                first, second = sorted((_root(above, one), _root(above, other)))
                above[second] = first
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place in shingles:
        groups[_root(above, place)].append(place)
    return [tuple(places) for places in groups.values() if len(places) > 1]


def _shingles(text: str) -> frozenset[int]:
    words = [word.lower() for word in _WORD.findall(text)]
    triples = zip(words, words[1:], words[2:], strict=False)
    return frozenset(
        int.from_bytes(hashlib.blake2b(" ".join(each).encode(), digest_size=4).digest(), "little") for each in triples
    )


def _signature(shingles: frozenset[int]) -> Int64s:
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    mixed = (values[:, None] * _FACTORS + _SHIFTS) % _PRIME
    made: Int64s = mixed.min(axis=0).astype(np.int64)
    return made


def _resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def _root(above: dict[int, int], place: int) -> int:
    while above[place] != place:
        above[place] = above[above[place]]
        place = above[place]
    return place


_PRIME: Final = np.uint64(2**31 - 1)
_DRAWN: Final = np.frombuffer(hashlib.shake_128(b"sojourn.text.copies").digest(_BANDS * _ROWS * 8), dtype="<u4")
_FACTORS: Final = (_DRAWN[::2].astype(np.uint64) % _PRIME) | np.uint64(1)
_SHIFTS: Final = _DRAWN[1::2].astype(np.uint64) % _PRIME
