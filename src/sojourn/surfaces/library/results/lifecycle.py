"""Lifecycle: who is new, stays, comes back and goes quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.lifecycle import LifecycleFigures
from sojourn.surfaces.library.figures import whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing

COUNTS = ("new", "retained", "resurrected", "active", "dormant")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Lifecycle(Table, LifecycleFigures):
    """The lifecycle by day, week or month; periods that have not passed are left out."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `since`, `until`, the counts, and the share kept of those active before with its bounds."""
        return {
            "since": [each.since for each in self.periods],
            "until": [each.until for each in self.periods],
            **{name: [getattr(each, name) for each in self.periods] for name in COUNTS},
            "kept": [each.kept.value for each in self.periods],
            "kept_low": [each.kept.low for each in self.periods],
            "kept_high": [each.kept.high for each in self.periods],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown(f"{self.unit} of", [f"{each.since:%Y-%m-%d}" for each in self.periods], False),
            *(Shown(name, [whole(getattr(each, name)) for each in self.periods]) for name in COUNTS),
            Shown("kept of those before", [str(each.kept) for each in self.periods]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what the words mean, and n."""
        return [
            "active: new, retained from the period before, or resurrected; dormant: active before and not now",
            str(self.coverage),
        ]

    def plot(self) -> Drawing:
        """Draw the active customers by period as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [
            Bar(
                name=f"{each.since:%Y-%m-%d}",
                value=each.active,
                says=f"{whole(each.active)}: {each.new} new, {each.retained} retained, {each.resurrected} resurrected; "
                f"{each.dormant} went quiet",
            )
            for each in self.periods
        ]
        return bar_chart(bars, f"active customers by {self.unit}", self.notes())
