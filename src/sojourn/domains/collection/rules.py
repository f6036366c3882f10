"""Thought of collection: which segments are worth merging, which files are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sojourn.domains.collection.contracts import Segment

BUCKET_FILES_MAX: Final = 6  # files of one bucket and one size class
CLASS_FACTOR: Final = 8  # a size class holds files of up to this many times the rows of the one below
CLASS_ROWS: Final = 20_000
CONTROL: Final = ".control"  # behind the name of a file that it says the totals of
UNDER_WAY: Final = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".writing", ".swp")
MERGE_ROWS_MAX: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Merge:
    """Segments to merge; `bucket` None spreads fresh ones over the buckets."""

    segments: tuple[Segment, ...]
    bucket: int | None


def merges(segments: Sequence[Segment], *, fresh_min: int) -> list[Merge]:
    """Plan which segments to merge: fresh ones once there are enough, bucket files class by class.

    Merging only files of like size writes each row a logarithmic number of times.
    """
    plan = []
    fresh = _up_to([each for each in segments if each.bucket is None], MERGE_ROWS_MAX)
    if len(fresh) >= fresh_min:
        plan.append(Merge(tuple(fresh), None))
    alike: dict[tuple[int, int], list[Segment]] = {}
    for each in segments:
        if each.bucket is not None:
            alike.setdefault((each.bucket, size_class(each.rows)), []).append(each)
    for (bucket, _), some in sorted(alike.items()):
        chosen = _up_to(some, MERGE_ROWS_MAX)
        if len(chosen) >= BUCKET_FILES_MAX:
            plan.append(Merge(tuple(chosen), bucket))
    return plan


def size_class(rows: int) -> int:
    """Give the size class of a file.

    >>> [size_class(rows) for rows in (1, 20_000, 160_001)]
    [0, 1, 2]
    """
    found, limit = 0, CLASS_ROWS
    while rows >= limit:
        found, limit = found + 1, limit * CLASS_FACTOR
    return found


def is_under_way(name: str) -> bool:
    """Say whether a file is hidden or named as transfers under way are.

    >>> is_under_way("visits.csv.part"), is_under_way(".visits.csv"), is_under_way("visits.csv")
    (True, True, False)
    """
    return name.startswith(".") or name.endswith(UNDER_WAY)


def _up_to(segments: list[Segment], rows: int) -> list[Segment]:
    chosen: list[Segment] = []
    for each in segments:
        rows -= each.rows
        if chosen and rows < 0:
            break
        chosen.append(each)
    return chosen
