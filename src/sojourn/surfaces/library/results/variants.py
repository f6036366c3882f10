"""Variants: the whole ways through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.variants import VariantFigures
from sojourn.surfaces.library.figures import duration, percent, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Variants(Table, VariantFigures):
    """The most frequent variants, most customers first; `distinct` counts them all, `covers` is of customers."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `steps` (a list), `customers`, `share` and its bounds, `median_s`."""
        return {
            "steps": [list(each.steps) for each in self.rows],
            "customers": [each.customers for each in self.rows],
            "share": [each.share.value for each in self.rows],
            "share_low": [each.share.low for each in self.rows],
            "share_high": [each.share.high for each in self.rows],
            "median_s": [each.median_s for each in self.rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown("customers", [whole(each.customers) for each in self.rows]),
            Shown("share", [str(each.share) for each in self.rows]),
            Shown("median", [duration(each.median_s) for each in self.rows]),
            Shown("steps", [str(each) for each in self.rows], False),
        ]

    def notes(self) -> Sequence[str]:
        """Say what is shown of all there is, and n."""
        return [
            f"{len(self.rows)} of {whole(self.distinct)} variants, covering {percent(self.covers)} of customers",
            str(self.coverage),
        ]

    def plot(self) -> Drawing:
        """Draw customers by variant as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [
            Bar(name=str(each), value=each.customers, says=f"{whole(each.customers)}, {each.share}")
            for each in self.rows
        ]
        return bar_chart(bars, "customers by way through", self.notes())
