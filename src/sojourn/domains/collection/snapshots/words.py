"""What a snapshot of the state says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sojourn.domains.collection.contracts import SegmentCondition
from sojourn.kit.vault import Kept

SEGMENTS: Final = (
    f"SELECT path, rows FROM collection_segmentrow WHERE condition = '{SegmentCondition.LIVE}' ORDER BY path"
)
BATCH: Final = "SELECT value FROM collection_counter WHERE name = 'batch'"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What was put into the vault, and what the state says at that moment of the stream's segments."""

    files: list[Kept]
    tables: dict[str, int]  # rows by table
    segments: list[tuple[str, int]]  # path and rows of each that is live
    batch: int
    said: dict[str, Any] = field(default_factory=dict)  # what bringing it back needs besides
