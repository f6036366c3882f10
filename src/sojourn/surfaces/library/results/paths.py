"""The tree of paths from an event, or to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.paths import PathNode, PathNodeKind, TreeFigures
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing

INDENT = "\u2003"  # an em space: terminals and pictures keep it


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Paths(Table, TreeFigures):
    """What came after an event, or before it; nodes in order of reading, each before its children."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give each node: `before` (the place of the node before), `depth`, `kind`, `step`, counts, shares, seconds."""
        rows = self.nodes
        return {
            "before": [each.before for each in rows],
            "depth": [each.depth for each in rows],
            "kind": [each.kind.value for each in rows],
            "step": [each.name for each in rows],
            "customers": [each.customers for each in rows],
            "times": [each.times for each in rows],
            "share": [each.share.value for each in rows],
            "share_low": [each.share.low for each in rows],
            "share_high": [each.share.high for each in rows],
            "share_before": [each.share_before.value for each in rows],
            "median_s": [each.median_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the tree with a line a node."""
        return [
            Shown("step", [INDENT * each.depth + _named(each) for each in self.nodes], False),
            Shown("customers", [whole(each.customers) for each in self.nodes]),
            Shown("of all", [str(each.share) for each in self.nodes]),
            Shown("median", [duration(each.median_s) for each in self.nodes]),
        ]

    def notes(self) -> Sequence[str]:
        """Say which tree it is, and n."""
        way = "from" if self.asked.forward else "to"
        whose = "each" if self.asked.every else "the first"
        return [f"paths {way} {whose} {self.asked.root}, {self.asked.depth} steps on", str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw customers by node as bars, indented as the tree is."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart
        from sojourn.surfaces.library.drawing.marks import BLUE, GREY

        bars = [
            Bar(
                name=INDENT * each.depth + _named(each),
                value=each.customers,
                says=f"{whole(each.customers)}, {each.share}",
                colour=BLUE if each.kind is PathNodeKind.STEP else GREY,
            )
            for each in self.nodes
        ]
        return bar_chart(bars, f"customers by path {'from' if self.asked.forward else 'to'} {self.asked.root}",
                         self.notes())  # fmt: skip


def _named(node: PathNode) -> str:
    if node.kind is PathNodeKind.END:
        return "(nothing more)"
    return node.name if node.kind is PathNodeKind.STEP else f"({node.gathered} other steps)"
