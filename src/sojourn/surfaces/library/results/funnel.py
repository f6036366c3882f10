"""The funnel: who gets from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage, Share

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelStep:
    """One step: `from_first` and `from_before` are shares of customers; seconds since the step before."""

    name: str
    customers: int
    from_first: Share
    from_before: Share
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Funnel(Table):
    """A funnel in order within a window that begins with the first step."""

    steps: tuple[FunnelStep, ...]
    window_s: float
    median_total_s: float | None
    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `step`, `customers`, both shares with their bounds, seconds since the step before."""
        rows = self.steps
        return {
            "step": [each.name for each in rows],
            "customers": [each.customers for each in rows],
            "from_first": [each.from_first.value for each in rows],
            "from_first_low": [each.from_first.low for each in rows],
            "from_first_high": [each.from_first.high for each in rows],
            "from_before": [each.from_before.value for each in rows],
            "from_before_low": [each.from_before.low for each in rows],
            "from_before_high": [each.from_before.high for each in rows],
            "median_s": [each.median_s for each in rows],
            "p90_s": [each.p90_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self.steps
        return [
            Shown("step", [each.name for each in rows], False),
            Shown("customers", [whole(each.customers) for each in rows]),
            Shown("of the first", [str(each.from_first) for each in rows]),
            Shown("of the one before", [str(each.from_before) for each in rows]),
            Shown("median", [duration(each.median_s) for each in rows]),
            Shown("90 %", [duration(each.p90_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say the window, the time from first to last, and n."""
        total = (
            f", median from first to last {duration(self.median_total_s)}" if self.median_total_s is not None else ""
        )
        return [f"in order within {duration(self.window_s)}{total}", str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw customers by step as bars, with the share of the first."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [Bar(name=each.name, value=each.customers, says=_says(each, at)) for at, each in enumerate(self.steps)]
        return bar_chart(bars, "customers who got so far", self.notes())


def _says(step: FunnelStep, at: int) -> str:
    share = f", {step.from_first} of the first" if at else ""
    median = "" if step.median_s is None else f", median {duration(step.median_s)}"
    return whole(step.customers) + share + median
