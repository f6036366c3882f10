"""The words of traits as keyed digests: what is stored, and what a search asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from sojourn.domains.identity import rules
from sojourn.kit import sealing

# (person, trait, instant in microseconds) of each searched trait, and (word, person, trait, the same again)
Words = tuple[list[tuple[int, str, int, str, int]], list[tuple[int, int, str, int, str, int]]]


def words_of(traits: Iterable[tuple[int, str, bytes, int]], sealer: sealing.Sealer) -> Words:
    """Digest the words of traits (person, name, JSON, instant) that are searched by words; others are passed over."""
    dropped, added = [], []
    for person, name, value, at_us in traits:
        if name not in rules.SEARCHED_BY_WORD:
            continue
        now = (person, name, at_us)
        dropped.append((person, name, *now))
        found = rules.words(msgspec.json.decode(value))
        added += [(word, person, name, *now) for word in blind_words(found, sealer)]
    return dropped, added


def blind_words(words: Iterable[str], sealer: sealing.Sealer) -> list[int]:
    """Digest words into the 64-bit numbers under which they are found."""
    return [_number(digest) for digest in sealer.blind_many("word", words)]


def sought_words(words: Sequence[str], sealer: sealing.Sealer) -> dict[int, str]:
    """Give the numbers under which words may be found, with their words."""
    return {_number(digest): word for digest, word in sealer.sought("word", words).items()}


def _number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
