"""What a filter or a viewer's units let through of the dimensions, some of it for a part of time only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sojourn.domains.privacy.door.masks import ALL
from sojourn.engine.kernels.words import NO_CODE, Bytes, Flags, Int64s
from sojourn.engine.timeline.part import Part


@dataclass(frozen=True)
class Table:
    """Which codes are let through (a byte a code), from one instant to another."""

    codes: Bytes
    since_us: int | None = None
    until_us: int | None = None

    def among(self, at: Int64s) -> Flags:
        """Say which instants lie within."""
        found = np.ones(len(at), np.bool_)
        if self.since_us is not None:
            found &= at >= self.since_us
        if self.until_us is not None:
            found &= at < self.until_us
        return found

    @property
    def is_dated(self) -> bool:
        """Say whether it stands for a part of time only."""
        return self.since_us is not None or self.until_us is not None


@dataclass(frozen=True)
class Allowed:
    """What is let through of a dimension: what one of its tables lets through."""

    dimension: str
    tables: tuple[Table, ...]


def shown(part: Part, allowed: tuple[Allowed, ...]) -> Bytes:
    """Say of each event of a part whether all dimensions let it through, a byte each; empty when all are."""
    found: Bytes = ALL
    for each in allowed:
        one = _let_through(part, each)
        if len(one):
            found = one if not len(found) else found & one
    return found


def _let_through(part: Part, allowed: Allowed) -> Bytes:
    codes = part.narrow_codes(f"dimension:{allowed.dimension}")
    found = np.zeros(len(part.at), np.uint8)
    for table in allowed.tables:
        if isinstance(codes, int):
            if not table.codes[codes]:
                continue
            if not table.is_dated:
                return ALL
            one = np.ones(len(part.at), np.uint8)
        else:
            narrow = np.append(table.codes[:255], table.codes[NO_CODE]) if codes.dtype == np.uint8 else table.codes
            one = narrow[codes]
        found |= one & table.among(part.at).view(np.uint8) if table.is_dated else one
    return found
