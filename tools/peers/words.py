"""What a question is to the bench."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sojourn.engine.kernels.words import AnyFold
from tools.peers.serving import Run

Rows = list[list[float]]


class Sql(NamedTuple):
    """A way in SQL over the table `log` (customer, t, event, row), which is stored in order of customer and row."""

    text: str
    threads: int = 2


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, Sojourn's fold for it, and each peer's ways to the same answer.

    An answer is laid out as rows of figures; `rows` does it for Sojourn's. `settled` brings rows of any engine into one
    order. `columns` are those that cannot be left unread, for the share of the memory's bandwidth.
    """

    name: str
    asks: str  # what is the same in all answers, for the page
    fold: Callable[[], AnyFold]
    rows: Callable[[Any], Iterable[Iterable[Any]]]
    duckdb: Mapping[str, Sql]
    chdb: Mapping[str, Sql]
    polars: Callable[[Any], Mapping[str, Run]]
    columns: tuple[str, ...] = ("event", "at", "offset")
    settled: Callable[[Rows], Rows] = sorted
    tolerance: float = 1e-12
    wanted: float = 8.0  # times less CPU than the best peer

    def form(self, rows: Iterable[Iterable[Any]]) -> Rows:
        """Bring an engine's rows into the form in which answers are compared."""
        return self.settled([list(flat(row)) for row in rows])

    def same(self, one: Rows, other: Rows) -> bool:
        """Compare two answers in that form."""
        return [len(row) for row in one] == [len(row) for row in other] and all(
            np.allclose(row, theirs, rtol=self.tolerance, atol=1e-3, equal_nan=True)
            for row, theirs in zip(one, other, strict=True)
        )


def flat(cells: Iterable[Any]) -> Iterable[float]:
    """Lay nested lists out flat; what is missing is NaN."""
    for cell in cells:
        if isinstance(cell, list | tuple):
            yield from flat(cell)
        else:
            yield float("nan") if cell is None else float(cell)
