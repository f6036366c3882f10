"""Events on their way into a part: flat columns in no particular order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sojourn.engine.kernels.compiling import frozen
from sojourn.engine.kernels.words import Flags, Int64s, UInt16s
from sojourn.engine.timeline import sorting
from sojourn.engine.timeline.sorting import Int32s
from sojourn.engine.timeline.threads import spread

D = TypeVar("D", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Parallel columns, and sparse money: `money_at` are positions in them, ascending; ten-thousandths.

    `pid` leads into `persons`; a person may stand there more than once until rows are joined.
    """

    at: Int64s
    row: Int64s
    event: UInt16s
    purposes: UInt16s
    pid: Int32s
    persons: Int64s
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
            pid=self.pid[keep],
            persons=self.persons,
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
        purposes=np.empty(0, np.uint16),
        pid=none.astype(np.int32),
        persons=none,
        dimensions=dict.fromkeys(dimensions, codes),
        money_at=none,
        money_amount=none,
        money_currency=codes,
    )


def joined(chunks: Sequence[Rows], dimensions: Sequence[str], *, threads: int = 1) -> Rows:
    """Put chunks one after the other, each person once."""
    if not chunks:
        return empty(dimensions)
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks[:-1])])
    columns: list[list[npt.NDArray[Any]]] = [
        [chunk.at for chunk in chunks],
        [chunk.row for chunk in chunks],
        [chunk.event for chunk in chunks],
        [chunk.purposes for chunk in chunks],
        [chunk.money_at + start for chunk, start in zip(chunks, starts, strict=True)],
        [chunk.money_amount for chunk in chunks],
        [chunk.money_currency for chunk in chunks],
        *([chunk.dimensions[name] for chunk in chunks] for name in dimensions),
    ]
    at, row, event, purposes, money_at, money_amount, money_currency, *codes = spread(_end_to_end, columns, threads)
    pid, persons = _everyone(chunks)
    return Rows(
        at=at,
        row=row,
        event=event,
        purposes=purposes,
        pid=pid,
        persons=persons,
        dimensions=dict(zip(dimensions, codes, strict=True)),
        money_at=money_at,
        money_amount=money_amount,
        money_currency=money_currency,
    )


def _everyone(chunks: Sequence[Rows]) -> tuple[Int32s, Int64s]:
    numbers, persons = sorting.numbered(frozen(_end_to_end([chunk.persons for chunk in chunks])))
    starts = np.cumsum([0, *(len(chunk.persons) for chunk in chunks[:-1])])
    pid = [numbers[start : start + len(each.persons)][each.pid] for each, start in zip(chunks, starts, strict=True)]
    return _end_to_end(pid), persons


def _end_to_end(columns: list[npt.NDArray[D]]) -> npt.NDArray[D]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)
