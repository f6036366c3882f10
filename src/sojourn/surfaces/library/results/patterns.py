"""Who matches a path pattern, how often, and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.patterns import PatternFigures
from sojourn.engine.answers.words import GapBin, Spread
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Patterns(Table, PatternFigures):
    """The customers who match a path pattern; the table has what their first match took, in bins."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `since_s`, `until_s` (None: no end) and the customers whose first match took so long."""
        return {
            "since_s": [each.since_s for each in self.bins],
            "until_s": [each.until_s for each in self.bins],
            "customers": [each.times for each in self.bins],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown("first match took", [_span(each) for each in self.bins], False),
            Shown("customers", [whole(each.times) for each in self.bins]),
        ]

    def notes(self) -> Sequence[str]:
        """Say who matches, how often, how long it takes, and n."""
        said = [f"{whole(self.customers)} customers match {self.pattern}: {self.share}, {whole(self.matches)} matches"]
        if self.per_customer is not None:
            said.append(f"a customer who matches has {self.per_customer} matches")
        if self.median is not None and self.p90 is not None:
            said.append(f"the first takes {_spread(self.median)} in the median, nine in ten up to {_spread(self.p90)}")
        return [*said, str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw the customers by what their first match took as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [Bar(name=_span(each), value=each.times, says=whole(each.times)) for each in self.bins]
        return bar_chart(bars, f"time from first to last event of {self.pattern}", self.notes())


def _span(each: GapBin) -> str:
    if each.until_s is None:
        return f"{duration(each.since_s)} or more"
    return f"{duration(each.since_s)} to {duration(each.until_s)}"


def _spread(found: Spread) -> str:
    if found.low is None or found.high is None:
        return duration(found.value)
    return f"{duration(found.value)} ({duration(found.low)} to {duration(found.high)})"
