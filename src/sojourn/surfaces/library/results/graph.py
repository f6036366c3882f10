"""The directly-follows graph and its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.graph import GraphFigures, Step
from sojourn.surfaces.library.figures import duration, percent, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Steps(Table):
    """Every event there is, most customers first."""

    rows: tuple[Step, ...]
    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `step`, `customers`, `times`, `repeaters`, `starts` and `ends`."""
        return step_columns(self.rows)

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown(name, [str(v) if name == "step" else whole(v) for v in values], name != "step")
            for name, values in self.columns().items()
        ]

    def notes(self) -> Sequence[str]:
        """Say n."""
        return [str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw customers by step as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [Bar(name=each.name, value=each.customers, says=whole(each.customers)) for each in self.rows]
        return bar_chart(bars, "customers by step", self.notes())


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Graph(Table, GraphFigures):
    """A directly-follows graph that can be read: what is shown, out of how many, covering how much."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give the paths: `source`, `target`, `customers`, `times`, `share` and its bounds, seconds."""
        rows = self.paths
        return {
            "source": [each.source for each in rows],
            "target": [each.target for each in rows],
            "customers": [each.customers for each in rows],
            "times": [each.times for each in rows],
            "share": [each.share.value for each in rows],
            "share_low": [each.share.low for each in rows],
            "share_high": [each.share.high for each in rows],
            "mean_s": [each.mean_s for each in rows],
            "median_s": [each.median_s for each in rows],
            "p90_s": [each.p90_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the paths for people."""
        rows = self.paths
        return [
            Shown("from", [each.source for each in rows], False),
            Shown("to", [each.target for each in rows], False),
            Shown("customers", [whole(each.customers) for each in rows]),
            Shown("times", [whole(each.times) for each in rows]),
            Shown("share of customers", [str(each.share) for each in rows]),
            Shown("median", [duration(each.median_s) for each in rows]),
            Shown("90 %", [duration(each.p90_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what is shown of all there is, and n."""
        return [
            f"{len(self.steps)} of {self.steps_in_all} steps, {len(self.paths)} of {self.paths_in_all} paths, "
            f"covering {percent(self.covers)} of transitions",
            str(self.coverage),
        ]

    def table_of_steps(self) -> Steps:
        """Give the graph's steps as a table of their own."""
        return Steps(rows=self.steps, coverage=self.coverage)

    def plot(self, colour: str = "time") -> Drawing:
        """Draw the graph from left to right; `colour` is `time` (slow paths) or `drop` (where customers end)."""
        from sojourn.surfaces.library.drawing.graphs import Mined, graph_drawing

        return graph_drawing(Mined(self.steps, self.paths, self.coverage.customers, self.notes()), colour)


def step_columns(rows: Sequence[Step]) -> Mapping[str, Sequence[Any]]:
    """Give the columns of a table of steps."""
    return {
        "step": [each.name for each in rows],
        "customers": [each.customers for each in rows],
        "times": [each.times for each in rows],
        "repeaters": [each.repeaters for each in rows],
        "starts": [each.starts for each in rows],
        "ends": [each.ends for each in rows],
    }
