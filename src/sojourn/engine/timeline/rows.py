"""Events on their way into a part: flat columns in no particular order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.engine.kernels.words import Bytes, Flags, Int64s, UInt16s


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Parallel columns, and sparse money: `money_at` are positions in them, ascending; ten-thousandths."""

    at: Int64s
    row: Int64s
    event: UInt16s
    purposes: Bytes
    person: Int64s
    dimensions: Mapping[str, UInt16s]
    money_at: Int64s
    money_amount: Int64s
    money_currency: UInt16s

    def __len__(self) -> int:
        return len(self.at)

    def where(self, keep: Flags) -> Rows:
        """Keep some rows."""
        place = np.cumsum(keep) - 1
        rich = keep[self.money_at]
        return Rows(
            at=self.at[keep],
            row=self.row[keep],
            event=self.event[keep],
            purposes=self.purposes[keep],
            person=self.person[keep],
            dimensions={name: codes[keep] for name, codes in self.dimensions.items()},
            money_at=place[self.money_at[rich]],
            money_amount=self.money_amount[rich],
            money_currency=self.money_currency[rich],
        )


def empty(dimensions: Sequence[str]) -> Rows:
    """Make no rows."""
    none = np.empty(0, np.int64)
    codes = np.empty(0, np.uint16)
    return Rows(
        at=none,
        row=none,
        event=codes,
        purposes=np.empty(0, np.uint8),
        person=none,
        dimensions=dict.fromkeys(dimensions, codes),
        money_at=none,
        money_amount=none,
        money_currency=codes,
    )


def joined(chunks: Sequence[Rows], dimensions: Sequence[str]) -> Rows:
    """Put chunks one after the other."""
    if not chunks:
        return empty(dimensions)
    if len(chunks) == 1:
        return chunks[0]
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks[:-1])])
    return Rows(
        at=np.concatenate([chunk.at for chunk in chunks]),
        row=np.concatenate([chunk.row for chunk in chunks]),
        event=np.concatenate([chunk.event for chunk in chunks]),
        purposes=np.concatenate([chunk.purposes for chunk in chunks]),
        person=np.concatenate([chunk.person for chunk in chunks]),
        dimensions={name: np.concatenate([chunk.dimensions[name] for chunk in chunks]) for name in dimensions},
        money_at=np.concatenate([chunk.money_at + start for chunk, start in zip(chunks, starts, strict=True)]),
        money_amount=np.concatenate([chunk.money_amount for chunk in chunks]),
        money_currency=np.concatenate([chunk.money_currency for chunk in chunks]),
    )
