"""Words on purposes that come with events: read from new batches, noted where they change something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.domains.privacy.standing import purposes, wording
from sojourn.domains.privacy.standing.noting import Said
from sojourn.domains.privacy.words.consent import How, Proof

SAID: Final = "$consent"  # properties of an event whose context says something about purposes
SIGNAL: Final = "$consent_by"
UPDATED: Final = "Segment Consent Preference Updated"  # somebody has just chosen on a banner
COLUMNS: Final = ("person", "name", "occurred_at", "source", "properties")
MARK: Final = f'"{SAID}"'


class _Kept(msgspec.Struct):
    said: str = msgspec.field(default="", name=SAID)
    by: str = msgspec.field(default="", name=SIGNAL)


_read: Final = msgspec.json.Decoder(_Kept)


def words_in(rows: Iterator[pa.RecordBatch]) -> list[Said]:
    """Collect what events say about purposes: of each person and way the last that differs from the one before."""
    found: dict[tuple[int, str, How], tuple[bool, int, str]] = {}
    words: list[Said] = []
    known = frozenset(each.name for each in purposes.known().asked)
    for person, is_choice, at_us, source, text in _telling(rows):
        said, by_signal = _understood(text)
        for purpose, allowed in said:
            if purpose not in known:
                continue
            how = How.BANNER if is_choice else How.SDK
            if by_signal and not allowed and purposes.known()[purpose].refused_by_signal:
                how = How.GPC
            key = (person, purpose, how)
            if how is not How.BANNER and key in found and found[key][0] == allowed and found[key][1] <= at_us:
                continue
            found[key] = (allowed, at_us, source)
            words.append(Said(person, purpose, allowed, at_us, Proof(how=how, source=source)))
    return words


def _telling(rows: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, bool, int, str, str]]:
    for part in rows:
        said = pc.fill_null(pc.match_substring(part.column(4), MARK), False)
        some = part.filter(said)
        if some.num_rows:
            times = some.column(2).cast(pa.timestamp("us")).cast(pa.int64())
            chosen = pc.equal(some.column(1), UPDATED)
            lists = (some.column(0), chosen, times, some.column(3), some.column(4))
            yield from zip(*(each.to_pylist() for each in lists), strict=True)


@lru_cache(maxsize=4_096)
def _understood(text: str) -> tuple[tuple[tuple[str, bool], ...], bool]:
    try:
        kept = _read.decode(text)
    except (msgspec.DecodeError, ValueError):  # somebody sent a property of this name
        return (), False
    return tuple(wording.unspelled(kept.said).items()), kept.by == How.GPC
