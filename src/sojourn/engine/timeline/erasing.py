"""Overwrites what a part holds of erased customers, in the file itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sojourn.engine.kernels.words import Int64s
from sojourn.engine.timeline import lookup
from sojourn.engine.timeline.manifest import Manifest
from sojourn.engine.timeline.part import Part
from sojourn.engine.timeline.words import ERASED_CODE
from sojourn.kit import durable


def zero(folder: Path, manifest: Manifest, persons: Int64s) -> None:
    """Overwrite the superseded customers of a generation who held any of the persons; durable on return.

    A reader of an earlier generation then sees zeros in their places (event code 0, which has no name). Doing it twice
    changes nothing. Raise OSError.
    """
    for entry in manifest.parts:
        if entry.gone is None:
            continue
        part = Part(folder / entry.file, folder / entry.gone, shared=True)
        at = lookup.superseded_holders(part, persons)
        if len(at):
            _overwrite(part, at)
            part.mapped.flush()
            durable.sync_file(folder / entry.file)


def _overwrite(part: Part, at: Int64s) -> None:
    events = lookup.ranges(part.offset[at], part.offset[at + 1])
    persons = lookup.ranges(part.person_offset[at], part.person_offset[at + 1])
    money = lookup.ranges(
        np.searchsorted(part.money_at, part.offset[at]), np.searchsorted(part.money_at, part.offset[at + 1])
    )
    for name, array in part.arrays().items():
        if name in ("at", "row", "purposes", "who") or name.startswith("dimension:"):
            array[events] = 0
        elif name in ("money_amount", "money_currency"):
            array[money] = 0
    part.event[events] = ERASED_CODE
    # Searches need ascending keys: an erased key becomes that of its neighbour before, which is found first.
    _blank(part.customer, np.arange(len(part.customer)), at)
    order = part.person_order.astype(np.int64)
    _blank(part.person, order, np.flatnonzero(np.isin(order, persons)))


def _blank(keys: Int64s, order: Int64s, at: Int64s) -> None:
    for place in at:
        keys[order[place]] = keys[order[place - 1]] if place else 0
