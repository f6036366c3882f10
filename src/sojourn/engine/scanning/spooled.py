"""Looking through the spool: opened with its key, frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look
from sojourn.engine.stream.spool import Position, SpoolReader
from sojourn.kit.sealing import Sealer

ITEMS_AT_ONCE: Final = 20_000


def look_at_spool(folder: Path, look: Look, searcher: Searcher, sealer: Sealer) -> None:
    """Count needles in all frames that lie in the spool, loaded ones too."""
    reader, place = SpoolReader(folder, sealer), Position()
    while frames := reader.read(place, ITEMS_AT_ONCE):
        place = frames[-1][0]
        opened = b"\x00".join(msgspec.msgpack.encode(frame) for _, frame in frames)
        look.bytes += len(opened)
        look.rows += sum(frame.size for _, frame in frames)
        searcher.count(opened, look.counts)
    if reader.damaged:
        look.unread = f"{len(reader.damaged)} records of the spool cannot be opened"
