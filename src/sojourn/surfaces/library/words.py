"""What an answer rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sojourn.kit.period import Period
from sojourn.surfaces.library.figures import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What an answer rests on.

    `refused` rows of a file or DataFrame could not become events; `left_out` customers are hidden by the server's
    purpose (None: none or so few that the number would tell on them), `out_of_scope` ones have no event in the units
    of the key. Two answers are equal when their figures are:
    where and when they were computed does not count.
    """

    customers: int
    events: int
    period: Period = field(default=Period(), compare=False)
    refused: int = field(default=0, compare=False)
    left_out: int | None = field(default=0, compare=False)
    out_of_scope: int | None = field(default=0, compare=False)
    purpose: str = field(default="", compare=False)
    fresh_at: datetime | None = field(default=None, compare=False)
    query: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = [f"n = {whole(self.customers)} customers, {whole(self.events)} events"]
        if self.refused:
            parts.append(f"{whole(self.refused)} rows refused")
        if self.left_out != 0:
            parts.append(f"{_some(self.left_out)} customers left out")
        if self.out_of_scope != 0:
            parts.append(f"{_some(self.out_of_scope)} customers in other parts of the organisation")
        if self.purpose:
            parts.append(f"purpose {self.purpose}")
        return "; ".join(parts)


def _some(count: int | None) -> str:
    return "none or a few" if count is None else whole(count)
